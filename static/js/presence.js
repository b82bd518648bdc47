// <cx-presence>: says every half a minute that the form is open here, and shows who else has it open.
const BEAT = 30000;

class Presence extends HTMLElement {
  connectedCallback() {
    if (this.timer) return;
    this.timer = setInterval(() => this.beat(), BEAT);
    window.addEventListener("pagehide", () => this.send("DELETE", true).catch(() => {}));
    window.addEventListener("pageshow", ({ persisted }) => { if (persisted) this.beat(); });
    this.beat();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  send(method, keepalive = false) {
    const token = document.querySelector("input[name=csrf_token]")?.value ?? "";
    return fetch(this.dataset.at, { method, keepalive, headers: { "X-CSRFToken": token } });
  }

  async beat() {
    try {
      const answer = await this.send("POST");
      if (!answer.ok || answer.redirected) return;
      const { body } = new DOMParser().parseFromString(await answer.text(), "text/html");
      // Read aloud only what is new.
      if (body.textContent.trim() !== this.textContent.trim()) this.replaceChildren(...body.childNodes);
    } catch {
      // the next beat tries again
    }
  }
}
customElements.define("cx-presence", Presence);
