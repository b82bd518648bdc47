// <cx-editor>: what the toolbar element leaves out. Shortcuts, tables, lists that go on by themselves,
// the live preview, templates. Other modules write into the text by `insert`.
const PREVIEW_PAUSE = 500;
const REMEMBERED = "cx-preview";
const WITH_ROOM = ".page--wide .columns__content > .form";  // comments begin without a preview
const WIDE = "(width >= 1180px)";  // here it stands beside the text
const KEYS = { KeyB: "bold", KeyI: "italic", KeyK: "link", KeyE: "code" };
const SHIFTED = { Digit7: "ordered-list", Digit8: "unordered-list", Digit9: "quote", KeyL: "task-list", KeyP: "preview" };
const ITEM = /^(\s*)(?:([-*+]) (\[[ xX]\] )?|(\d{1,4})([.)]) |(> ?))/;

class Editor extends HTMLElement {
  connectedCallback() {
    this.text = this.querySelector("textarea");
    this.pane = this.querySelector(".editor__preview");
    if (!this.text || this.isReady) return;
    this.isReady = true;
    this.querySelector(".editor__bar").hidden = false;
    this.addEventListener("click", (event) => this.onClick(event));
    this.text.addEventListener("keydown", (event) => this.onKey(event));
    this.text.addEventListener("input", () => this.showSoon());
    this.form.addEventListener("cx-signed-in", () => this.showSoon());
    this.showButton = this.querySelector("[data-own=preview]");
    this.togglePreview(this.closest(WITH_ROOM) !== null && (localStorage.getItem(REMEMBERED) ?? (matchMedia(WIDE).matches ? "on" : "off")) === "on");
    this.followKind();
  }

  get form() {
    return this.text.form;
  }

  // Put text in the place of what is selected, so that the browser can undo it.
  insert(text, from = this.text.selectionStart, to = this.text.selectionEnd) {
    this.text.focus();
    this.text.setSelectionRange(from, to);
    if (document.execCommand(text ? "insertText" : "delete", false, text)) return;
    this.text.setRangeText(text, from, to, "end");
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Put a block of its own into the text, with an empty line before and after.
  insertBlock(block) {
    const before = this.text.value.slice(0, this.text.selectionStart);
    const after = this.text.value.slice(this.text.selectionEnd);
    const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    this.insert(`${gap}${block}${after.startsWith("\n") ? "" : "\n"}`);
  }

  onClick(event) {
    const own = event.target.closest("[data-own]")?.dataset.own;
    if (!own || !this[`do_${own}`]) return;
    event.preventDefault();
    this[`do_${own}`]();
  }

  onKey(event) {
    if (event.isComposing || event.altKey) return;
    if (event.key === "Enter" && !event.shiftKey) return this.onEnter(event);
    if (!(event.ctrlKey || event.metaKey)) return;
    const act = (event.shiftKey ? SHIFTED : KEYS)[event.code];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();  // Ctrl-K means "search" elsewhere
    if (act === "preview") this.do_preview();
    else this.querySelector(`[data-md-button=${act}]`)?.click();
  }

  // Enter goes on with a list, and ends it on an empty item; Ctrl-Enter sends the form.
  onEnter(event) {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.form.requestSubmit(this.form.querySelector(".form__actions [type=submit]"));
      return;
    }
    const { value, selectionStart: at, selectionEnd } = this.text;
    if (event.defaultPrevented || at !== selectionEnd || this.text.getAttribute("aria-expanded") === "true") return;
    const start = value.lastIndexOf("\n", at - 1) + 1;
    const line = value.slice(start, at);
    const item = line.match(ITEM);
    if (!item) return;
    event.preventDefault();
    const [mark, indent, bullet, box, number, dot, quote] = item;
    if (line.trim() === mark.trim()) this.insert("", start, at);
    else if (quote) this.insert(`\n${indent}> `);
    else this.insert(`\n${indent}${bullet ? `${bullet} ${box ? "[ ] " : ""}` : `${Number(number) + 1}${dot} `}`);
  }

  do_table() {
    this.insertBlock("|   |   |   |\n|---|---|---|\n|   |   |   |\n|   |   |   |\n");
    const row = this.text.value.lastIndexOf("|   |   |   |\n|---", this.text.selectionStart);
    this.text.setSelectionRange(row + 2, row + 2);
  }

  do_person() {
    this.begin("@");
  }

  do_page() {
    this.begin("[[");
  }

  // Write a sign that opens the list of completions.
  begin(sign) {
    const before = this.text.value.slice(0, this.text.selectionStart);
    this.insert(/(^|\s)$/.test(before) ? sign : ` ${sign}`);
  }

  do_preview() {
    const isOn = this.pane.hidden;
    localStorage.setItem(REMEMBERED, isOn ? "on" : "off");
    this.togglePreview(isOn);
  }

  togglePreview(isOn) {
    this.pane.hidden = !isOn;
    this.toggleAttribute("data-previewed", isOn);
    this.showButton?.setAttribute("aria-pressed", isOn);
    if (isOn) this.show();
  }

  showSoon() {
    clearTimeout(this.timer);
    if (!this.pane.hidden) this.timer = setTimeout(() => this.show(), PREVIEW_PAUSE);
  }

  async show() {
    if (this.shown === this.text.value || this.form.querySelector("cx-draft")?.isSignedOut) return;
    this.asking?.abort();
    this.asking = new AbortController();
    const text = this.text.value;
    try {
      const answer = await fetch(this.dataset.preview, {
        method: "POST",
        headers: { "HX-Request": "true", "X-CSRFToken": this.form.elements.csrf_token.value },
        body: new URLSearchParams({ body: text }),
        signal: this.asking.signal,
      });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      const { body } = new DOMParser().parseFromString(await answer.text(), "text/html");
      this.pane.replaceChildren(...body.childNodes);
      this.shown = text;
    } catch (error) {
      if (error.name !== "AbortError") this.pane.textContent = this.dataset.failed;
    }
  }

  // A template takes the place of an empty text, or of a template that was left as it was; one that was
  // asked for is put into what is written. Whoever types while it is on its way loses nothing.
  async do_template(isWished = true) {
    const kind = new FormData(this.form).get(this.dataset.kindField);
    const answer = kind && await fetch(this.dataset.template.replace("KIND", encodeURIComponent(kind))).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const template = await answer.text();
    if (this.isUntouched || !this.text.value.trim()) this.insert(template, 0, this.text.value.length);
    else if (isWished) this.insertBlock(template);
    else return;
    this.template = template;
    const first = this.text.value.indexOf("\n", this.text.value.indexOf(this.template)) + 1;
    this.text.setSelectionRange(first, first);
  }

  get isUntouched() {
    return this.template !== undefined && this.text.value.trim() === this.template.trim();
  }

  followKind() {
    if (!this.dataset.kindField) return;
    this.form.addEventListener("change", ({ target }) => {
      if (target.name === this.dataset.kindField && this.isUntouched) this.do_template(false);
    });
  }
}
customElements.define("cx-editor", Editor);
