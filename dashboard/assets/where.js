// What the map shows besides its measure: day, areas of 2021 or 2025, district, site, what to compare with, order of the
// tables. All of it is in the address, so that a link restores the view.
(function () {
  "use strict";
  const board = window.board;
  const NAMES = ["grain", "day", "district", "site", "other", "against", "sort", "order"];
  const DAY_MS = 86400000;
  const SLIDE_MS = 120;
  const state = Object.fromEntries(NAMES.map((name) => [name, ""]));
  let span = null;
  let sliding = 0;

  function read() {
    const query = new URLSearchParams(window.location.search);
    for (const name of NAMES) state[name] = query.get(name) || "";
  }

  // Writes without asking for anything anew: the order of a table is the browser's own affair.
  function note(values) {
    Object.assign(state, values);
    const query = new URLSearchParams(window.location.search);
    for (const name of NAMES) {
      if (state[name]) query.set(name, state[name]);
      else query.delete(name);
    }
    window.history.replaceState(window.history.state, "", `${window.location.pathname}?${query}${window.location.hash}`);
  }

  function choose(values) {
    board.later.hold();
    note(values);
    board.set("coverage-where", { data: Date.now() });
  }

  // A link that asks for what is not there: say so; the rest of the view stays as asked.
  function problem(value) {
    board.draw("coverage-problem", value ? [{ type: "P", props: { className: "banner", children: board.say("not_here", { value }) } }] : []);
  }

  function make(tag, props, ...children) {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children);
    return element;
  }

  function plus(day, days) {
    return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
  }

  function between(first, last) {
    return Math.round((Date.parse(`${last}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / DAY_MS);
  }

  function written(day) {
    const options = board.settings.language === "vi" ? undefined : { day: "2-digit", month: "short", year: "numeric" };
    if (!options) return day.split("-").reverse().join("/");
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
  }

  // The newest day is "now": it has what no past day has, and it goes on.
  function goTo(day) {
    const bounded = day < span.first ? span.first : day;
    choose({ day: bounded >= span.last ? "" : bounded });
  }

  function slide(event) {
    const day = plus(span.first, Number(event.target.value));
    show(day);
    window.clearTimeout(sliding);
    sliding = window.setTimeout(() => goTo(day), SLIDE_MS);
  }

  function show(day) {
    const text = day >= span.last ? board.say("day_newest", { day: written(span.last) }) : written(day);
    document.getElementById("day-shown").textContent = text;
    document.getElementById("day-slider").setAttribute("aria-valuetext", text);
  }

  function step(days) {
    goTo(plus(state.day || span.last, days));
  }

  function button(text, label, onclick, className) {
    const made = make("button", { type: "button", textContent: text, onclick, className: className || "choice small" });
    if (label) made.setAttribute("aria-label", label);
    return made;
  }

  function build(place) {
    const slider = make("input", { type: "range", id: "day-slider", min: "0", step: "1", oninput: slide });
    slider.setAttribute("aria-label", board.say("day"));
    const against = board.days.field("against-day", "past-when small");
    against.addEventListener("change", () => {
      const day = board.days.read(against);
      if (day !== null) choose({ against: day });
    });
    const other = make("select", { id: "other-area", className: "past-when small" });
    other.addEventListener("change", () => choose({ other: other.value }));
    const grains = make("span", { className: "choice-row", id: "grains" });
    grains.setAttribute("role", "group");
    grains.setAttribute("aria-label", board.say("grain"));
    for (const [grain, name] of [["63", board.say("grain_old")], ["34", board.say("grain_new")]]) {
      const choice = button(name, "", () => changeGrain(grain));
      choice.dataset.grain = grain;
      grains.append(choice);
    }
    place.append(
      grains,
      make(
        "span",
        { className: "days" },
        make("span", { className: "filter-name", textContent: board.say("day") }),
        button("‹", board.say("day_before"), () => step(-1)),
        slider,
        button("›", board.say("day_after"), () => step(1)),
        make("b", { id: "day-shown" }),
        make("span", { id: "day-newest" }, button(board.say("newest"), "", () => choose({ day: "" }))),
      ),
      make("label", { className: "days" }, make("span", { className: "filter-name", textContent: board.say("against") }), against),
      make("label", { className: "days", id: "other-box" }, make("span", { className: "filter-name", textContent: board.say("other") }), other),
    );
  }

  function changeGrain(grain) {
    // A code means another area there.
    board.set("coverage-area", { data: "" });
    choose({ grain: grain === "63" ? "" : grain, district: "", site: "", other: "" });
  }

  function fill(answer) {
    const place = document.getElementById("coverage-tools");
    if (!place) return;
    if (!place.firstChild) build(place);
    span = answer.span;
    place.hidden = !span.first;
    if (!span.first) return;
    const slider = document.getElementById("day-slider");
    slider.max = String(between(span.first, span.last));
    const day = state.day || span.last;
    if (document.activeElement !== slider || !sliding) slider.value = String(between(span.first, day));
    show(day);
    document.getElementById("day-newest").hidden = !state.day;
    const against = document.getElementById("against-day");
    [against.dataset.first, against.dataset.last] = [span.first, span.last];
    if (document.activeElement !== against) against.value = board.days.write(state.against);
    document.getElementById("grains").hidden = !span.merged;
    for (const choice of document.querySelectorAll("#grains button")) {
      choice.setAttribute("aria-pressed", String(choice.dataset.grain === (state.grain || "63")));
    }
    others(answer.table);
  }

  function others(rows) {
    document.getElementById("other-box").hidden = !board.area;
    const select = document.getElementById("other-area");
    const wanted = [["", board.say("nobody")], ...rows.filter((row) => row.code !== board.area).map((row) => [row.code, row.name])];
    const key = JSON.stringify(wanted);
    if (select.dataset.key !== key) {
      select.replaceChildren(...wanted.map(([value, textContent]) => make("option", { value, textContent })));
      select.dataset.key = key;
    }
    select.value = state.other;
  }

  // Down to a place, or back up. Another area has other districts.
  function pick({ area, district, site, grain }) {
    note({ district: district || "", site: site || "", ...(grain ? { grain: grain === "63" ? "" : grain } : {}) });
    if (area !== board.area || grain) {
      if (grain) note({ other: "" });
      board.set("coverage-area", { data: area });
    }
    choose({});
    if (area) toPlace();
    else document.getElementById("coverage-map").scrollIntoView({ block: "center" });
  }

  let wanted = false;
  // The panel is drawn by an answer that is still to come.
  function toPlace() {
    wanted = true;
  }

  function arrived() {
    const title = document.getElementById("place-title");
    if (!wanted || !title) return;
    wanted = false;
    title.scrollIntoView({ block: "start" });
    title.focus({ preventScroll: true });
  }

  function act(target) {
    const { action, area, district, site, grain } = target.dataset;
    if (action === "pick-area") board.pickArea(area);
    if (action === "pick-place") pick({ area, district, site, grain });
    if (action === "go-place") {
      toPlace();
      arrived();
    }
    if (action === "place-sort") board.places.sort(target);
  }

  // Another area than before: what was chosen inside the old one is gone.
  function leaveArea() {
    note({ district: "", site: "", order: "" });
  }

  board.where = { state, read, note, choose, problem, fill, pick, toPlace, arrived, act, leaveArea };
})();
