// A link or button with data-dialog="ID" opens that <dialog>; a click on the backdrop closes it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    dialog.showModal();
  }
  if (event.target.matches?.("dialog") && !event.target.dataset.keep) event.target.close();
});
