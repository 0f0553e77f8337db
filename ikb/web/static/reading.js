// What was read, as a tick in the outline. It is remembered in this browser only: nobody else is to know what one read.
//   [data-place]        the round and version; [data-lines] the anchors that a line of the outline stands for
"use strict";

(() => {
  const page = document.querySelector("[data-writing]");
  if (!page) return;

  const LONG_ENOUGH = 1000; // of a passage's end in sight, in milliseconds
  const KEY = `ikb:gelesen:${page.dataset.place}`;
  const SECTIONS = new Set();

  const load = () => {
    try {
      return new Set(JSON.parse(localStorage.getItem(KEY)) || []);
    } catch {
      return new Set();
    }
  };
  const read = load();

  const store = () => {
    try {
      localStorage.setItem(KEY, JSON.stringify([...read]));
    } catch {
      // a browser that keeps nothing shows the ticks of this page only
    }
  };

  const words = (anchors) => {
    const done = anchors.filter((anchor) => read.has(anchor)).length;
    if (!done) return "";
    return done === anchors.length ? "✓ gelesen" : `${done} von ${anchors.length} gelesen`;
  };

  const show = () => {
    for (const place of document.querySelectorAll("[data-lines]")) {
      const anchors = place.dataset.lines.split(" ");
      if (place.tagName !== "OPTION") place.textContent = words(anchors);
      else place.textContent = `${(place.dataset.name ??= place.textContent)} ${words(anchors)}`.trim();
      if (anchors.length > 1 || place.tagName !== "SPAN") anchors.forEach((anchor) => SECTIONS.add(anchor));
    }
    const total = document.querySelector("[data-read-total]");
    if (!total || !SECTIONS.size) return;
    const done = [...SECTIONS].filter((anchor) => read.has(anchor)).length;
    total.textContent = `${done} von ${SECTIONS.size} Abschnitten gelesen. Das merkt sich nur dieses Gerät.`;
    total.hidden = false;
  };

  const seen = (anchor) => {
    if (read.has(anchor)) return;
    read.add(anchor);
    store();
    show();
  };

  const waiting = new Map();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      clearTimeout(waiting.get(target));
      const { id } = target.closest("article");
      if (isIntersecting) waiting.set(target, setTimeout(() => seen(id), LONG_ENOUGH));
    }
  });
  // What comes after a passage's text is in sight only once its end was.
  page.querySelectorAll("p.passage-text + *, h2:has(.passage-text) + *").forEach((end) => observer.observe(end));
  show();
})();
