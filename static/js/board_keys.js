// Keys on the board: arrows go from card to card, with Shift they move the card, m opens its menu.
const STEP = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 };

export function keys(board, event) {
  if (board.menu.contains(event.target)) return inMenu(board, event);
  const card = event.target.closest(".board__card:not(.board__card--open)");
  if (!card || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "m" && board.dataset.move) return taken(event, () => board.openMenu(card));
  const step = STEP[event.key];
  if (!step) return;
  const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
  if (event.shiftKey) {
    if (sideways && board.dataset.move) taken(event, () => push(board, card, step));
    return;
  }
  taken(event, () => (sideways ? across(board, card, step) : along(board, card, step)));
}

function taken(event, act) {
  event.preventDefault();
  act();
}

function inMenu(board, event) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const choices = [...board.menu.querySelectorAll("button:enabled")];
  const next = choices.indexOf(document.activeElement) + STEP[event.key];
  taken(event, () => choices[(next + choices.length) % choices.length].focus());
}

function statuses(board) {
  return [...board.menu.querySelectorAll("[data-to]")].map((choice) => choice.dataset.to);
}

function push(board, card, step) {
  const all = statuses(board);
  const status = all[all.indexOf(card.dataset.status) + step];
  if (status) board.move(card, status);
}

// To the next column that has a card, at about the same height.
function across(board, card, step) {
  const all = statuses(board);
  const height = [...card.parentElement.children].indexOf(card);
  for (let at = all.indexOf(card.dataset.status) + step; at >= 0 && at < all.length; at += step) {
    const cards = board.cards(card, all[at]).children;
    if (cards.length) return board.focusOn(cards[Math.min(height, cards.length - 1)]);
  }
  return undefined;
}

// To the next card of the column, over the edge of a lane too.
function along(board, card, step) {
  const column = [...board.querySelectorAll(`.board__card[data-status="${card.dataset.status}"]`)];
  const next = column[column.indexOf(card) + step];
  if (next) board.focusOn(next);
}
