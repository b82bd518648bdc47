// Asks before a form with data-confirm is sent, and for htmx's hx-confirm; a confirmed form carries confirmed=1.
const dialog = document.getElementById("confirm");

function ask(question, label) {
  dialog.querySelector("#confirm-question").textContent = question;
  const yes = dialog.querySelector("[data-confirm-yes]");
  yes.dataset.usual ??= yes.textContent;
  yes.querySelector("span").textContent = label || yes.dataset.usual;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

async function onSubmit(event) {
  const { target: form, submitter } = event;
  const asking = submitter?.dataset.confirm ? submitter : form;
  if (!asking.dataset.confirm || form.elements.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(asking.dataset.confirm, asking.dataset.confirmLabel))) return;
  const confirmed = Object.assign(document.createElement("input"), { type: "hidden", name: "confirmed", value: "1" });
  form.append(confirmed);
  form.requestSubmit(submitter);
  confirmed.remove();
}

if (dialog) {
  document.addEventListener("submit", onSubmit, { capture: true });
  document.addEventListener("htmx:confirm", async (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    if (await ask(event.detail.question, event.detail.elt.dataset.confirmLabel)) event.detail.issueRequest(true);
  });
}
