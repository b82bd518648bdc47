// What stays as it is when the part of the page around it is exchanged: folds, and words not sent yet.
const folds = new Map();
const words = new Map();

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.shouldSwap) return;
  for (const fold of detail.target.querySelectorAll("details[id]")) folds.set(fold.id, fold.open);
  for (const field of detail.target.querySelectorAll("textarea[id]")) {
    const { elt, formData } = detail.requestConfig;
    const sent = field.form === elt ? formData.get(field.name) : field.defaultValue;
    if (field.value.replaceAll("\r\n", "\n") === (sent ?? "").replaceAll("\r\n", "\n")) words.delete(field.id);
    // The draft of what was not sent goes on: under a new note it would stay behind when this is sent.
    else words.set(field.id, { typed: field.value, note: field.form === elt ? null : field.form?.elements.draft?.value });
  }
});

// A field that is not there afterwards gets its words when it is opened again.
document.addEventListener("htmx:afterSwap", () => {
  for (const [id, open] of folds) document.getElementById(id)?.toggleAttribute("open", open);
  folds.clear();
  for (const [id, { typed, note }] of words) {
    const field = document.getElementById(id);
    if (!field) continue;
    words.delete(id);
    if (note && field.form?.elements.draft) field.form.elements.draft.value = note;
    field.value = typed;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
