// Passing messages. A module says that something failed by dispatching "cx:failed" on document, its detail the text.
const STAYS = new Set(["bad", "error", "attention", "warning"]);
const READING_TIME = 9000;

class Toast extends HTMLElement {
  connectedCallback() {
    const close = this.querySelector("button");
    if (close) {
      close.hidden = false;
      close.addEventListener("click", () => this.remove());
    }
    if (STAYS.has(this.dataset.kind)) return;
    this.leaveSoon();
    for (const pause of ["pointerenter", "focusin"]) this.addEventListener(pause, () => clearTimeout(this.timer));
    for (const resume of ["pointerleave", "focusout"]) this.addEventListener(resume, () => this.leaveSoon());
  }

  leaveSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.remove(), READING_TIME);
  }
}
customElements.define("cx-toast", Toast);

function fail(text) {
  const toast = document.getElementById("toast-template").content.cloneNode(true);
  toast.querySelector(".toast__text").textContent = text;
  document.getElementById("flash").append(toast);
}

const words = () => document.getElementById("flash").dataset;
document.addEventListener("cx:failed", ({ detail }) => fail(detail));
document.addEventListener("htmx:responseError", () => fail(words().failed));
document.addEventListener("htmx:sendError", () => fail(words().offline));
