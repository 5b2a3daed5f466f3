// The panels below the map: districts, sites, one site, comparisons. Tables sort here, by the numbers behind their texts.
(function () {
  "use strict";
  const board = window.board;

  function tables() {
    return Array.from(document.querySelectorAll(".sorted-table"));
  }

  // A first press puts the largest on top, the next the smallest; names begin with the first.
  function sort(button) {
    const table = button.closest("table");
    const head = button.closest("th");
    const now = head.getAttribute("aria-sort");
    const down = now === "none" ? head.classList.contains("num") : now === "ascending";
    board.where.note({ order: `${table.id}:${button.dataset.column}:${down ? "desc" : "asc"}` });
    arrange();
  }

  function arrange() {
    const [id, column, direction] = board.where.state.order.split(":");
    for (const table of tables()) {
      const heads = Array.from(table.tHead.rows[0].cells);
      const place = table.id === id ? heads.findIndex((head) => head.querySelector("[data-column]").dataset.column === column) : -1;
      const down = direction === "desc";
      heads.forEach((head, index) => head.setAttribute("aria-sort", index !== place ? "none" : down ? "descending" : "ascending"));
      if (place < 0) continue;
      const rows = Array.from(table.tBodies[0].rows);
      const value = (row) => board.sortValue(row.cells[place]);
      const free = rows.filter((row) => !row.classList.contains("row-fixed"));
      free.sort((a, b) => board.inOrder(value(a), value(b), down));
      table.tBodies[0].append(...free, ...rows.filter((row) => row.classList.contains("row-fixed")));
    }
  }

  // An order that an earlier drawing put rows in would be filled with the cells of others.
  function draw(place, compared) {
    board.draw("coverage-place-body", place ? place.body : []);
    board.draw("coverage-compare-body", compared ? compared.body : []);
    arrange();
    board.where.arrived();
  }

  // A point of the map of districts.
  function pick(click) {
    const point = click && click.points && click.points[0];
    if (point && typeof point.customdata === "string") {
      board.where.pick({ area: board.area, district: point.customdata });
    }
    // The same point can be picked again.
    return null;
  }

  window.dash_clientside.places = { pick };
  board.places = { draw, sort, arrange };
})();
