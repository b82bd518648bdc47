// The exact time on hover, in the reader's own zone.
const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full", timeStyle: "short" });

function localise(root) {
  for (const time of root.querySelectorAll("time.time[datetime]")) time.title = format.format(new Date(time.dateTime));
}

localise(document);
document.addEventListener("htmx:load", ({ target }) => localise(target));
