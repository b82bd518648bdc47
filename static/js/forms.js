// Small helps for forms: filters that send themselves, fields that count, buttons that are pressed once.

document.addEventListener("change", ({ target }) => {
  if (target.form && target.closest("[data-autosubmit]")) target.form.requestSubmit();
});

document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-count]")) return;
  let count = target.nextElementSibling;
  if (!count?.matches(".field__count")) {
    count = Object.assign(document.createElement("output"), { className: "field__count" });
    target.after(count);
  }
  count.textContent = target.maxLength > 0 ? `${target.value.length} / ${target.maxLength}` : target.value.length;
});

// An address says what is asked for, and not what is not.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get" || detail.elt.tagName !== "FORM") return;
  for (const name of [...detail.formData.keys()]) {
    const given = detail.formData.getAll(name).filter((value) => value !== "");
    detail.formData.delete(name);
    for (const value of given) detail.formData.append(name, value);
  }
});

// On a phone filters that are not in use would fill the screen before the first result.
if (matchMedia("(max-width: 48rem)").matches) {
  for (const filters of document.querySelectorAll("details[data-fold-narrow]")) filters.open = false;
}

// A second press on a slow line would post twice. The button works again after a while: the answer may
// have been a file to keep, or the person came back to the page.
const SLOW_LINE = 5000;

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.method !== "post" || !submitter) return;
  setTimeout(() => { submitter.disabled = true; });
  setTimeout(() => { submitter.disabled = false; }, SLOW_LINE);
});
