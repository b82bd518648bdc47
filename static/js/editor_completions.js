// What <text-expander> offers after @, # and [[. The list takes arrow keys, Enter, Tab and Escape.
const PAUSE = 120;
const MOST_LETTERS = 80;
let asking;
// What was typed on meanwhile closes no list: the next answer takes its place.
const never = () => new Promise(() => {});

// A name that nobody has will not be had by going on with it.
const dead = new Map();

async function ask(expander, sign, typed) {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
  const editor = expander.closest("cx-editor");
  if (signal.aborted) return never();
  try {
    const answer = await fetch(`${editor.dataset.completions}?${new URLSearchParams({ sign, q: typed })}`, { signal });
    if (!answer.ok || answer.redirected) return { matched: false };
    const { body } = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!body.children.length) {
      if (typed) dead.set(sign, typed);
      return { matched: false };
    }
    const fragment = document.createElement("ul");
    fragment.className = "suggest__list editor__list";
    fragment.setAttribute("role", "listbox");
    fragment.append(...body.children);
    [...fragment.children].forEach((option, number) => { option.id = `completion-${number}`; });
    return { matched: true, fragment };
  } catch {
    return signal.aborted ? never() : { matched: false };
  }
}

document.addEventListener("text-expander-change", (event) => {
  const { key, text, provide } = event.detail;
  const none = dead.get(key);
  if (text.length > MOST_LETTERS || text.includes("]]") || (none && text.startsWith(none))) return event.preventDefault();
  dead.delete(key);
  return provide(ask(event.target, key, text));
}, { capture: true });

// The element would set the whole value anew, and nothing could be undone.
document.addEventListener("text-expander-value", (event) => {
  event.preventDefault();
  const expander = event.target;
  const editor = expander.closest("cx-editor");
  const { key, item } = event.detail;
  const { value: chosen } = item.dataset;
  const { text } = editor;
  const end = text.selectionEnd;
  const begin = text.value.lastIndexOf(key, end - 1);
  expander.dismiss();
  const closed = key === "[[" && text.value.startsWith("]]", end) ? 2 : 0;
  const space = /^\s/.test(text.value.slice(end + closed)) ? "" : " ";
  editor.insert(`${chosen}${space}`, begin, end + closed);
  if (key === "#") addTag(editor.form, chosen.slice(1));
}, { capture: true });

// On a narrow screen the list moves to where all of it can be read.
document.addEventListener("text-expander-activate", ({ target }) => requestAnimationFrame(() => {
  const list = target.querySelector(".editor__list");
  const beyond = list ? list.getBoundingClientRect().right + 8 - document.documentElement.clientWidth : 0;
  if (beyond > 0) list.style.translate = `${-beyond}px`;
}), { capture: true });

// A tag that is named in the text is one of the page's tags.
function addTag(form, name) {
  const field = form?.elements.tags;
  if (!field || field.tagName !== "INPUT") return;
  const has = field.value.split(",").map((tag) => tag.trim()).filter(Boolean);
  if (!has.includes(name)) field.value = [...has, name].join(", ");
}
