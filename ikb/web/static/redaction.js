// Blacking out by selection: what is marked in the original goes into the form, as words and as places.
// Without this the words are typed; the text to mark in is then not shown.
"use strict";

(() => {
  const form = document.querySelector("form[data-redaction]");
  const original = form?.querySelector("[data-original]");
  if (!original) return;
  original.closest(".needs-script").classList.remove("needs-script");
  const field = (name) => form.elements.namedItem(name);
  // Places are counted in characters, as the server does; the browser counts some of them twice.
  const place = (at) => [...original.value.slice(0, at)].length;

  const take = () => {
    const { selectionStart: start, selectionEnd: end } = original;
    if (start === end) return;
    field("start").value = place(start);
    field("end").value = place(end);
    field("words").value = original.value.slice(start, end);
  };

  // A field that is only to be read has no cursor for the keyboard: this one has, and takes nothing in.
  original.addEventListener("beforeinput", (event) => event.preventDefault());
  original.addEventListener("select", take);
  original.addEventListener("keyup", take);
  original.addEventListener("mouseup", take);
  field("words").addEventListener("input", () => {
    field("start").value = "";
    field("end").value = "";
  });
})();
