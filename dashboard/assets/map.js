// The map by keyboard: one stop for Tab, arrows move to the nearest area in that direction, Enter picks it.
(function () {
  "use strict";
  const board = window.board;
  const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  let answer = null;

  function plot() {
    return document.querySelector("#coverage-map .js-plotly-plot");
  }

  function shapes(drawing) {
    const layer = drawing.querySelector(".choroplethlayer .trace");
    return layer ? Array.from(layer.querySelectorAll("path")) : [];
  }

  function plain(html) {
    return new DOMParser().parseFromString(html.replace(/<br>/g, ". "), "text/html").body.textContent;
  }

  function name() {
    const drawing = plot();
    if (!drawing || !answer || !answer.is_map) return;
    const trace = answer.map.data[0];
    const paths = shapes(drawing);
    const stop = Math.max(trace.locations.indexOf(board.area), 0);
    // Between two sets of areas the drawing is still the old one: it is named when the new one is drawn.
    if (paths.length !== trace.locations.length) return;
    window.setTimeout(outline, 0);
    paths.forEach((path, index) => {
      path.setAttribute("role", "button");
      path.setAttribute("aria-label", plain(trace.hovertext[index]));
      path.setAttribute("aria-pressed", String(trace.locations[index] === board.area));
      path.setAttribute("tabindex", index === stop ? "0" : "-1");
      path.dataset.code = trace.locations[index];
      // Hatched, so that grey is not the only sign of "no figure".
      if (trace.z[index] < 0) path.style.fill = "url(#no-figure)";
    });
    regain();
  }

  // The edge of the picked area, above all others: a copy of its shape. Plotly would draw the whole map anew for it.
  function outline() {
    const drawing = plot();
    const layer = drawing && drawing.querySelector(".layer.backplot");
    if (!layer) return;
    drawing.querySelector(".picked-area")?.remove();
    const picked = board.area && drawing.querySelector(`path[data-code="${CSS.escape(board.area)}"]`);
    if (!picked) return;
    const edge = document.createElementNS("http://www.w3.org/2000/svg", "path");
    edge.setAttribute("d", picked.getAttribute("d"));
    edge.setAttribute("class", "picked-area");
    edge.setAttribute("aria-hidden", "true");
    // Beside the layer: every path inside it is taken for one of Plotly's own.
    layer.after(edge);
  }

  function middle(path) {
    const box = path.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  }

  // Nearest in the direction asked for; what lies aside counts double, so that a row of areas is followed.
  function neighbour(from, paths, [dx, dy]) {
    const [x, y] = middle(from);
    let best = null;
    let least = Infinity;
    for (const path of paths) {
      if (path === from) continue;
      const [px, py] = middle(path);
      const along = (px - x) * dx + (py - y) * dy;
      const aside = Math.abs((px - x) * dy) + Math.abs((py - y) * dx);
      const cost = along + 2 * aside;
      if (along > 1 && cost < least) [best, least] = [path, cost];
    }
    return best;
  }

  // What is in focus must not be lost when the drawing or a panel is replaced below it: the map takes it, at `code`, at
  // each drawing anew. A busy machine draws seconds after the answer has come.
  let kept = null;

  function rescue(had, code, tries = 80) {
    if (!had || had === document.body) return;
    kept = { had, code };
    regain();
    if (tries) window.setTimeout(() => kept && kept.code === code && rescue(kept.had, code, tries - 1), 100);
    else kept = null;
  }

  function regain() {
    if (!kept) return;
    const now = document.activeElement;
    // What goes or is hidden loses it by itself.
    if (now && now !== document.body) return;
    // Still there and no longer in focus: Plotly puts shapes anew into their order.
    if (kept.had.isConnected && kept.had.checkVisibility()) return kept.had.focus({ preventScroll: true });
    const drawing = plot();
    const stop = drawing && (drawing.querySelector(`path[data-code="${kept.code}"]`) || drawing.querySelector('path[tabindex="0"]'));
    if (!stop) return;
    for (const path of shapes(drawing)) path.setAttribute("tabindex", path === stop ? "0" : "-1");
    kept.had = stop;
    stop.focus({ preventScroll: true });
  }

  function press(event) {
    const path = event.target.closest && event.target.closest("path[data-code]");
    if (!path) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      board.pickArea(path.dataset.code === board.area ? "" : path.dataset.code);
    }
    if (STEPS[event.key]) {
      event.preventDefault();
      const next = neighbour(path, shapes(plot()), STEPS[event.key]);
      if (!next) return;
      path.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    }
  }

  function follow(latest) {
    answer = latest;
    const drawing = plot();
    if (!drawing || !drawing.on) {
      window.setTimeout(() => answer === latest && follow(latest), 150);
      return;
    }
    if (!drawing.dataset.followed) {
      drawing.dataset.followed = "1";
      drawing.on("plotly_afterplot", name);
      drawing.on("plotly_hover", () => drawing.classList.add("on-area"));
      drawing.on("plotly_unhover", () => drawing.classList.remove("on-area"));
      drawing.addEventListener("keydown", press);
    }
    name();
  }

  // Whoever points at something else wants the focus there.
  document.addEventListener("pointerdown", () => (kept = null), true);

  board.map = { follow, rescue, neighbour, STEPS };
})();
