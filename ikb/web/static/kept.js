// Texts behind an institution's link that the server has not confirmed yet: they stay in this browser until it has.
// On every page behind the link, [data-left] says where such texts wait; writing.js offers them beside their passage.
"use strict";

window.ikbKept = (() => {
  const PREFIX = "ikb:text:";
  const KEPT_FOR = 60 * 24 * 3600 * 1000; // as long as a round lasts; in milliseconds
  const TAB = Math.random().toString(36).slice(2); // every open page keeps its own, so that two never overwrite each other

  const read = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };

  const drop = (key) => {
    try {
      localStorage.removeItem(key);
    } catch {
      // a browser that keeps nothing has nothing to forget
    }
  };

  const keys = (start) => {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(start));
    } catch {
      return [];
    }
  };

  const own = (place, anchor) => `${PREFIX}${place}:${anchor}:${TAB}`;

  // Whether it is kept: a full or forbidden storage must not be passed off as a safe place.
  const put = (place, anchor, text) => {
    try {
      localStorage.setItem(own(place, anchor), JSON.stringify({ ...text, at: Date.now() }));
      return true;
    } catch {
      return false;
    }
  };

  const left = (place, anchor = "") =>
    keys(`${PREFIX}${place}:${anchor ? `${anchor}:` : ""}`)
      .filter((key) => !key.endsWith(`:${TAB}`))
      .map((key) => ({ key, anchor: key.slice(PREFIX.length + place.length + 1).replace(/:[^:]*$/, ""), ...read(key) }))
      .filter((text) => text.values && (!anchor || text.anchor === anchor))
      .sort((one, other) => one.at - other.at);

  const forgetOld = () => {
    for (const key of keys(PREFIX)) {
      const text = read(key);
      if (!text || !(Date.now() - text.at < KEPT_FOR)) drop(key);
    }
  };

  // What a text is about: a passage by its anchor; with a plus before it, which no anchor has, what is no passage.
  const whereTo = ({ whole, short, addition, passage }, anchor) => {
    if (anchor === "allgemein") return [whole, "zum ganzen Dokument"];
    if (anchor === "+kurz") return [short, "zu den kurzen Fragen"];
    const of = anchor.replace("+neu+", "");
    const address = (of === anchor ? passage : addition).replace("ANCHOR", encodeURIComponent(of));
    return [address, of === anchor ? `zu Abschnitt ${of}` : `zu einem neuen Abschnitt bei ${of}`];
  };

  const tell = (box) => {
    const here = (anchor) => document.querySelector(`form[data-anchor="${CSS.escape(anchor)}"]`);
    const anchors = [...new Set(left(box.dataset.left).map((text) => text.anchor))].filter((anchor) => !here(anchor));
    const list = box.querySelector("ul");
    for (const anchor of anchors) {
      const [address, words] = whereTo(box.dataset, anchor);
      const link = document.createElement("a");
      link.href = address;
      link.textContent = words;
      list.appendChild(document.createElement("li")).append(link);
    }
    box.hidden = anchors.length === 0;
  };

  forgetOld();
  document.querySelectorAll("[data-left]").forEach(tell);
  return { put, left, drop, forget: (place, anchor) => drop(own(place, anchor)) };
})();
