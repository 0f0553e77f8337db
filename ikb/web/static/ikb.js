// Small comforts; every page works without them.
//   data-focus                 an error summary that gets the focus when the page arrives
//   form[data-warn-unsaved]    warns before leaving with unsaved input
//   form[data-autosave]        saves two seconds after the last key, to the address in the attribute or the form's own;
//                              the answer is JSON {"saved_at": "21:42 Uhr", "row_version": 3}, an error {"message": "…"}
//   [data-save-state]          inside such a form: says what is saved, for eyes and screen readers (role="status")
"use strict";

(() => {
  const PAUSE = 2000;
  const unsaved = new Set();

  const focusErrors = (root) => root.querySelector("[data-focus]")?.focus();

  const say = (form, state, words) => {
    const line = form.querySelector("[data-save-state]");
    if (!line) return;
    line.dataset.state = state;
    line.textContent = words;
  };

  const keepVersion = (form, version) => {
    const field = form.elements.namedItem("row_version");
    if (field && version !== undefined) field.value = version;
  };

  const save = async (form) => {
    const before = form.dataset.changes;
    const request = { method: "POST", body: new FormData(form), headers: { Accept: "application/json", "X-Autosave": "1" } };
    try {
      const response = await fetch(form.dataset.autosave || form.getAttribute("action"), request);
      const answer = await response.json();
      if (!response.ok) return say(form, "failed", answer.message || "Noch nicht gespeichert. Bitte speichern Sie selbst.");
      keepVersion(form, answer.row_version);
      if (form.dataset.changes !== before) return undefined; // typed on meanwhile; the next save tells
      unsaved.delete(form);
      return say(form, "saved", `Gespeichert um ${answer.saved_at}`);
    } catch {
      return say(form, "failed", "Noch nicht gespeichert: keine Verbindung. Ihr Text steht weiter hier auf der Seite.");
    }
  };

  const changed = (form) => {
    form.dataset.changes = Number(form.dataset.changes || 0) + 1;
    unsaved.add(form);
    if (form.dataset.autosave === undefined) return;
    say(form, "unsaved", "Noch nicht gespeichert …");
    clearTimeout(form.autosaveTimer);
    form.autosaveTimer = setTimeout(() => save(form), PAUSE);
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && (form.dataset.autosave !== undefined || form.dataset.warnUnsaved !== undefined)) changed(form);
  });

  document.addEventListener("submit", (event) => {
    clearTimeout(event.target.autosaveTimer);
    unsaved.delete(event.target);
  });

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
