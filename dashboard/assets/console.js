// The console: what was just done, where it was done, and one keystroke to take the incident in focus.
(function () {
  "use strict";
  const board = window.board;
  let arrived = false;

  // What was just done stands in the address that the server led to; the list says it.
  function address() {
    const here = new URLSearchParams(window.location.search);
    const asked = new URLSearchParams({ lang: board.settings.language });
    for (const name of ["done", "incident"]) if (here.has(name)) asked.set(name, here.get(name));
    return `/alerts?${asked}`;
  }

  // Once: back to the incident that the reader came from.
  function arrive() {
    const incident = window.location.hash.startsWith("#incident-") && document.getElementById(window.location.hash.slice(1));
    if (arrived || !incident) return;
    arrived = true;
    incident.focus({ preventScroll: true });
    incident.scrollIntoView({ block: "center" });
  }

  // Only where an incident has the focus: a key of one letter must do nothing elsewhere.
  document.addEventListener("keydown", (event) => {
    const here = event.target.closest && event.target.closest("[data-incident]");
    if (!here || event.key.toLowerCase() !== "a" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select")) return;
    const act = here.querySelector("[data-deed='nhan']");
    if (!act) return;
    event.preventDefault();
    act.open = true;
    act.querySelector("[name='comment']").focus();
  });

  board.console = { address, arrive };
})();
