// Light, dark or as the device: kept in a cookie, so that the server draws the page right from the start.
class Theme extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("click", ({ target }) => {
      const choice = target.closest("button");
      if (choice) this.choose(choice.value);
    });
    this.show();
  }

  choose(theme) {
    const age = theme ? 365 * 24 * 3600 : 0;
    document.cookie = `cx_theme=${theme}; path=/; max-age=${age}; samesite=lax`;
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    this.show();
  }

  show() {
    const chosen = document.documentElement.dataset.theme ?? "";
    for (const button of this.querySelectorAll("button")) button.setAttribute("aria-pressed", button.value === chosen);
  }
}
customElements.define("cx-theme", Theme);
