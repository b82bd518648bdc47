// <cx-suggest>: a search box that offers what could be meant while somebody types (ARIA 1.2 combobox).
// Arrow keys choose, Enter goes there or searches for what was typed, Escape closes. Without it: a plain form.
const PAUSE = 120;
let lists = 0;

class Suggest extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("input");
    if (this.list || !this.box) return;
    this.list = this.makeList();
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id })) {
      this.box.setAttribute(name, value);
    }
    this.box.addEventListener("input", () => this.askSoon());
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    this.box.addEventListener("click", () => { if (!this.box.value) this.askSoon(); });
    this.addEventListener("focusout", ({ relatedTarget }) => { if (!this.contains(relatedTarget)) this.close(); });
    this.box.form?.addEventListener("submit", () => this.close());
  }

  makeList() {
    const list = Object.assign(document.createElement("div"), { id: `suggestions-${lists += 1}`, className: "suggest__list", hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", this.dataset.label);
    // The box keeps the focus, so that one can type on.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", ({ target }) => this.go(target.closest("[role=option]")));
    this.append(list);
    return list;
  }

  askSoon() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    this.asking = new AbortController();
    const address = `${this.dataset.from}?q=${encodeURIComponent(this.box.value.slice(0, 200))}`;
    try {
      const response = await fetch(address, { signal: this.asking.signal });
      if (response.ok && !response.redirected) this.show(new DOMParser().parseFromString(await response.text(), "text/html"));
    } catch {
      this.close();  // nothing is lost: the form still searches
    }
  }

  show(answer) {
    this.list.replaceChildren(...answer.body.children);
    this.options = [...this.list.querySelectorAll("[role=option]")];
    this.options.forEach((option, number) => { option.id = `${this.list.id}-${number}`; });
    this.choose(-1);
    this.open(this.options.length > 0 && this.contains(document.activeElement));
  }

  open(isOpen) {
    this.list.hidden = !isOpen;
    this.box.setAttribute("aria-expanded", isOpen);
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.open(false);
    this.box.removeAttribute("aria-activedescendant");
  }

  choose(number) {
    this.chosen = number;
    this.options.forEach((option, at) => option.setAttribute("aria-selected", at === number));
    const option = this.options[number];
    if (!option) return this.box.removeAttribute("aria-activedescendant");
    option.scrollIntoView({ block: "nearest" });
    return this.box.setAttribute("aria-activedescendant", option.id);
  }

  onKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const isOpen = !this.list.hidden;
    if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) this.askSoon();
      else this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && isOpen && this.chosen >= 0) {
      event.preventDefault();
      this.go(this.options[this.chosen]);
    }
  }

  // The place before the first and after the last one is the box itself.
  move(step) {
    const places = this.options.length + 1;
    this.choose(((this.chosen + 1 + step + places) % places) - 1);
  }

  go(option) {
    if (!option) return;
    this.close();
    location.assign(option.dataset.href);
  }
}
customElements.define("cx-suggest", Suggest);
