// The map beside the console. Its outline is drawn once, from the file that the map of coverage uses; with each answer only
// marks, names and classes that changed are written, since the page stays open all day.
(function () {
  "use strict";
  const board = window.board;
  const SVG = "http://www.w3.org/2000/svg";
  const WIDTH = 1000;
  // Of marks that touch: how often they are pushed, how much of the way back they go each time, half of what one of full
  // size needs, and from how far away on a line says where it belongs.
  const [TURNS, HOMING, REACH, TIED_FROM] = [80, 0.04, 23, 24];
  const WIDE = window.matchMedia("(min-width: 1100px)");
  let drawn = null;
  let drawing = false;
  let last = "";

  const north = (lat) => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));

  function projection([west, east, south, top]) {
    const unit = WIDTH / (((east - west) * Math.PI) / 180);
    const place = ([lon, lat]) => [((lon - west) * Math.PI * unit) / 180, (north(top) - north(lat)) * unit];
    return { place, height: (north(top) - north(south)) * unit };
  }

  function make(tag, props, parent) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(props)) element.setAttribute(name, value);
    if (parent) parent.append(element);
    return element;
  }

  function outline(geometry, place) {
    const areas = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const ring = (points) => `M${points.map((point) => place(point).map((number) => number.toFixed(1)).join(",")).join("L")}Z`;
    return areas.flatMap((area) => area.map(ring)).join("");
  }

  // A name and, below it, what stands in brackets: the sea is wide, but not that wide.
  function write(parent, at, text, name, below) {
    const [x, y] = at;
    const label = make("text", { x, y, class: name }, parent);
    text.replace(" (", "\n(").split("\n").forEach((line, index) => {
      make("tspan", { x, dy: index ? "1.15em" : below }, label).textContent = line;
    });
  }

  async function build(facts) {
    const answer = await board.ask(facts.url);
    const shape = await answer.json();
    const { place, height } = projection(facts.span);
    const svg = make("svg", { viewBox: `0 0 ${WIDTH} ${height.toFixed(0)}`, role: "group" });
    svg.setAttribute("aria-label", facts.title);
    const paths = {};
    for (const feature of shape.features) {
      paths[feature.id] = make("path", { d: outline(feature.geometry, place), "data-code": feature.id, tabindex: "-1" }, svg);
      make("title", {}, paths[feature.id]);
    }
    for (const label of facts.labels) write(svg, place(label.at), label.text, "sea-name", "1em");
    write(svg, place(facts.sea.at), facts.sea.text, "sea-name east-sea", "0");
    const marks = make("g", { "aria-hidden": "true" }, svg);
    drawn = { svg, paths, marks, place };
    document.getElementById("alerts-map").replaceChildren(svg);
  }

  // The provinces around Hà Nội and in the Mekong delta lie closer than their marks are wide: those that touch are pushed
  // apart, a little at a time and none more than the others, and drawn back to their place where there is room.
  function spread(marks) {
    for (let turn = 0; turn < TURNS; turn += 1) {
      for (const one of marks) {
        one.x += (one.home[0] - one.x) * HOMING;
        one.y += (one.home[1] - one.y) * HOMING;
      }
      for (const [index, one] of marks.entries()) {
        for (const other of marks.slice(index + 1)) {
          const [dx, dy] = [other.x - one.x, other.y - one.y];
          const [apart, wanted] = [Math.hypot(dx, dy) || 1, (one.size + other.size) * REACH];
          if (apart >= wanted) continue;
          const push = (wanted - apart) / 2 / apart;
          one.x -= (dx || 1) * push;
          one.y -= dy * push;
          other.x += (dx || 1) * push;
          other.y += dy * push;
        }
      }
    }
    return marks;
  }

  function tie({ x, y, home }) {
    if (Math.hypot(x - home[0], y - home[1]) < TIED_FROM) return;
    make("line", { class: "mark-tie", x1: home[0], y1: home[1], x2: x.toFixed(1), y2: y.toFixed(1) }, drawn.marks);
    make("circle", { class: "mark-home", cx: home[0], cy: home[1], r: 4 }, drawn.marks);
  }

  // Not by colour alone: the worst has a square, the next a triangle, the least a circle, each with the number.
  function mark({ area, x, y, size }) {
    const group = make("g", { class: `mark mark-${area.worst}`, transform: `translate(${x.toFixed(1)},${y.toFixed(1)}) scale(${size})` }, drawn.marks);
    if (area.worst === "critical") make("rect", { x: -19, y: -19, width: 38, height: 38, rx: 4 }, group);
    else if (area.worst === "warning") make("path", { d: "M0,-27L25,18H-25Z" }, group);
    else make("circle", { r: 20 }, group);
    make("text", { y: 10 }, group).textContent = area.open > 99 ? "99+" : area.open;
  }

  function colour(facts) {
    const stop = drawn.paths[facts.shown] ? facts.shown : drawn.svg.querySelector("path:focus")?.dataset.code || Object.keys(drawn.paths)[0];
    for (const [code, path] of Object.entries(drawn.paths)) {
      const area = facts.areas[code] || { text: code, worst: "", open: 0 };
      const names = { class: `place place-${area.worst || "quiet"}`, "aria-label": area.text, tabindex: code === stop ? "0" : "-1" };
      if (area.worst !== "outside") Object.assign(names, { role: "button", "aria-pressed": String(code === facts.shown) });
      for (const [name, value] of Object.entries(names)) if (path.getAttribute(name) !== value) path.setAttribute(name, value);
      const title = path.firstChild;
      if (title.textContent !== area.text) title.textContent = area.text;
    }
    drawn.marks.replaceChildren();
    const told = Object.entries(facts.points).filter(([code]) => facts.areas[code]);
    const marks = spread(
      told.map(([code, at]) => {
        const [area, home] = [facts.areas[code], drawn.place(at)];
        return { area, home, x: home[0], y: home[1], size: area.open > 1 ? 0.9 : 0.7 };
      }),
    );
    marks.forEach(tie);
    marks.forEach(mark);
    // The picked one lies above its neighbours, so that its edge is whole.
    const picked = drawn.paths[facts.shown];
    if (picked && document.activeElement !== picked) drawn.svg.insertBefore(picked, drawn.svg.querySelector("text"));
  }

  async function show(facts, table) {
    const text = JSON.stringify([facts, table]);
    if (text === last || drawing) return;
    board.draw("alerts-places", table);
    if (!facts.url) {
      last = text;
      return;
    }
    drawing = true;
    try {
      if (!drawn) await build(facts);
      colour(facts);
      last = text;
    } catch (error) {
      // The table says the same; the outline is asked for again with the next answer.
    } finally {
      drawing = false;
    }
  }

  function shown() {
    return new URLSearchParams(window.location.search).get("area") || "";
  }

  function pick(area) {
    const query = new URLSearchParams(window.location.search);
    for (const name of ["area", "done", "incident"]) query.delete(name);
    if (area) query.set("area", area);
    const rest = query.toString();
    window.history.replaceState(window.history.state, "", window.location.pathname + (rest ? `?${rest}` : ""));
    board.console.look();
  }

  function toggle(path) {
    if (path.getAttribute("role") === "button") pick(path.dataset.code === shown() ? "" : path.dataset.code);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("[data-alert-area]");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      return pick(link.dataset.alertArea);
    }
    const path = event.target.closest && event.target.closest("#alerts-map path[data-code]");
    if (path) toggle(path);
  });

  document.addEventListener("keydown", (event) => {
    const path = event.target.closest && event.target.closest("#alerts-map path[data-code]");
    if (!path) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      toggle(path);
    }
    const step = board.map.STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const next = board.map.neighbour(path, Object.values(drawn.paths), step);
    if (!next) return;
    path.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });

  // What is done with an incident comes back to the province that is looked at.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.closest("[data-incident]") || !shown()) return;
    const address = new URL(form.action);
    address.searchParams.set("area", shown());
    form.action = address.pathname + address.search;
  });

  // Beside the queue it is open, above it, on a phone, folded; whoever folds it has it so.
  function begin() {
    const fold = document.getElementById("alerts-fold");
    if (fold) fold.open = WIDE.matches;
    else window.setTimeout(begin, 200);
  }
  WIDE.addEventListener("change", begin);
  begin();

  board.consoleMap = { show, shown };
})();
