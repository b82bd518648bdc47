// Keys: "/" and Ctrl-K search, "n" new insight, "?" help, "g" and a letter go somewhere. Never while somebody types.
const TYPING = "input, textarea, select, [contenteditable], dialog[open] *";
const SECOND_KEY_WITHIN = 1200;

class Shortcuts extends HTMLElement {
  connectedCallback() {
    document.addEventListener("keydown", (event) => this.onKey(event));
  }

  onKey(event) {
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "k" && !event.altKey && !event.shiftKey) return this.search(event);
    if (command || event.altKey || event.target.matches(TYPING)) return undefined;
    const went = this.waitsForPlace;
    this.waitsForPlace = false;
    if (went && this.dataset[event.key]) return this.go(this.dataset[event.key], event);
    if (event.key === "/") return this.search(event);
    if (event.key === "?") return this.help(event);
    if (event.key === "n" && this.dataset.new) return this.go(this.dataset.new, event);
    if (event.key === "g") {
      this.waitsForPlace = true;
      setTimeout(() => { this.waitsForPlace = false; }, SECOND_KEY_WITHIN);
    }
    return undefined;
  }

  search(event) {
    // The page of results has a box of its own, in the place of the one that is on every page.
    const box = document.querySelector("#search-form .suggest__box") ?? document.getElementById("search-box");
    event.preventDefault();
    // On a phone the box is not on the page, but on a page of its own.
    if (box.offsetParent) box.select();
    else location.assign(box.form.action);
  }

  help(event) {
    event.preventDefault();
    document.getElementById("shortcuts").showModal();
  }

  go(address, event) {
    event.preventDefault();
    location.assign(address);
  }
}
customElements.define("cx-shortcuts", Shortcuts);

// Their list is offered only where they work.
customElements.define("cx-shortcuts-link", class extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
  }
});
