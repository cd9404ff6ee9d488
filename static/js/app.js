// Small comforts. Everything here has a plain HTML way beside it; the pages work without this file.
(() => {
  const themes = ["auto", "light", "dark"];

  const showTheme = (button) => {
    const theme = document.documentElement.dataset.theme;
    button.querySelectorAll("[data-for]").forEach((icon) => {
      icon.toggleAttribute("hidden", icon.dataset.for !== theme);
    });
    button.setAttribute("aria-label", `Colour scheme: ${theme}. Change it`);
    button.title = `Colour scheme: ${theme}`;
  };

  const nextTheme = (button) => {
    const now = themes.indexOf(document.documentElement.dataset.theme);
    const theme = themes[(now + 1) % themes.length];
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // The choice then lasts for this page only.
    }
    showTheme(button);
  };

  const copy = async (button) => {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    const label = button.querySelector("[data-label]") || button;
    const before = label.textContent;
    label.textContent = "Copied";
    setTimeout(() => { label.textContent = before; }, 2000);
  };

  // Buttons that need a script are hidden until there is one.
  const reveal = (root) => {
    root.querySelectorAll("[data-needs-js]").forEach((node) => { node.hidden = false; });
    root.querySelectorAll("[data-hides-with-js]").forEach((node) => { node.hidden = true; });
    root.querySelectorAll("[data-theme-toggle]").forEach(showTheme);
  };

  const closeMenus = (except) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  };

  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-theme-toggle]");
    if (toggle) nextTheme(toggle);
    const copier = event.target.closest("[data-copy]");
    if (copier) copy(copier);
    closeMenus(event.target.closest("details.menu"));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    closeMenus(null);
    if (open) open.querySelector("summary").focus();
  });

  // A list's filters apply as soon as they are chosen.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form && event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
  });

  // A second click on a slow submit must not send the form twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 3000);
  });

  document.addEventListener("htmx:load", (event) => reveal(event.detail.elt));
  reveal(document);
})();
