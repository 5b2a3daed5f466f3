// The coverage page: fetches what the filters ask for and hands each part to its place.
(function () {
  "use strict";
  const board = window.board;
  // In the order of the outputs in pages/coverage.py: part of the answer, component, property.
  const PARTS = [
    ["map", "coverage-map", "figure"],
    ["table", "coverage-table", "rowData"],
    ["columns", "coverage-table", "columnDefs"],
    ["options", "coverage-table", "dashGridOptions"],
    ["denominators", "coverage-denominator", "data"],
    ["denominator", "coverage-denominator", "value"]
  ];
  // Drawn as plain elements (draw.js says why): part of the answer, element.
  const PLAIN = [
    ["tiles", "coverage-tiles"],
    ["flow", "coverage-flow"],
    ["map_title", "coverage-map-title"],
    ["map_note", "coverage-map-note"],
    ["legend", "coverage-legend"],
    ["card", "coverage-card"],
    ["extremes", "coverage-extremes"],
    ["curves_note", "coverage-curves-note"],
    ["daily_note", "coverage-daily-note"]
  ];
  const keep = () => window.dash_clientside.no_update;
  let turn = 0;
  let answered = false;
  let lastPlace = "";

  // What is shown now, asked of Dash itself: an answer that a newer one overtook was never shown, whatever we returned.
  function shown(id, property) {
    const component = window.dash_component_api.getLayout(id);
    return component && component.props[property];
  }

  function changed(parts) {
    return PARTS.map(([name, id, property]) => (parts[name] === shown(id, property) ? keep() : parts[name]));
  }

  const drawn = {};
  function drawPlain(parts, place, compared) {
    for (const [name, id] of PLAIN) {
      if (drawn[id] !== parts[name]) board.draw(id, parts[name]);
      drawn[id] = parts[name];
    }
    document.getElementById("coverage-csv").href = parts.csv;
    const section = document.getElementById("coverage-place");
    section.hidden = !place;
    // Asked of its content by :has() in the style sheet, each change within would be half as slow again.
    section.dataset.level = place ? place.level : "";
    document.getElementById("coverage-plot-box").hidden = !(place && place.has_plot);
    document.getElementById("coverage-compare").hidden = !(compared && compared.body.length);
  }

  // Parts that say the same as in the answer before are the same object: what is not changed is not drawn again, and
  // plotly takes a fifth of a second for each figure on a slow machine.
  const last = {};
  const OFTEN_EQUAL = ["tiles", "flow", "legend", "extremes", "curves", "daily", "denominators"];
  function alike(answer) {
    if (answer.alike) return answer;
    answer.alike = true;
    for (const name of OFTEN_EQUAL.filter((part) => part in answer)) {
      const text = JSON.stringify(answer[name]);
      if (!last[name] || last[name].text !== text) last[name] = { text, value: answer[name] };
      answer[name] = last[name].value;
    }
    return answer;
  }

  // A row that says the same is the same object, and the table leaves its cells alone.
  let rows = { texts: new Map(), list: [] };
  function sameRows(table) {
    if (rows.of === table) return rows.list;
    const texts = new Map();
    let same = table.length === rows.list.length;
    const list = table.map((row, at) => {
      const text = JSON.stringify(row);
      const known = rows.texts.get(row.code);
      const kept = known && known.text === text ? known.row : row;
      texts.set(row.code, { text, row: kept });
      same = same && kept === rows.list[at];
      return kept;
    });
    rows = { of: table, texts, list: same ? rows.list : list };
    return rows.list;
  }

  // Of a picture: the outline of the picked area is the second trace of the map; bars have none. On the page it is drawn
  // by map.js.
  function withArea(answer, area) {
    answer.maps = answer.maps || {};
    if (!answer.is_map) return answer.map;
    if (!answer.maps[area]) {
      const data = answer.map.data.slice();
      data[1] = { ...data[1], locations: area ? [area] : [], z: area ? [0] : [] };
      answer.maps[area] = { ...answer.map, data };
    }
    return answer.maps[area];
  }

  // Widths and heights come for type of 16 pixels; a wall's is larger. Asked for before anything is changed: afterwards the
  // browser would style the whole page for the answer.
  function scale() {
    board.rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    return board.rem / 16;
  }

  function columns(answer, times) {
    answer.scaled = answer.scaled || {};
    const scaled = (column) => ({
      ...column,
      ...(column.width ? { width: Math.round(column.width * times) } : {}),
      ...(column.minWidth ? { minWidth: Math.round(column.minWidth * times) } : {}),
      ...(column.children ? { children: column.children.map(scaled) } : {}),
    });
    answer.scaled[times] = answer.scaled[times] || answer.columns.map(scaled);
    return same(shown("coverage-table", "columnDefs"), answer.scaled[times]);
  }

  // Equal columns must be the same object, else the table would forget how it was sorted and scrolled.
  function same(old, value) {
    return JSON.stringify(old) === JSON.stringify(value) ? old : value;
  }

  function options(answer, search, times) {
    // One phrase: "da n" is Đà Nẵng, not every name with a "da" and an "n" somewhere.
    const text = board.fold(search).replaceAll(" ", "_");
    const last = shown("coverage-table", "dashGridOptions");
    const rowHeight = Math.round(44 * times);
    const pinned = same(last.pinnedBottomRowData, answer.pinned);
    if (last.pinnedBottomRowData === pinned && last.quickFilterText === text && last.rowHeight === rowHeight) return last;
    return { ...last, rowHeight, pinnedBottomRowData: pinned, quickFilterText: text };
  }

  function address(filters, area) {
    const query = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries({ ...filters, area })) {
      if (value && !["theme", "size"].includes(name)) query.set(name, value);
      else query.delete(name);
    }
    window.history.replaceState(window.history.state, "", `${window.location.pathname}?${query}`);
  }

  // The order that a link asks for, once the table has its columns; what it does not have is said.
  function sortTable(tries = 50) {
    const [colId, sort] = board.where.state.sort.split(":");
    if (!colId) return;
    let grid = null;
    try {
      grid = window.dash_ag_grid.getApi("coverage-table");
    } catch {
      // The table is still being made.
    }
    if (!grid || !grid.getColumns() || !grid.getColumns().length) {
      if (tries) window.setTimeout(() => sortTable(tries - 1), 100);
      return;
    }
    if (!["asc", "desc"].includes(sort) || !grid.getColumn(colId)) {
      board.where.problem(board.where.state.sort);
      board.where.note({ sort: "" });
      return;
    }
    const now = grid.getColumn(colId).getSort();
    if (now !== sort) grid.applyColumnState({ state: [{ colId, sort }], defaultState: { sort: null } });
  }

  // What a link or a reader asked for and this snapshot does not have: say so and show the nearest view that there is.
  function mend(error, area) {
    const name = error.status === 403 && area ? "area" : error.body && error.body.parameter;
    const where = board.where.state;
    if (name === "area" && area) {
      board.where.problem(area);
      board.pickArea("");
      return true;
    }
    if (error.status !== 400 || !where[name]) return false;
    board.where.problem(where[name]);
    board.where.choose({ [name]: "", ...(name === "district" ? { site: "" } : {}) });
    return true;
  }

  // Tiles and curves do not depend on what the map colours: a map coloured anew asks for none of them.
  function national(version, filters) {
    return board.view(version, "nation", { ...filters, metric: "" });
  }

  // What the pictures are drawn from: the same answers on light paper. Counts have no denominator to name.
  function offerPictures(version, filters, area, place, answer) {
    const paper = (answer) => board.dress(answer, "light", "desk");
    const chosen = (answer.denominators || []).find(({ value }) => value === answer.denominator);
    const denominator = chosen ? chosen.label : "";
    const all = async () => paper(await board.view(version, "coverage", filters));
    const local = async () => paper(await (area ? board.view(version, "area", { ...filters, area }) : national(version, filters)));
    board.pictures.offer("coverage-map", async () => {
      const light = await all();
      return { figure: withArea(light, area), denominator, legend: light.is_map ? light.legend : null };
    });
    board.pictures.offer("coverage-curves", async () => ({ figure: (await local()).curves, denominator }));
    board.pictures.offer("coverage-daily", async () => ({ figure: (await local()).daily, denominator: "" }));
    board.pictures.offer("coverage-plot", async () => {
      const light = paper(await board.view(version, "place", { ...filters, area, ...place }));
      return { figure: light.plot, denominator, legend: board.pictures.find(light.body, "points-key") };
    });
  }

  // The row of the picked area, as rowClassRules has it of rows that are drawn later: a row drawn anew loses its focus.
  function markRow(code) {
    const table = document.getElementById("coverage-table");
    for (const row of table.querySelectorAll(".row-picked")) row.classList.remove("row-picked");
    if (!code) return;
    for (const row of table.querySelectorAll(`[row-id="${CSS.escape(code)}"]`)) row.classList.add("row-picked");
  }

  window.dash_clientside.coverage = {
    async draw(version, metric, group, denominator, theme, size, area, search, clock, pathname, _where) {
      if (!board.known(version) || board.page() !== "coverage") return PARTS.map(keep);
      const mine = ++turn;
      const held = board.later.hold();
      // Until the first answer only the address can have asked for a denominator that this snapshot may have.
      const chosen = answered ? denominator : board.denominator;
      if (board.area !== area && answered) board.where.leaveArea();
      const { grain, day, district, site, other, against } = board.where.state;
      const filters = { metric, group, denominator: chosen, theme: "open", size: "open", clock: clock === "injected" ? "" : clock, grain, day };
      const compares = against || (area && other);
      try {
        const parts = await Promise.all([
          board.view(version, "coverage", filters),
          national(version, filters),
          area ? board.view(version, "area", { ...filters, area }) : null,
          area ? board.view(version, "place", { ...filters, area, district, site }) : null,
          compares ? board.view(version, "compare", { ...filters, area, against, other: area ? other : "" }) : null,
        ]);
        const [answer, nation, own, place, compared] = parts.map((part) => board.dress(part, theme, size));
        // An answer that comes when another page is shown must not write this page's filters into its address.
        if (mine !== turn || board.page() !== "coverage") {
          board.later.release(held);
          return PARTS.map(keep);
        }
        const times = scale();
        const first = !answered;
        answered = true;
        alike(answer);
        alike(nation);
        const from = board.area;
        window.setTimeout(board.map.rescue, 0, document.activeElement, area || board.area);
        board.area = own ? area : "";
        board.failed = false;
        address({ metric, group, denominator: chosen, clock: filters.clock }, board.area);
        document.documentElement.dataset.map = answer.is_map ? "map" : "bars";
        document.documentElement.style.setProperty("--bars", `${answer.map.layout.height || 0}px`);
        window.setTimeout(() => board.map.follow(answer), 0);
        if (first) window.setTimeout(sortTable, 0, 50);
        if (first && site) board.where.toPlace();
        board.where.fill(answer);
        offerPictures(version, filters, board.area, { district, site }, answer);
        const { curves, curves_note, daily, daily_note } = own || nation;
        drawPlain({ ...nation, ...answer, card: (own || answer).card, curves_note, daily_note }, place, compared);
        board.places.draw(place, compared);
        markRow(board.area);
        // Where somebody goes down to a place its panel is what they wait for: it is shown before any figure is drawn.
        board.later.put({ "coverage-curves": curves, "coverage-daily": daily }, board.area !== from);
        const at = JSON.stringify([area, district, site]);
        if (place && place.has_plot) board.later.put({ "coverage-plot": place.plot }, at !== lastPlace);
        lastPlace = at;
        board.later.release(held);
        const table = { table: sameRows(answer.table), columns: columns(answer, times), options: options(answer, search, times) };
        return changed({ ...answer, ...table });
      } catch (error) {
        board.later.release(held);
        if (mine !== turn || mend(error, area)) return PARTS.map(keep);
        // A later snapshot may not have the denominator that was chosen from an earlier one.
        if (error.body && error.body.parameter === "denominator") [answered, board.denominator] = [false, ""];
        board.failing(error);
        return PARTS.map(keep);
      }
    },

    pick(click, area) {
      const point = click && click.points && click.points[0];
      if (!point) return keep();
      return point.location || point.y || area;
    },
  };
})();
