// Paper: the header that a sheet needs away from its page, the table with all its rows, figures that fit the sheet, and
// details open. Everything is put back afterwards.
(function () {
  "use strict";
  const board = window.board;
  let opened = [];
  let ready = false;

  function cell(tag, text, props) {
    return Object.assign(document.createElement(tag), { textContent: text, ...props });
  }

  function head() {
    const place = Object.assign(document.createElement("div"), { id: "print-head" });
    const { version, key } = board.current || {};
    const text = (id) => document.getElementById(id).textContent;
    place.append(
      cell("b", document.querySelector(".brand-title").textContent),
      cell("span", [text("header-title"), text("header-as-of")].filter(Boolean).join(" · ")),
      cell("span", board.known(board.current) ? board.say("picture_snapshot", { version, key }) : board.say("none")),
    );
    document.getElementById("main").prepend(place);
  }

  // The grid keeps only the rows in its window; on paper all stand, in the order and selection that the reader chose.
  function table() {
    let grid = null;
    try {
      grid = window.dash_ag_grid.getApi("coverage-table");
    } catch {
      return;
    }
    if (!grid || !grid.getAllDisplayedColumns().length) return;
    const columns = grid.getAllDisplayedColumns();
    const made = Object.assign(document.createElement("table"), { id: "print-table", className: "plain-table" });
    const titles = columns.map((column) => {
      const group = column.getParent() && column.getParent().getColGroupDef();
      return [group && group.headerName, column.getColDef().headerName].filter(Boolean).join(": ");
    });
    const first = made.createTHead().insertRow();
    titles.forEach((title, index) => first.append(cell("th", title, { scope: "col", className: index ? "num" : "" })));
    const body = made.createTBody();
    const add = (data) => {
      const row = body.insertRow();
      columns.forEach((column, index) => {
        const id = column.getColId();
        if (!index) return row.append(cell("th", data.name, { scope: "row" }));
        const of = data[`${id}_of`];
        const place = cell("td", data[`${id}_text`] ?? "", { className: "num" });
        if (of) place.append(cell("span", ` ${of}`, { className: "print-of" }));
        row.append(place);
      });
    };
    grid.forEachNodeAfterFilterAndSort((node) => add(node.data));
    for (let index = 0; index < grid.getPinnedBottomRowCount(); index += 1) add(grid.getPinnedBottomRow(index).data);
    document.getElementById("coverage-table").after(made);
  }

  // A drawing has the width of the screen; with a window of its own it takes that of the sheet.
  function fit(drawing) {
    const [width, height] = ["width", "height"].map((name) => Number(drawing.getAttribute(name)));
    if (width && height) drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
  }

  // plotly.js may notice the sheet and draw anew for it while it is being printed.
  const redrawn = new MutationObserver((changes) => changes.forEach(({ target }) => fit(target)));

  function figures() {
    for (const drawing of document.querySelectorAll(".main-svg")) {
      fit(drawing);
      redrawn.observe(drawing, { attributes: true, attributeFilter: ["width", "height"] });
    }
  }

  function before() {
    if (ready) return;
    ready = true;
    opened = [...document.querySelectorAll("main details:not([open])")];
    for (const details of opened) details.open = true;
    head();
    table();
    figures();
  }

  function after() {
    if (!ready) return;
    ready = false;
    redrawn.disconnect();
    for (const details of opened) details.open = false;
    for (const id of ["print-head", "print-table"]) document.getElementById(id)?.remove();
    for (const drawing of document.querySelectorAll(".main-svg[viewBox]")) drawing.removeAttribute("viewBox");
  }

  window.addEventListener("beforeprint", before);
  window.addEventListener("afterprint", after);
})();
