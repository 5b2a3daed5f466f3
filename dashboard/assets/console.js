// The console: read again and again while it is looked at, since colleagues act on it between two versions; what was just
// done, and where; one keystroke to take the incident in focus.
(function () {
  "use strict";
  const board = window.board;
  let arrived = false;
  let asked = 0;
  let shown = 0;

  // What was just done stands in the address that the server led to; the list says it.
  function address() {
    const here = new URLSearchParams(window.location.search);
    const query = new URLSearchParams({ lang: board.settings.language });
    for (const name of ["done", "incident"]) if (here.has(name)) query.set(name, here.get(name));
    return `/alerts?${query}`;
  }

  // Once: back to the incident that the reader came from.
  function arrive() {
    const incident = window.location.hash.startsWith("#incident-") && document.getElementById(window.location.hash.slice(1));
    if (arrived || !incident) return;
    arrived = true;
    incident.focus({ preventScroll: true });
    incident.scrollIntoView({ block: "center" });
  }

  async function look() {
    const turn = (asked += 1);
    try {
      const answer = await board.ask(address(), { cache: "no-store" });
      const told = await answer.json();
      // An answer that was overtaken by a later one is old.
      if (!told.body || turn < shown) return;
      shown = turn;
      board.draw("alerts-body", told.body);
      arrive();
    } catch (error) {
      // The list stays as it is; the line above the page says what does not answer.
    }
  }

  window.setInterval(() => {
    if (board.page() === "alerts" && !document.hidden) look();
  }, board.settings.poll_seconds * 1000);

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

  board.console = { look };
})();
