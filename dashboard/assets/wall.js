// A screen on a wall turns its pages by itself: one screenful after the other, then the next address of config.yaml.
// Nothing is loaded anew. While the server does not answer, what is shown stays; afterwards it goes on alone.
(function () {
  "use strict";
  const board = window.board;
  const LOOK_MS = 1000;
  // Of the screen's height: a block that begins above this is being shown already.
  const LEAST_STEP = 0.15;
  const BLOCKS = "main :is(.answer, .tile, .card, .page-head, .alert, .stage, .curve)";
  const root = document.documentElement;
  let page = -1;
  let screen = 0;
  let left = 0;
  let paused = 0;

  function height() {
    return document.querySelector(".header").offsetHeight;
  }

  // Where the next screenful begins: at the first block that is not wholly seen, so that none is cut where it fits; a
  // block taller than the screen is gone through by the height of a screen. null at the end of the page.
  function stop() {
    const top = window.scrollY + height();
    const foot = document.getElementById("wall-told").offsetHeight;
    const bottom = window.scrollY + window.innerHeight - foot;
    const end = root.scrollHeight - window.innerHeight;
    if (window.scrollY >= end - 2) return null;
    let next = Infinity;
    for (const block of document.querySelectorAll(BLOCKS)) {
      const box = block.getBoundingClientRect();
      if (box.height && box.bottom + window.scrollY > bottom + 2) next = Math.min(next, box.top + window.scrollY);
    }
    const to = next > top + window.innerHeight * LEAST_STEP && next < Infinity ? next - height() - 8 : window.scrollY + window.innerHeight - foot - height();
    return to > window.scrollY + 2 ? Math.min(to, end) : null;
  }

  function turn() {
    const { pages } = board.settings.wall;
    page = (page + 1) % pages.length;
    screen = 0;
    board.go(pages[page]);
    window.scrollTo(0, 0);
    tell();
  }

  function next() {
    const { screens, seconds } = board.settings.wall;
    left = seconds * 1000;
    const to = screens && screen + 1 >= screens ? null : stop();
    if (to === null) return turn();
    screen += 1;
    window.scrollTo(0, to);
  }

  // Nobody's page is turned while they read a definition, nor before there is anything or while nothing answers.
  function held() {
    if (paused && Date.now() > paused) pause(false);
    return paused || board.live.mode === "offline" || !board.known(board.current) || document.querySelector("dialog[open]");
  }

  function look() {
    if (held()) return;
    left -= LOOK_MS;
    if (left <= 0) next();
  }

  function pause(on) {
    paused = on ? Date.now() + board.settings.wall.pause_minutes * 60000 : 0;
    root.toggleAttribute("data-paused", on);
    tell();
  }

  function tell() {
    const { pages } = board.settings.wall;
    const place = page < 0 ? "" : board.say("wall_place", { page: page + 1, pages: pages.length });
    document.getElementById("wall-told").textContent = paused ? board.say("wall_paused") : place;
  }

  function press(event) {
    if (event.key === " " && !event.target.closest("button, a, input, select, path")) {
      event.preventDefault();
      pause(!paused);
    }
  }

  function start() {
    const { pages, seconds } = board.settings.wall;
    const told = Object.assign(document.createElement("div"), { id: "wall-told", className: "wall-told" });
    told.setAttribute("role", "status");
    document.body.append(told);
    page = pages.indexOf(window.location.pathname + window.location.search);
    left = seconds * 1000;
    tell();
    document.addEventListener("keydown", press);
    // Whoever touches the screen gets the whole time of it again.
    document.addEventListener("pointerdown", () => (left = seconds * 1000));
    window.setInterval(look, LOOK_MS);
  }

  board.wall = { start, turn, stop, next };
})();
