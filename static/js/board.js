// <cx-board>: cards are moved by dragging, by keys and by one menu; all three do the same, and what the
// server refuses goes back. Without it every card leads to a small form that does the same too.
import { keys } from "./board_keys.js";

class Board extends HTMLElement {
  connectedCallback() {
    this.menu = this.querySelector(".move-menu");
    this.addEventListener("keydown", (event) => keys(this, event));
    this.addEventListener("htmx:load", ({ target }) => this.settle(target));
    if (!this.dataset.move) return;
    this.addEventListener("click", (event) => this.onClick(event));
    this.addEventListener("submit", (event) => this.onSubmit(event));
    this.menu.addEventListener("click", ({ target }) => this.onChoice(target.closest("button")));
    this.letDrag();
  }

  async letDrag() {
    await import("../vendor/sortable-1.15.7.min.js");
    for (const cell of this.querySelectorAll(".board__cell")) {
      window.Sortable.create(cell.querySelector(".board__cards"), {
        group: cell.closest(".board__lane")?.getAttribute("aria-labelledby") ?? "board",
        animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
        delay: 150,
        delayOnTouchOnly: true,
        draggable: ".board__card",
        filter: ".board__card--open, .board__card-tool, select, button, summary, input, textarea",
        preventOnFilter: false,
        ghostClass: "board__card--ghost",
        chosenClass: "board__card--chosen",
        onEnd: ({ item, from, to }) => { if (from !== to) this.moved(item, from, to); },
      });
    }
    this.dataset.ready = "";
  }

  onClick(event) {
    const tool = event.target.closest(".board__card-tool");
    if (!tool || event.ctrlKey || event.metaKey || !this.menu.showPopover) return;
    event.preventDefault();
    this.openMenu(tool.closest(".board__card"));
  }

  onChoice(button) {
    if (!button) return;
    this.menu.hidePopover();
    if (button.dataset.to) this.move(this.chosen, button.dataset.to);
    else this.edit(this.chosen);
  }

  openMenu(card) {
    const tool = card.querySelector(".board__card-tool");
    if (!tool) return;
    this.chosen = card;
    for (const choice of this.menu.querySelectorAll("[data-to]")) choice.disabled = choice.dataset.to === card.dataset.status;
    this.menu.showPopover();
    const place = tool.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.menu;
    this.menu.style.left = `${Math.max(8, Math.min(place.right - width, innerWidth - width - 8))}px`;
    this.menu.style.top = `${Math.max(8, Math.min(place.bottom + 4, innerHeight - height - 8))}px`;
    this.menu.querySelector("button:enabled").focus();
  }

  // The card becomes a form; `status` is what somebody tried to move it to.
  edit(card, status = null) {
    const address = new URL(this.address("change", card), location);
    address.searchParams.set("as", "card");
    if (status) address.searchParams.set("status", status);
    return window.htmx.ajax("GET", address.pathname + address.search, { target: card, swap: "outerHTML" });
  }

  move(card, status) {
    const from = card.parentElement;
    const to = this.cards(card, status);
    if (!to || from === to) return;
    to.prepend(card);
    this.moved(card, from, to, true);
  }

  async moved(card, from, to, byKey = false) {
    const before = card.dataset.status;
    const status = to.closest("[data-status]").dataset.status;
    this.recount(card, before, status);
    if (byKey) this.focusOn(card);
    const form = new FormData();
    for (const [name, value] of Object.entries({ status, csrf_token: this.dataset.token, next: `${this.dataset.here}#${card.id}` })) form.set(name, value);
    const { answer, refusal } = await this.send(this.address("move", card), form, card.id);
    if (answer) {
      const fresh = this.replace(card, answer);
      this.say(fresh, status);
      if (byKey) this.focusOn(fresh);
      return;
    }
    this.recount(card, status, before);
    from.prepend(card);
    if (refusal.asks) await this.edit(card, status);
    else document.dispatchEvent(new CustomEvent("cx:failed", { detail: refusal.text || this.dataset.failed }));
  }

  async onSubmit(event) {
    const form = event.target.closest(".quick-add__form");
    if (!form) return;
    event.preventDefault();
    const cards = form.closest(".board__cell").querySelector(".board__cards");
    const { answer, refusal } = await this.send(form.action, new FormData(form), "");
    if (!answer) {
      document.dispatchEvent(new CustomEvent("cx:failed", { detail: refusal.text || this.dataset.failed }));
      return;
    }
    const card = answer.querySelector(".board__card");
    cards.prepend(card);
    window.htmx.process(card);
    this.tell(answer);
    this.count(card.dataset.status, 1);
    this.fill(card, card.dataset.status, 1);
    form.elements.title.value = "";
    form.elements.title.focus();
  }

  // What htmx brought: a form that gets the focus, or a card that stands where it belongs now.
  settle(card) {
    if (!card.matches(".board__card")) return;
    const open = card.matches(".board__card--open");
    const asked = card.querySelector(".field--invalid :is(input, select), .change__reason input");
    if (open) (asked?.checkVisibility?.() ? asked : card.querySelector("select")).focus();
    const stood = card.closest("[data-status]:not(.board__card)")?.dataset.status;
    if (open || stood === card.dataset.status) return void (open || this.focusOn(card));
    this.recount(card, stood, card.dataset.status);
    this.cards(card, card.dataset.status).prepend(card);
    this.say(card, card.dataset.status);
    this.focusOn(card);
  }

  // Posts what a form would; a refusal has a text, and `asks` when the card's own form can answer it.
  async send(address, form, target) {
    try {
      const response = await fetch(address, { method: "POST", body: form, headers: { "HX-Request": "true", "HX-Target": target }, keepalive: true });
      const answer = new DOMParser().parseFromString(await response.text(), "text/html");
      if (response.ok) return { answer };
      const text = answer.querySelector("[role=alert], .field__errors")?.textContent.trim() ?? "";
      return { refusal: { text, asks: response.status === 422 } };
    } catch {
      return { refusal: { text: document.getElementById("flash").dataset.offline, asks: false } };
    }
  }

  replace(card, answer) {
    const fresh = answer.getElementById(card.id) ?? card;
    card.replaceWith(fresh);
    window.htmx?.process(fresh);
    this.tell(answer);
    return fresh;
  }

  tell(answer) {
    document.getElementById("flash").append(...(answer.getElementById("flash")?.children ?? []));
  }

  say(card, status) {
    const words = { title: card.querySelector(".board__card-title").textContent, column: this.label(status) };
    document.getElementById("board-said").textContent = this.dataset.moved.replace(/\{(\w+)\}/g, (_all, name) => words[name]);
  }

  label(status) {
    return this.menu.querySelector(`[data-to="${status}"]`).textContent.trim();
  }

  address(kind, card) {
    return this.dataset[kind].replace("/0/", `/${card.id.split("-")[1]}/`);
  }

  // The list of cards of a status in the card's own lane.
  cards(card, status) {
    return (card.closest(".board__lane") ?? this).querySelector(`[data-status="${status}"] > .board__cards`);
  }

  focusOn(card) {
    card.querySelector(".board__card-title")?.focus();
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  recount(card, before, after) {
    for (const [status, by] of [[before, -1], [after, 1]]) {
      this.count(status, by);
      this.fill(card, status, by);
    }
  }

  count(status, by) {
    for (const count of document.querySelectorAll(`[data-count="${status}"]`)) {
      const number = Number(count.textContent);
      if (!Number.isNaN(number)) count.textContent = number + by;  // a thousand has a mark in it: left as it is
    }
  }

  // How full the column is, and the card's own cell where its team has a limit.
  fill(card, status, by) {
    const lane = card.closest(".board__lane");
    const places = [lane?.querySelector(`[data-status="${status}"]`), document.getElementById(`column-${status}`)?.closest(".board__head, .board__column")];
    for (const fill of places.map((place) => place?.querySelector("[data-fill]")).filter(Boolean)) {
      const { most } = fill.dataset;
      fill.dataset.fill = Number(fill.dataset.fill) + by;
      fill.classList.toggle("board__fill--over", Number(fill.dataset.fill) > Number(most));
      const words = { count: fill.dataset.fill, most };
      fill.querySelector(".board__fill-over").textContent = this.dataset.over.replace(/\{(\w+)\}/g, (_all, name) => words[name]);
    }
  }
}
customElements.define("cx-board", Board);
