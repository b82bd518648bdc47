// <cx-board>: a card dropped into another column posts its own status form; a refusal takes it back.
// By keyboard the same form is there to use, so dragging is only a quicker hand.

class Board extends HTMLElement {
  async connectedCallback() {
    await import("../vendor/sortable-1.15.7.min.js");
    for (const column of this.querySelectorAll(".board__column:not([data-no-drop]) .board__cards")) {
      window.Sortable.create(column, {
        group: "board",
        animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
        delay: 150,
        delayOnTouchOnly: true,
        draggable: ".board__card",
        filter: "select, button, summary, input, textarea",
        preventOnFilter: false,
        ghostClass: "board__card--ghost",
        chosenClass: "board__card--chosen",
        onEnd: (drop) => this.onDrop(drop),
      });
    }
    this.dataset.ready = "";
  }

  async onDrop({ item: card, from, to, oldDraggableIndex }) {
    if (from === to) return;
    const form = card.querySelector("form.status-form");
    const select = form.elements.status;
    const before = select.value;
    select.value = to.closest("[data-status]").dataset.status;
    this.count();
    const refusal = await this.send(form, card);
    if (refusal === null) return;
    select.value = before;
    from.insertBefore(card, from.querySelectorAll(".board__card")[oldDraggableIndex] ?? null);
    this.count();
    document.dispatchEvent(new CustomEvent("cx:failed", { detail: refusal || this.dataset.failed }));
  }

  // Posts the form; null means accepted, a text says why not (empty where the server said nothing).
  async send(form, card) {
    const headers = { "HX-Request": "true", "HX-Target": card.id };
    try {
      const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers, keepalive: true });
      const answer = new DOMParser().parseFromString(await response.text(), "text/html");
      if (!response.ok) return answer.querySelector("[role=alert], .field__errors")?.textContent.trim() ?? "";
      this.replace(card, answer);
      return null;
    } catch {
      return document.getElementById("flash").dataset.offline;
    }
  }

  // The answer brings the card as it is now, and messages.
  replace(card, answer) {
    const fresh = answer.getElementById(card.id);
    if (fresh) {
      card.replaceWith(fresh);
      window.htmx?.process(fresh);
    }
    document.getElementById("flash").append(...(answer.getElementById("flash")?.children ?? []));
  }

  count() {
    for (const column of this.querySelectorAll(".board__column")) {
      const count = column.querySelector(".board__title .count");
      if (count) count.textContent = column.querySelectorAll(".board__card").length;
    }
  }
}
customElements.define("cx-board", Board);
