// A screen's address ends in #TOKEN, which no browser sends to a server. It is taken out of the address at once, and
// posted once: after a refusal the page waits for somebody.
(function () {
  "use strict";
  const form = document.getElementById("wall-form");
  const token = window.location.hash.slice(1);
  if (!token) return;
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  if (form.dataset.said) return;
  form.elements.token.value = token;
  form.submit();
})();
