// The page of the targets: what was chosen is in the address, so that a link restores it; the table sorts here.
(function () {
  "use strict";
  const board = window.board;
  const CHOSEN = ["target", "metric", "denominator", "area"];
  const keep = () => window.dash_clientside.no_update;
  let turn = 0;
  let sorted = null;

  function asked() {
    const query = new URLSearchParams(window.location.search);
    const found = {};
    for (const name of CHOSEN) if (query.get(name)) found[name] = query.get(name);
    // The map's third measure is no reading of a target.
    if (!["dose1", "full"].includes(found.metric)) delete found.metric;
    return found;
  }

  function choose(values) {
    const query = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(values)) {
      if (value) query.set(name, value);
      else query.delete(name);
    }
    window.history.replaceState(window.history.state, "", `${window.location.pathname}?${query}${window.location.hash}`);
    board.set("targets-tick", { data: Date.now() });
  }

  function act(button) {
    const { action, target, measure, denominator, area, column } = button.dataset;
    if (action === "target-reading") choose({ target, metric: measure });
    if (action === "target-denominator") choose({ denominator });
    if (action === "target-area") {
      choose({ area });
      document.getElementById("targets-whose").scrollIntoView({ block: "start" });
    }
    if (action === "target-sort") sort(column);
  }

  // A first press puts the largest on top, the next the smallest; names begin with the first.
  function sort(column) {
    const down = sorted && sorted.column === column ? !sorted.down : column !== "area";
    sorted = { column, down };
    arrange();
  }

  function arrange() {
    const table = document.getElementById("target-table");
    if (!table || !sorted) return;
    const heads = Array.from(table.tHead.rows[0].cells);
    const place = heads.findIndex((head) => head.querySelector("[data-column]").dataset.column === sorted.column);
    heads.forEach((head, index) => head.setAttribute("aria-sort", index !== place ? "none" : sorted.down ? "descending" : "ascending"));
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    const free = rows.filter((row) => !row.classList.contains("row-fixed"));
    const value = (row) => board.sortValue(row.cells[place]);
    free.sort((a, b) => board.inOrder(value(a), value(b), sorted.down));
    body.append(...free, ...rows.filter((row) => row.classList.contains("row-fixed")));
  }

  // A link that asks for what this snapshot does not have: say so, and show the nearest view that there is.
  function mend(error, filters) {
    const name = error.body && error.body.parameter;
    const outside = error.status === 403 && filters.area;
    if (!(error.status === 400 && filters[name]) && !outside) return false;
    const wrong = outside ? "area" : name;
    board.draw("targets-problem", [{ type: "P", props: { className: "banner", children: board.say("not_here", { value: filters[wrong] }) } }]);
    choose({ [wrong]: "" });
    return true;
  }

  window.dash_clientside.targets = {
    async draw(version, theme, size, pathname) {
      if (!board.known(version) || board.page() !== "targets") return keep();
      const mine = ++turn;
      const filters = asked();
      try {
        const answer = await board.view(version, "targets", { ...filters, theme, size });
        if (mine !== turn) return keep();
        board.failed = false;
        board.draw("targets-cards", answer.cards);
        board.draw("targets-whose", answer.place);
        board.draw("targets-choices", answer.readings);
        board.draw("targets-curve-note", answer.curve_note);
        board.draw("targets-list", answer.table);
        arrange();
        board.pictures.offer("targets-curve", async () => {
          const light = await board.view(version, "targets", { ...filters, theme: "light", size: "desk" });
          const chosen = document.querySelector("[data-action='target-denominator'][aria-pressed='true']");
          return { figure: light.curve, denominator: chosen ? chosen.textContent : "" };
        });
        return answer.curve || keep();
      } catch (error) {
        if (mine === turn && !mend(error, filters)) board.failing(error);
        return keep();
      }
    },
  };
  board.targets = { act };
})();
