// Runs before the first paint so that a chosen scheme never flashes the other one.
// The key and its values are those of Django's admin, so one choice holds for both.
(() => {
  let theme = "auto";
  try {
    theme = localStorage.getItem("theme") || "auto";
  } catch {
    // Storage may be forbidden; the system's scheme holds then.
  }
  document.documentElement.dataset.theme = theme;
})();
