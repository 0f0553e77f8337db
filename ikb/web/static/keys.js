// The workbench by keyboard: single keys beside Tab, never instead of it, and off where somebody wants them off (WCAG 2.1.4).
//   [data-keys]        the list of keys: a button that shows it, a dialog, a box that switches them off on this device
//   [data-key="n"]     a link that a key follows
//   [data-claim]       a section that this person has in hand: it is kept while the page is open, and let go when it is left
"use strict";

(() => {
  const OFF = "ikb-keys-off";
  const KEEP_EVERY = 4 * 60 * 1000; // ms; a section stays in hand for 15 minutes

  const stored = {
    get off() {
      try { return localStorage.getItem(OFF) === "1"; } catch { return false; }
    },
    set off(value) {
      try { value ? localStorage.setItem(OFF, "1") : localStorage.removeItem(OFF); } catch { /* no storage: on until the page is left */ }
    },
  };

  const root = document.querySelector("[data-keys]");
  if (root) {
    const dialog = root.querySelector("dialog");
    const box = root.querySelector("[data-keys-on]");
    const items = () => [...document.querySelectorAll("main article.passage[id]")];
    let off = stored.off;
    let current = null;

    const show = () => { if (!dialog.open) dialog.showModal(); };
    const focus = (element) => {
      if (!element) return;
      if (!element.matches("a[href], button, input, select, textarea, summary")) element.tabIndex = -1;
      element.focus();
      element.scrollIntoView({ block: "nearest" });
    };
    const here = () => document.activeElement?.closest("article.passage[id]") ?? (current?.isConnected ? current : null);
    const step = (by) => {
      const all = items();
      const at = all.indexOf(here());
      current = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
      focus(current);
    };
    const within = (choose) => choose(here()) ?? items().map(choose).find(Boolean);
    const acts = {
      j: () => step(1),
      k: () => step(-1),
      n: () => document.querySelector('[data-key="n"]')?.click(),
      p: () => (document.querySelector('[data-key="p"]') ?? document.querySelector('[data-key="n"]'))?.click(),
      a: () => focus(document.querySelector("#bearbeitung button")),
      d: () => focus(within((item) => item?.querySelector("[data-decide] textarea, a[data-decide]"))),
      g: () => focus(within((item) => item?.matches('[id^="vorschlag-gruppe-"], [id^="gruppe-"]') ? item.querySelector("summary, button") : null)),
      "?": show,
    };

    root.hidden = false;
    box.checked = !off;
    root.querySelector("[data-keys-show]").addEventListener("click", show);
    box.addEventListener("change", () => { off = !box.checked; stored.off = off; });
    document.addEventListener("keydown", (event) => {
      const writing = event.target.closest?.("input, textarea, select, [contenteditable]");
      if (off || writing || dialog.open || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      const act = acts[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    });
  }

  const held = document.querySelector("[data-claim]");
  if (held) {
    const tell = (act) => {
      const form = new FormData(held.querySelector("form"));
      form.set("akt", act);
      return fetch(held.dataset.claim, { method: "POST", body: form, keepalive: true, redirect: "manual" }).catch(() => undefined);
    };
    tell("behalten");
    const timer = setInterval(() => document.visibilityState === "visible" && tell("behalten"), KEEP_EVERY);
    window.addEventListener("pagehide", () => { clearInterval(timer); tell("verlassen"); });
  }
})();
