// Small comforts; every page works without them.
//   data-focus                 an error summary that gets the focus when the page arrives
//   form[data-warn-unsaved]    warns before leaving with unsaved input
"use strict";

(() => {
  const unsaved = new Set();

  const focusErrors = (root) => root.querySelector("[data-focus]")?.focus();

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.dataset.warnUnsaved !== undefined) unsaved.add(form);
  });

  document.addEventListener("submit", (event) => unsaved.delete(event.target));

  window.addEventListener("beforeunload", (event) => {
    if ([...unsaved].some((form) => form.isConnected)) event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector(".menu details[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  document.addEventListener("htmx:load", (event) => focusErrors(event.detail.elt));
  focusErrors(document);
})();
