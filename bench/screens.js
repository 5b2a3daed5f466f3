// In the page of a measured screen: when a new version was painted whole, and how long each change of a filter took.
(() => {
  const now = () => performance.timeOrigin + performance.now();
  // Requests are looked up when a version was painted; a screen that stands for minutes has more than the usual 250.
  performance.setResourceTimingBufferSize(10000);
  const log = { repaints: [], steps: [], filters: [], missed: 0 };
  const ROW = "#coverage-table .ag-center-cols-container [row-id='01'] [col-id='dose1_18plus']";
  const PARTS = ["#tile-doses", ROW];
  const SHAPE = "#coverage-map path[data-code='01']";
  const state = () => {
    const parts = PARTS.map((css) => (document.querySelector(css) || {}).textContent);
    const shape = document.querySelector(SHAPE);
    return [...parts, shape && shape.getAttribute("aria-label")];
  };
  // Two frames later the one in which it was drawn has been shown.
  const painted = (done) => requestAnimationFrame(() => requestAnimationFrame(() => done(now())));

  // When its map was asked for, began to come, and was there.
  const answered = (version) => {
    const found = performance.getEntriesByType("resource").filter(({ name }) => name.includes(`/snap/${version}/vn/`));
    const first = found.find(({ name }) => /coverage/.test(name));
    return first ? [first.startTime, first.responseStart, first.responseEnd].map((at) => performance.timeOrigin + at) : [0, 0, 0];
  };

  // Tile, row of the table and shape of the map must all have changed: each version differs in all three.
  window.benchRepaint = (version, patienceMs) => {
    // No filter is turned while a version is awaited: it would change one of the three by itself.
    window.benchBusy = true;
    const before = window.benchBefore;
    const started = now();
    let told = 0;
    const look = () => {
      const current = window.board.current;
      if (!told && current && current.version === version) told = now();
      if (current && current.version === version && state().every((text, at) => text && text !== before[at])) {
        window.benchBefore = state();
        window.benchBusy = false;
        return painted((at) => {
          log.repaints.push([version, at]);
          log.steps.push([version, told, ...answered(version), at]);
        });
      }
      if (now() - started > patienceMs) {
        window.benchBusy = false;
        return (log.missed += 1);
      }
      return requestAnimationFrame(look);
    };
    look();
  };
  window.benchReady = () => {
    if (!state().every(Boolean)) return false;
    window.benchBefore = state();
    return true;
  };
  const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const NOTE = "#coverage-map-note";
  const turn = (css, at, patienceMs) =>
    new Promise((done) => {
      const labels = document.querySelectorAll(`${css} label`);
      const before = document.querySelector(NOTE).textContent;
      const started = now();
      labels[at % labels.length].click();
      const look = () => {
        if (document.querySelector(NOTE).textContent !== before) return painted((end) => done(end - started));
        if (now() - started > patienceMs) return done(null);
        return requestAnimationFrame(look);
      };
      look();
    });
  // To the population of everyone and back: every part that a version changes is shown under both.
  window.benchTurns = async (everyMs, untilMs, patienceMs) => {
    let at = 1;
    while (now() < untilMs) {
      await wait(everyMs);
      if (window.benchBusy) continue;
      const took = await turn("#coverage-group", at, patienceMs);
      if (took === null) log.missed += 1;
      else log.filters.push(took);
      at = 1 - at;
      window.benchBefore = state();
    }
  };
  window.benchLog = log;
})();
