// Escape puts away the explanation of a term that is pointed at, until one comes back to it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const term of document.querySelectorAll(".term:hover, .term:focus-within")) {
    term.dataset.quiet = "";
    const speakAgain = () => delete term.dataset.quiet;
    term.addEventListener("pointerleave", speakAgain, { once: true });
    term.addEventListener("focusout", speakAgain, { once: true });
  }
});
