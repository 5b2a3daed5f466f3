// Figures that can wait. What a reader asked for is shown first; what stands beside and below it is drawn when that has
// been painted: the figures in the window before the others, one at a time, and none while another answer is awaited.
// Plotly takes a tenth of a second for each, in which no click is answered.
(function () {
  "use strict";
  const board = window.board;
  // Where nobody sees it, a new figure does not come between two clicks.
  const QUIET_MS = 700;
  // A page that nobody sees has no frames.
  const NO_FRAME_MS = 300;
  const PAINT_MS = 40;
  const LONGEST_MS = 10000;
  // By the id of the graph, in the order in which they were handed in.
  const waiting = new Map();
  const drawn = new Map();
  let timer = 0;
  // How often something was asked for, and whether the last of it is still awaited.
  let asked = 0;
  let asking = false;
  let quietFrom = 0;
  const told = [];

  // Asked for after a painting, when the browser knows.
  function isSeen(id) {
    const { top, bottom, width } = document.getElementById(id)?.getBoundingClientRect() || {};
    return width > 0 && bottom > 0 && top < window.innerHeight;
  }

  function next() {
    const ids = [...waiting.keys()];
    return ids.find(isSeen) || ids[0];
  }

  function plan() {
    const id = next();
    if (asking || !id) return;
    window.clearTimeout(timer);
    // What was never drawn leaves a hole in a page that is printed or photographed.
    const still = isSeen(id) || !drawn.has(id) ? 0 : quietFrom - performance.now();
    timer = window.setTimeout(drawOne, Math.max(still, 0));
  }

  function drawOne() {
    const id = next();
    if (id) draw(id);
    plan();
  }

  function mark(id, behind) {
    document.getElementById(id)?.toggleAttribute("data-behind", behind);
  }

  function draw(id) {
    const figure = waiting.get(id);
    waiting.delete(id);
    drawn.set(id, figure);
    board.set(id, { figure });
    mark(id, false);
  }

  // A frame or two from now what was drawn has been shown.
  function painted() {
    const after = (milliseconds) => new Promise((done) => window.setTimeout(done, milliseconds));
    const frames = new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return document.hidden ? Promise.resolve() : Promise.race([frames.then(() => after(PAINT_MS)), after(NO_FRAME_MS)]);
  }

  // Something was asked for: until it has come nothing else is drawn, for a while at least. Returns what `release` takes.
  function hold() {
    asking = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(goOn, LONGEST_MS);
    asked += 1;
    return asked;
  }

  function goOn() {
    asking = false;
    quietFrom = performance.now() + QUIET_MS;
    told.splice(0).forEach((done) => done());
    plan();
  }

  // `figures`, by the ids of their graphs, take the place of those that wait. `elsewhere`: what is drawn now is of
  // another place, and must not stand below the name of this one.
  function put(figures, elsewhere) {
    for (const [id, figure] of Object.entries(figures)) {
      waiting.delete(id);
      if (drawn.get(id) !== figure) waiting.set(id, figure);
      if (!waiting.has(id)) mark(id, false);
      else if (elsewhere) mark(id, true);
    }
  }

  // It has come, or will not come. Nothing happens where more has been asked for since.
  async function release(held) {
    await painted();
    if (held === asked) goOn();
  }

  // When what is asked for now has been shown.
  function shown() {
    return asking ? new Promise((done) => told.push(done)) : Promise.resolve();
  }

  // Nothing is awaited, and nothing waits to be drawn.
  function resting() {
    return !asking && waiting.size === 0;
  }

  // Whoever prints the page wants all of it.
  window.addEventListener("beforeprint", () => [...waiting.keys()].forEach(draw));

  board.later = { hold, put, release, resting, shown };
})();
