// Comforts of splitting a letter; every act works without them.
//   form[data-stretch]     its textarea [data-selection] tells the fields "start" and "end" what is selected
//   [data-key="a"]         a button that a key presses, outside of fields and without Ctrl, Alt or Meta
//   a[data-next]           the first one is where "n" goes
"use strict";

(() => {
  const form = document.querySelector("form[data-stretch]");
  const text = form?.querySelector("[data-selection]");
  if (text) {
    const first = Number(form.dataset.stretch);
    const whole = form.elements.namedItem("end").value;
    const signs = (end) => [...text.value.slice(0, end)].length; // as the server counts, not in halves of an emoji
    const tell = () => {
      const some = text.selectionEnd > text.selectionStart;
      form.elements.namedItem("start").value = some ? first + signs(text.selectionStart) : first;
      form.elements.namedItem("end").value = some ? first + signs(text.selectionEnd) : whole;
    };
    for (const name of ["select", "keyup", "mouseup", "blur"]) text.addEventListener(name, tell);
    // A read-only field has no caret in some browsers, and without one there is no selecting by keyboard.
    text.readOnly = false;
    text.setAttribute("aria-readonly", "true");
    text.addEventListener("beforeinput", (event) => event.preventDefault());
    form.addEventListener("submit", tell);
    text.focus({ preventScroll: true });
  }

  document.addEventListener("keydown", (event) => {
    const at = event.target;
    const writes = at.matches?.("input, select, textarea:not([data-selection])");
    if (writes || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    const next = event.key === "n" && document.querySelector("a[data-next]");
    if (!button && !next) return;
    event.preventDefault();
    (button || next).click();
  });
})();
