// What both scripts that save by themselves ask the server with, so that neither believes more than was answered.
"use strict";

window.ikbAsk = (() => {
  const PATIENCE = 20000;
  const plain = (text) => (text || "").normalize("NFC").replace(/[\s\x00-\x20\x85\ufeff]+/g, "");

  // The answer of the server, or status 0 where none came or somebody else answered (a hotel's sign-in page, say).
  const ask = async (address, body, accept) => {
    const headers = { Accept: accept, "X-Autosave": "1" };
    const options = { headers, redirect: "error", signal: AbortSignal.timeout(PATIENCE), cache: "no-store" };
    if (body) Object.assign(options, { method: "POST", body, keepalive: body.toString().length < 60000 });
    let status = 0;
    try {
      const response = await fetch(address, options);
      ({ status } = response);
      return { status, answer: accept === "text/html" ? await response.text() : await response.json() };
    } catch {
      return { status: status >= 400 ? status : 0, answer: {} };
    }
  };

  let renewing = null;
  const renew = (address) => {
    renewing ??= ask(address, null, "application/json").then(({ status, answer }) => {
      renewing = null;
      if (status !== 200 || !answer.csrf_token) return false;
      for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = answer.csrf_token;
      return true;
    });
    return renewing;
  };

  return {
    ask,
    renew,
    plain,
    same: (one, other) => plain(one) === plain(other),
    PAUSE: 1500, // after the last key, in milliseconds
    WAITS: [2, 5, 10, 20, 40, 60], // seconds until the next try
  };
})();
