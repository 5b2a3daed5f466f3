// The console: read again and again while it is looked at, since colleagues act on it between two versions; what was just
// done, and where; one keystroke to take the incident in focus.
(function () {
  "use strict";
  const board = window.board;
  let arrived = false;
  let asked = 0;
  let shown = 0;

  // Off until somebody switches it on; each browser for itself. Made here: nothing is fetched, and silence is no fault.
  const sound = {
    known: null,
    context: null,
    on() {
      return window.localStorage.getItem("sound") === "on";
    },
    wake() {
      const Context = window.AudioContext || window.webkitAudioContext;
      if (!Context) return;
      sound.context = sound.context || new Context();
      if (sound.context.state === "suspended") sound.context.resume();
    },
    ring() {
      if (!sound.context || sound.context.state !== "running") return;
      [0, 0.25, 0.5].forEach((after, index) => {
        const from = sound.context.currentTime + after;
        const tone = sound.context.createOscillator();
        const loud = sound.context.createGain();
        tone.frequency.value = index === 1 ? 660 : 880;
        loud.gain.setValueAtTime(0.0001, from);
        loud.gain.exponentialRampToValueAtTime(0.25, from + 0.02);
        loud.gain.exponentialRampToValueAtTime(0.0001, from + 0.2);
        tone.connect(loud).connect(sound.context.destination);
        tone.start(from);
        tone.stop(from + 0.22);
      });
    },
    // What waits for somebody now and did not at the last look, also where the list is limited to another province; the
    // first look rings for nothing.
    heard(waiting) {
      const now = new Set(waiting);
      const fresh = sound.known !== null && Array.from(now).some((number) => !sound.known.has(number));
      sound.known = now;
      sound.show();
      if (fresh && sound.on()) sound.ring();
    },
    show() {
      for (const button of document.querySelectorAll("[data-action='sound']")) button.setAttribute("aria-pressed", String(sound.on()));
    },
  };

  document.addEventListener("click", (event) => {
    // A browser lets a page sound only after somebody touched it.
    if (sound.on()) sound.wake();
    const button = event.target.closest && event.target.closest("[data-action='sound']");
    if (!button) return;
    window.localStorage.setItem("sound", sound.on() ? "off" : "on");
    sound.show();
    if (!sound.on()) return;
    sound.wake();
    sound.ring();
  });

  // What was just done stands in the address that the server led to; the list says it.
  function address() {
    const here = new URLSearchParams(window.location.search);
    const query = new URLSearchParams({ lang: board.settings.language });
    for (const name of ["done", "incident", "area"]) if (here.has(name)) query.set(name, here.get(name));
    return `/alerts?${query}`;
  }

  // Once: back to the incident that the reader came from.
  function arrive() {
    const incident = window.location.hash.startsWith("#incident-") && document.getElementById(window.location.hash.slice(1));
    if (arrived || !incident) return;
    arrived = true;
    // It may be among those that are folded away.
    const folded = incident.closest("details.more");
    if (folded) folded.open = true;
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
      board.consoleMap.show(told.map, told.places);
      sound.heard(told.waiting);
      arrive();
    } catch (error) {
      // The list stays as it is; the line above the page says what does not answer.
    }
  }

  window.setInterval(() => {
    // With the sound on also from behind another window: that is what it is for.
    if (board.page() === "alerts" && (!document.hidden || sound.on())) look();
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
