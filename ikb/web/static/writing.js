// Saves what is written about each passage, and never says so before the server has repeated exactly that text.
//   [data-writing]         the passages; data-place names the round, data-token the address of a fresh form token
//   form[data-autosave]    one passage: its fields, row_version; data-anchor; data-change: the address that shows a change
//   [data-save-state]      what is saved of this passage; [data-save-bar] the same for the whole page, read aloud
//   #two-texts, #left-text templates: somebody else was faster; a text waits on this device
"use strict";

(() => {
  const page = document.querySelector("[data-writing]");
  if (!page) return;

  const { ask, plain, same, PAUSE, WAITS } = window.ikbAsk;
  const SHOWN_AFTER = 400;
  const RANKS = ["conflict", "failed", "unsaved", "saved"]; // what the whole page says: the worst of its passages
  const FIELDS = ["stance", "comment", "wish", "proposed_text"];
  const { place } = page.dataset;
  const kept = window.ikbKept;
  const renewToken = () => window.ikbAsk.renew(page.dataset.token);
  const bar = document.querySelector("[data-save-bar]");
  let last = null; // the passage that was written in last

  const equal = (one, other) => FIELDS.every((name) => (one[name] || "") === (other[name] || ""));

  class Passage {
    constructor(form) {
      this.form = form;
      this.anchor = form.dataset.anchor;
      this.text = form.closest("article").querySelector(".passage-text")?.textContent || "";
      this.line = form.querySelector("[data-save-state]");
      this.changes = 0; // counted at every key
      this.stored = 0; // up to which change the server has confirmed
      this.failures = 0;
      this.tried = []; // sent, but not confirmed: if that is what is stored, it is ours
      this.state = "saved";
      this.words = "";
    }

    get isUnsaved() {
      return this.changes !== this.stored;
    }

    get values() {
      const given = new FormData(this.form);
      return Object.fromEntries(FIELDS.map((name) => [name, given.get(name) || ""]));
    }

    set values(values) {
      for (const name of FIELDS) {
        const field = this.form.elements.namedItem(name);
        if (field instanceof RadioNodeList) for (const choice of field) choice.checked = choice.value === values[name];
        else if (field) field.value = values[name] || "";
      }
      this.form.classList.add("is-open");
      this.show();
    }

    get version() {
      return this.form.elements.namedItem("row_version");
    }

    say(state, words) {
      if (this.state === state && this.words === words) return;
      Object.assign(this, { state, words });
      this.line.dataset.state = state;
      // The bar says why; twice on one screen would only alarm.
      this.line.textContent = bar && state === "failed" && !this.isRefused ? "Noch nicht gespeichert" : words;
      tellAll();
    }

    keep() {
      this.isKept = kept.put(place, this.anchor, { values: this.values, version: this.version.value, tried: this.tried });
    }

    get whereItIs() {
      return this.isKept ? "Ihr Text bleibt auf diesem Gerät." : "Ihr Text steht nur hier: Lassen Sie diese Seite offen.";
    }

    changed() {
      this.changes += 1;
      this.keep();
      if (this.state === "conflict") return;
      this.say("unsaved", "Noch nicht gespeichert …");
      this.saveIn(PAUSE);
    }

    saveIn(milliseconds) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), milliseconds);
    }

    async save() {
      clearTimeout(this.timer);
      if (this.state === "conflict") return;
      if (this.running) await this.running;
      else await (this.running = this.send().finally(() => (this.running = null)));
    }

    async send() {
      const [sent, at] = [this.values, this.changes];
      this.tried = [...this.tried, sent].slice(-4);
      let told = await this.post(sent);
      if (told.answer.code === "form_expired" && (await renewToken())) told = await this.post(sent);
      this.take(told, sent, at);
    }

    post(sent) {
      const hidden = ["csrf_token", "row_version"].map((name) => [name, this.form.elements.namedItem(name).value]);
      return ask(this.form.getAttribute("action"), new URLSearchParams([...hidden, ...Object.entries(sent)]), "application/json");
    }

    take({ status, answer }, sent, at) {
      if (status === 200 && answer.stored && this.holds(answer.stored, sent)) return this.confirmed(answer, at);
      if (status === 409 && answer.stored) return this.beaten(answer);
      if (status >= 400 && status < 500 && ![400, 408, 429].includes(status)) return this.refused(answer.message || "");
      return this.failed(status === 0 ? "keine Verbindung." : "der Server antwortet gerade nicht wie gewohnt.");
    }

    // Whether what is stored is what was sent; blanks at the ends are nobody's text.
    holds(stored, sent) {
      const given = sent.proposed_text;
      const isNoWish = sent.wish !== "delete" && (!plain(given) || same(given, this.text));
      const wish = isNoWish ? "" : sent.wish;
      const isSame = (stored.stance || "") === sent.stance && same(stored.comment, sent.comment);
      return isSame && stored.wish === wish && (wish !== "replace" || same(stored.text, given));
    }

    confirmed(answer, at) {
      this.version.value = answer.row_version;
      Object.assign(this, { stored: at, failures: 0, tried: [] });
      this.mark(answer);
      if (this.isUnsaved) {
        this.keep();
        return this.saveIn(PAUSE);
      }
      kept.forget(place, this.anchor);
      return this.say("saved", `Gespeichert um ${answer.saved_at}${answer.row_version ? "" : ": keine Anmerkung"}`);
    }

    // Somebody else was faster; unless it was we ourselves and only the answer got lost.
    beaten(answer) {
      if (this.tried.slice(0, -1).some((sent) => this.holds(answer.stored, sent))) {
        this.version.value = answer.row_version;
        return this.saveIn(0);
      }
      this.keep();
      this.say("conflict", `Noch nicht gespeichert: Es gibt zwei Texte. ${this.whereItIs}`);
      return this.choose(answer);
    }

    refused(message) {
      this.keep();
      this.isRefused = true;
      this.say("failed", `Noch nicht gespeichert. ${message} ${this.whereItIs}`);
    }

    failed(why) {
      this.keep();
      this.isRefused = false;
      this.say("failed", `Noch nicht gespeichert: ${why} ${this.whereItIs}`);
      this.saveIn(1000 * WAITS[Math.min(this.failures, WAITS.length - 1)] * (0.8 + 0.4 * Math.random()));
      this.failures += 1;
    }

    mark({ row_version: version, remarks }) {
      for (const mark of document.querySelectorAll(`[data-mark="${CSS.escape(this.anchor)}"]`)) mark.hidden = !version;
      this.form.querySelector("[data-remove]").hidden = !version;
      document.querySelectorAll("[data-total]").forEach((total) => (total.textContent = remarks));
    }

    // A box beside the fields, made from a template, with words in its places and something to do for each button.
    open(template, words, acts) {
      const box = document.getElementById(template).content.firstElementChild.cloneNode(true);
      for (const [name, text] of Object.entries(words)) box.querySelector(`[data-words="${name}"]`).textContent = text;
      for (const [name, act] of Object.entries(acts)) {
        box.querySelector(`[data-act="${name}"]`).addEventListener("click", () => {
          box.remove();
          act();
          this.form.querySelector("textarea").focus();
        });
      }
      this.form.classList.add("is-open");
      this.form.closest("details")?.setAttribute("open", "");
      this.form.querySelector(".saying-more").prepend(box);
    }

    choose({ message, theirs, mine, stored, row_version: version }) {
      const mineWins = () => {
        this.version.value = version;
        this.say("unsaved", "Noch nicht gespeichert …");
        this.save();
      };
      const theirsWins = () => {
        this.version.value = version;
        this.values = {
          stance: stored.stance,
          comment: stored.comment,
          wish: stored.wish || "replace",
          proposed_text: stored.wish === "replace" ? stored.text : this.text,
        };
        Object.assign(this, { stored: this.changes, tried: [] });
        kept.forget(place, this.anchor);
        this.say("saved", "Der andere Text ist gespeichert.");
      };
      this.open("two-texts", { message, theirs, mine }, { mine: mineWins, theirs: theirsWins });
    }

    offer(text) {
      if (equal(text.values, this.values)) return kept.drop(text.key);
      const restore = () => {
        kept.drop(text.key);
        this.version.value = text.version;
        this.tried = text.tried || [];
        this.values = text.values;
        this.changed();
        this.save();
      };
      const when = new Date(text.at).toLocaleString("de-DE", { dateStyle: "long", timeStyle: "short" });
      const words = { when: `${when} Uhr`, text: [text.values.comment, this.wishIn(text.values)].filter(Boolean).join("\n\n") };
      return this.open("left-text", words, { restore, discard: () => kept.drop(text.key) });
    }

    wishIn({ wish, proposed_text: proposed }) {
      if (wish === "delete") return "Wunsch: Abschnitt streichen.";
      return same(proposed, this.text) ? "" : proposed;
    }

    // The change as the council would read it, compared by the server.
    show() {
      const box = this.form.querySelector("[data-shown]");
      if (!box) return;
      clearTimeout(this.shown);
      this.shown = setTimeout(async () => {
        const asked = (this.asked = {});
        const body = () => new URLSearchParams([...new FormData(this.form)]);
        let told = await ask(this.form.dataset.change, body(), "text/html");
        if (told.status === 400 && (await renewToken())) told = await ask(this.form.dataset.change, body(), "text/html");
        if (this.asked !== asked) return; // typed on meanwhile
        if (told.status === 200) box.innerHTML = told.answer;
        else box.textContent = "Die Änderung wird gezeigt, sobald wieder eine Verbindung besteht.";
      }, SHOWN_AFTER);
    }

    remove() {
      this.values = { stance: "", comment: "", wish: "replace", proposed_text: this.text };
      this.changed();
      this.save();
    }
  }

  const passages = new Map([...page.querySelectorAll("form[data-autosave]")].map((form) => [form, new Passage(form)]));
  const unsaved = () => [...passages.values()].filter((passage) => passage.isUnsaved);

  const tellAll = () => {
    if (!bar) return;
    const state = RANKS.find((rank) => [...passages.values()].some((passage) => passage.state === rank));
    const told = last?.state === state ? last : [...passages.values()].find((passage) => passage.state === state);
    bar.dataset.state = state;
    bar.textContent = told.words;
  };

  const saveAll = () => Promise.all(unsaved().map((passage) => passage.save()));

  page.addEventListener("input", (event) => {
    const passage = passages.get(event.target.form);
    if (!passage) return;
    last = passage;
    passage.changed();
    if (event.target.name !== "comment" && event.target.name !== "stance") passage.show();
  });

  page.addEventListener("submit", (event) => {
    const passage = passages.get(event.target);
    if (!passage) return;
    event.preventDefault();
    last = passage;
    if (event.submitter?.value === "remove") passage.remove();
    else passage.save();
  });

  // Whoever goes on to another page need not wait for the pause, nor be warned of what can be saved in time.
  const goOn = async (event, go) => {
    event.preventDefault();
    await Promise.race([saveAll(), new Promise((resolve) => setTimeout(resolve, 3000))]);
    go();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const isPlain = link && !link.target && event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey);
    if (!isPlain || link.getAttribute("href").startsWith("#") || !unsaved().length) return;
    goOn(event, () => location.assign(link.href));
  });

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "get" || !unsaved().length) return;
    goOn(event, () => event.target.submit());
  });

  window.addEventListener("beforeunload", (event) => {
    if (unsaved().length) event.preventDefault();
  });
  window.addEventListener("online", saveAll);
  document.addEventListener("visibilitychange", saveAll);

  document.documentElement.classList.add("with-script");
  for (const passage of passages.values()) kept.left(place, passage.anchor).forEach((text) => passage.offer(text));
})();
