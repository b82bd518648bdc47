// <cx-bulk>: says how many rows are ticked, ticks all at once.
class Bulk extends HTMLElement {
  connectedCallback() {
    this.said = this.querySelector("output");
    this.all = this.querySelector("button.link");
    this.all.hidden = false;
    this.all.addEventListener("click", () => {
      const boxes = this.boxes();
      const every = boxes.every((box) => box.checked);
      for (const box of boxes) box.checked = !every;
      this.count();
    });
    document.addEventListener("change", ({ target }) => {
      if (target.matches?.(`[type=checkbox][name=action][form="${this.dataset.rows}"]`)) this.count();
    });
    this.querySelector("details").addEventListener("toggle", ({ target }) => {
      if (target.open) this.scrollIntoView({ block: "end" });
    });
    this.count();
  }

  boxes() {
    return [...document.querySelectorAll(`[type=checkbox][name=action][form="${this.dataset.rows}"]`)];
  }

  count() {
    const number = this.boxes().filter((box) => box.checked).length;
    this.said.textContent = number;
    this.said.hidden = !number;
  }
}
customElements.define("cx-bulk", Bulk);
