// The review queue by keyboard. Every key presses something that is on the page anyway.
(() => {
  const isTyping = (node) => node.closest("textarea, select, input:not([type=radio]):not([type=checkbox])");
  // From the request until htmx has made the next card's buttons its own.
  const busy = ["request", "swapping", "settling", "added"].map((state) => `.htmx-${state}`).join(", ");
  const isBusy = () => [...document.querySelectorAll(busy)].some((node) => !node.matches("#queue-progress"));

  const press = (key) => {
    const target = document.querySelector(`[data-key="${key}"]`);
    if (!target) return false;
    if (target.matches("form")) target.requestSubmit();
    else target.click();
    return true;
  };

  const rate = (digit) => {
    const score = digit === "0" ? "10" : digit;
    const choice = document.querySelector(`[data-decide] input[name=quality_score][value="${score}"]`);
    if (!choice) return false;
    choice.checked = true;
    return true;
  };

  const nextTwinsChoice = () => {
    const choice = document.querySelector("[data-decide] select[name=twins]");
    if (!choice) return false;
    choice.selectedIndex = (choice.selectedIndex + 1) % choice.options.length;
    return true;
  };

  const toggleShortcuts = () => {
    const list = document.querySelector("[data-shortcuts]");
    list.open = !list.open;
    if (list.open) list.scrollIntoView({ block: "nearest" });
    return true;
  };

  const inQueue = (key) => {
    if (key === "?") return toggleShortcuts();
    // A key pressed before the next card is there would judge a text that nobody has read.
    if (isBusy()) return true;
    if (/^[0-9]$/.test(key)) return rate(key);
    if (key === "l") return nextTwinsChoice();
    return "arejku".includes(key) && press(key);
  };

  document.addEventListener("keydown", (event) => {
    const edit = document.querySelector("[data-edit]");
    if (edit && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      edit.requestSubmit();
      return;
    }
    if (edit && event.key === "Escape") {
      edit.querySelector("[data-cancel]").click();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("[data-queue]") && inQueue(event.key)) event.preventDefault();
  });

  // A page without a queue (the log-in page, after a session's end) is shown as a page.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!document.querySelector("[data-queue]")) return;
    if (!event.detail.xhr.responseText.includes('id="queue"')) {
      event.preventDefault();
      window.location.reload();
    }
  });
})();
