// Saves a form as a whole, by itself, and never says so before the server has repeated exactly what was sent.
//   form[data-saves]    the names of its fields; data-versions: of the hidden fields that say what they were made from;
//                       data-place and data-anchor say where its text is kept on this device; data-token: for a fresh token
//   [data-save-state]   what is saved of it, read aloud;   #left-text: a text waits on this device
"use strict";

(() => {
  const form = document.querySelector("form[data-saves]");
  if (!form) return;

  const { ask, renew, same, PAUSE, WAITS } = window.ikbAsk;
  const kept = window.ikbKept;
  const { place, anchor, token } = form.dataset;
  const names = form.dataset.saves.split(" ");
  const hidden = form.dataset.versions.split(" ");
  const line = form.querySelector("[data-save-state]");
  const is = { changes: 0, stored: 0, failures: 0, tried: [], state: "", running: null, timer: 0, isLeaving: false };

  const read = (wanted) => {
    const given = new FormData(form);
    return Object.fromEntries(wanted.map((name) => [name, given.get(name) || ""]));
  };

  const write = (values) => {
    for (const [name, value] of Object.entries(values)) {
      const field = form.elements.namedItem(name);
      if (field instanceof RadioNodeList) for (const choice of field) choice.checked = choice.value === value;
      else if (field) field.value = value;
    }
  };

  const equal = (one, other) => names.every((name) => same(one[name], other[name]));
  const isUnsaved = () => is.changes !== is.stored;

  const say = (state, words) => {
    is.state = state;
    line.dataset.state = state;
    line.textContent = words;
  };

  const keep = () => {
    is.isKept = kept.put(place, anchor, { values: read(names), versions: read(hidden), tried: is.tried });
  };

  const whereItIs = () =>
    is.isKept ? "Ihr Text bleibt auf diesem Gerät." : "Ihr Text steht nur hier: Lassen Sie diese Seite offen.";

  const saveIn = (milliseconds) => {
    clearTimeout(is.timer);
    is.timer = setTimeout(save, milliseconds);
  };

  const changed = () => {
    is.changes += 1;
    keep();
    if (is.state === "conflict") return;
    say("unsaved", "Noch nicht gespeichert …");
    saveIn(PAUSE);
  };

  const notSaved = (words, again) => {
    keep();
    say("failed", `Noch nicht gespeichert: ${words} ${whereItIs()}`);
    if (!again) return;
    saveIn(1000 * WAITS[Math.min(is.failures, WAITS.length - 1)] * (0.8 + 0.4 * Math.random()));
    is.failures += 1;
  };

  const confirmed = (answer, at) => {
    write(answer.versions);
    Object.assign(is, { stored: at, failures: 0, tried: [] });
    if (isUnsaved()) {
      keep();
      return saveIn(PAUSE);
    }
    kept.forget(place, anchor);
    return say("saved", `Gespeichert um ${answer.saved_at}${answer.is_empty ? ": kein Text" : ""}`);
  };

  // Somebody else was faster; unless it was we ourselves and only the answer got lost.
  const beaten = (answer) => {
    if (is.tried.slice(0, -1).some((sent) => equal(sent, answer.stored))) {
      write(answer.versions);
      return saveIn(0);
    }
    keep();
    return say("conflict", `Noch nicht gespeichert: ${answer.message} ${whereItIs()}`);
  };

  const take = ({ status, answer }, sent, at) => {
    if (status === 200 && answer.stored && equal(answer.stored, sent)) return confirmed(answer, at);
    if (status === 409 && answer.stored) return beaten(answer);
    const isRefused = status >= 400 && status < 500 && ![400, 408, 429].includes(status);
    if (isRefused) return notSaved(answer.message || "", false);
    return notSaved(status === 0 ? "keine Verbindung." : "der Server antwortet gerade nicht wie gewohnt.", true);
  };

  const post = (sent) => {
    const given = new URLSearchParams({ ...read(["csrf_token", ...hidden]), ...sent });
    for (const one of is.tried.slice(0, -1)) given.append("tried", one[names.at(-1)]);
    return ask(form.getAttribute("action"), given, "application/json");
  };

  const send = async () => {
    const [sent, at] = [read(names), is.changes];
    is.tried = [...is.tried, sent].slice(-4);
    let told = await post(sent);
    if (told.answer.code === "form_expired" && (await renew(token))) told = await post(sent);
    take(told, sent, at);
  };

  async function save() {
    clearTimeout(is.timer);
    if (is.state === "conflict") return;
    if (is.running) await is.running;
    else await (is.running = send().finally(() => (is.running = null)));
  }

  const inTime = () => Promise.race([save(), new Promise((resolve) => setTimeout(resolve, 3000))]);

  form.addEventListener("input", changed);

  // The buttons send the form as they do without a script; what is under way comes first, with its versions.
  form.addEventListener("submit", async (event) => {
    if (is.isLeaving) return;
    is.isLeaving = true;
    if (!is.running && (!isUnsaved() || is.state === "conflict")) return;
    event.preventDefault();
    await inTime();
    form.requestSubmit(event.submitter);
  });

  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[href]");
    const isPlain = link && !link.target && event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey);
    if (!isPlain || link.getAttribute("href").startsWith("#") || !isUnsaved()) return;
    event.preventDefault();
    await inTime();
    location.assign(link.href);
  });

  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved() && !is.isLeaving) event.preventDefault();
  });
  window.addEventListener("online", () => isUnsaved() && save());
  document.addEventListener("visibilitychange", () => isUnsaved() && save());

  const offer = (text) => {
    if (equal(text.values, read(names))) return kept.drop(text.key);
    const box = document.getElementById("left-text").content.firstElementChild.cloneNode(true);
    const when = new Date(text.at).toLocaleString("de-DE", { dateStyle: "long", timeStyle: "short" });
    box.querySelector('[data-words="when"]').textContent = `${when} Uhr`;
    const texts = Object.entries(text.values).filter(([name]) => form.elements.namedItem(name)?.tagName === "TEXTAREA");
    box.querySelector('[data-words="text"]').textContent = texts.map(([, value]) => value).filter(Boolean).join("\n\n");
    box.querySelector('[data-act="restore"]').addEventListener("click", () => {
      box.remove();
      kept.drop(text.key);
      is.tried = text.tried || [];
      write({ ...text.values, ...text.versions });
      changed();
      save();
    });
    box.querySelector('[data-act="discard"]').addEventListener("click", () => {
      box.remove();
      kept.drop(text.key);
    });
    return form.prepend(box);
  };

  kept.left(place, anchor).forEach(offer);
})();
