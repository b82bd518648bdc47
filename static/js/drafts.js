// <cx-draft>: keeps on the server what is typed into the form around it, two seconds after a pause.
// Leaving warns only while something is not kept yet. Who was signed out meanwhile loses nothing.
const PAUSE = 2000;
const LONGEST_WAIT = 15000;
const RETRY = 10000;
const MOST_KEPT_ALIVE = 60000;

class Draft extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    if (!this.form || this.isReady) return;
    this.isReady = true;
    this.state = this.querySelector(".draft__state");
    this.form.querySelector(".form__actions")?.append(this.state);
    this.listening = new AbortController();
    const { signal } = this.listening;
    this.form.addEventListener("input", () => this.changed(), { signal });
    this.form.addEventListener("change", () => this.changed(), { signal });
    this.form.addEventListener("submit", (event) => this.onSubmit(event), { signal, capture: true });
    // What did not arrive is not sent.
    for (const failure of ["htmx:sendError", "htmx:responseError"]) {
      this.form.addEventListener(failure, ({ target }) => { if (target === this.form) this.changed(); }, { signal });
    }
    // Whoever is signed out is asked to sign in once, and not by every part of the page.
    this.form.addEventListener("htmx:beforeRequest", (event) => { if (this.isSignedOut && event.target !== this.form) event.preventDefault(); }, { signal });
    window.addEventListener("beforeunload", (event) => { if (this.isUnkept && !this.isSent) event.preventDefault(); }, { signal });
    window.addEventListener("pagehide", () => this.onHide(), { signal });
    window.addEventListener("focus", () => { if (this.isSignedOut) this.keep(); }, { signal });
    if (this.dataset.unsaved !== undefined) this.changed();
  }

  disconnectedCallback() {
    this.listening?.abort();
    clearTimeout(this.timer);
  }

  changed() {
    this.isSent = false;
    this.since ??= Date.now();
    this.isUnkept = true;
    clearTimeout(this.timer);
    const waited = Date.now() - this.since;
    this.timer = setTimeout(() => this.keep(), Math.max(0, Math.min(PAUSE, LONGEST_WAIT - waited)));
  }

  // The form's own request must come after the draft's, or it would leave a draft of what is saved.
  async onSubmit(event) {
    if (event.defaultPrevented) return;
    clearTimeout(this.timer);
    this.isSent = true;
    if (!this.keeping) return;
    const { submitter } = event;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.isHeldBack) return;  // pressed twice is sent once
    this.isHeldBack = true;
    await this.keeping;
    this.isHeldBack = false;
    this.form.requestSubmit(submitter);
  }

  onHide() {
    if (!(this.isUnkept || this.keeping) || this.isSent) return;
    const body = this.body();
    if (String(body).length < MOST_KEPT_ALIVE) this.send(body, true).catch(() => {});
  }

  body() {
    const typed = [...new FormData(this.form)].filter(([, value]) => typeof value === "string");
    return new URLSearchParams(typed);
  }

  send(body, keepalive = false) {
    const headers = { Accept: "application/json", "X-CSRFToken": this.form.elements.csrf_token.value };
    return fetch(this.dataset.to, { method: "POST", headers, body, keepalive });
  }

  async keep() {
    if (this.keeping) return;
    clearTimeout(this.timer);
    this.keeping = this.tryToKeep();
    const isDone = await this.keeping;
    this.keeping = null;
    if (this.isSent) return;
    if (!isDone) this.timer = setTimeout(() => this.keep(), RETRY);
    else if (this.isUnkept) this.changed();
  }

  async tryToKeep() {
    this.isUnkept = false;
    this.since = null;
    try {
      let answer = await this.send(this.body());
      if (answer.status === 401 && await this.renewToken()) answer = await this.send(this.body());
      if (answer.status === 401) return this.signedOut();
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      this.say((await answer.json()).said);
      return true;
    } catch {
      this.isUnkept = true;
      this.say(this.dataset.failed, true);
      return false;
    }
  }

  // Somebody who signed in again in another tab goes on with a new token.
  async renewToken() {
    const answer = await fetch(this.dataset.token, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return false;
    const { csrf_token: token } = await answer.json();
    for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    this.isSignedOut = false;
    this.form.dispatchEvent(new Event("cx-signed-in"));
    return true;
  }

  signedOut() {
    this.say(this.dataset.signedOut, true);
    const link = Object.assign(document.createElement("a"), { href: this.dataset.signIn, target: "_blank", textContent: this.dataset.signInLabel });
    this.state.append(" ", link);
    this.isSignedOut = true;
    return true;
  }

  say(text, isBad = false) {
    this.isSignedOut = false;
    this.state.textContent = text;
    this.state.classList.toggle("draft__state--bad", isBad);
    if (isBad) this.state.setAttribute("role", "alert");
    else this.state.removeAttribute("role");
  }
}
customElements.define("cx-draft", Draft);
