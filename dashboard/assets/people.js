// The page about people: whose figures is in the address, so that a link restores it; tables sort here.
(function () {
  "use strict";
  const board = window.board;
  const CHOSEN = ["area", "tier", "denominator"];
  const sorted = new Map();
  let turn = 0;
  let arrived = false;

  function asked() {
    const query = new URLSearchParams(window.location.search);
    const found = {};
    for (const name of CHOSEN) if (query.get(name)) found[name] = query.get(name);
    // A place is one of the two.
    if (found.area) delete found.tier;
    return found;
  }

  function choose(values) {
    const query = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(values)) {
      if (value) query.set(name, value);
      else query.delete(name);
    }
    window.history.replaceState(window.history.state, "", `${window.location.pathname}?${query}`);
    board.set("people-tick", { data: Date.now() });
  }

  function act(button) {
    const { action, area, tier, column } = button.dataset;
    if (action === "people-place") {
      choose({ area, tier });
      document.getElementById("people-whose").scrollIntoView({ block: "start" });
    }
    if (action === "people-sort") {
      const table = button.closest("table");
      sort(table.dataset.table, column);
    }
  }

  // A first press puts the largest on top, the next the smallest; names begin with the first.
  function sort(name, column) {
    const last = sorted.get(name);
    const down = last && last.column === column ? !last.down : !column.endsWith("name");
    sorted.set(name, { column, down });
    arrange();
  }

  function arrange() {
    for (const [name, { column, down }] of sorted) {
      for (const table of document.querySelectorAll(`table[data-table="${name}"]`)) order(table, column, down);
    }
  }

  function order(table, column, down) {
    const heads = Array.from(table.tHead.rows[0].cells);
    const place = heads.findIndex((head) => head.querySelector("[data-column]").dataset.column === column);
    if (place < 0) return;
    heads.forEach((head, index) => head.setAttribute("aria-sort", index !== place ? "none" : down ? "descending" : "ascending"));
    const rows = Array.from(table.tBodies[0].rows);
    const fixed = rows.filter((row) => row.classList.contains("row-fixed"));
    const free = rows.filter((row) => !row.classList.contains("row-fixed"));
    const value = (row) => board.sortValue(row.cells[place]);
    free.sort((a, b) => board.inOrder(value(a), value(b), down));
    table.tBodies[0].append(...free, ...fixed);
  }

  // A link that asks for what this snapshot does not have: say so, and show the nearest view that there is.
  function mend(error, filters) {
    const name = error.body && error.body.parameter;
    const outside = error.status === 403 && (filters.area ? "area" : filters.tier && "tier");
    const wrong = outside || (error.status === 400 && filters[name] && name);
    if (!wrong) return false;
    board.draw("people-problem", [{ type: "P", props: { className: "banner", children: board.say("not_here", { value: filters[wrong] }) } }]);
    choose({ [wrong]: "" });
    return true;
  }

  function toSection() {
    const section = window.location.hash && document.getElementById(window.location.hash.slice(1));
    if (section && board.page() === "people") section.scrollIntoView();
  }

  document.addEventListener("change", (event) => {
    if (event.target.id === "people-chosen") choose({ area: event.target.value, tier: "" });
  });

  window.dash_clientside.people = {
    async draw(version) {
      if (!board.known(version) || board.page() !== "people") return;
      const mine = ++turn;
      const filters = asked();
      try {
        const answer = await board.view(version, "people", filters);
        if (mine !== turn) return;
        board.failed = false;
        board.draw("people-whose", answer.place);
        document.getElementById("people-chosen").value = answer.chosen;
        board.draw("people-body", answer.body);
        arrange();
        if (!arrived) window.setTimeout(toSection, 60);
        arrived = true;
      } catch (error) {
        if (mine === turn && !mend(error, filters)) board.failing(error);
      }
    },
  };
  board.people = { act, arrange };
})();
