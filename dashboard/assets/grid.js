// What the table's columns ask for by name. Texts come ready from the server, beside the numbers that are sorted.
(function () {
  "use strict";
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  const components = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});

  functions.readyText = (params) => (params.data ? params.data[`${params.colDef.colId}_text`] : "");
  functions.areaSearch = (params) => (params.data.search || "").replaceAll(" ", "_");
  functions.noSearch = () => "";
  functions.isPicked = (params) => Boolean(window.board.area) && params.data.code === window.board.area;
  functions.isNation = (params) => params.data.code === "nation";
  // The nation's numerators and denominators are the longest: they get a line more.
  functions.nationHeight = (params) =>
    params.data && params.data.code === "nation" ? Math.round(3.7 * window.board.rem) : undefined;
  // The table turns the answer round where it sorts downwards: what is not known stays below both ways.
  functions.unknownLast = (a, b, _one, _other, down) => {
    const [first, second] = [a, b].map((value) => (typeof value === "number" ? value : null));
    const order = window.board.inOrder(first, second, down);
    return down ? -order : order;
  };
  functions.sorted = (params) => {
    const column = params.api.getColumnState().find((state) => state.sort);
    window.board.where.note({ sort: column ? `${column.colId}:${column.sort}` : "" });
  };
  functions.pickRow = (params) => pick(params.data);
  functions.pickRowByKey = (params) => {
    if (params.event && params.event.key === "Enter") pick(params.data);
  };

  function pick(row) {
    if (!row) return;
    const apart = row.code === "nation" || row.code === window.board.area;
    window.board.pickArea(apart ? "" : row.code);
  }

  // Colours are the style sheet's variables, so that the table turns dark together with the page.
  functions.boardTheme = (quartz) =>
    quartz.withParams({
      fontFamily: "inherit",
      fontSize: "0.875rem",
      headerFontSize: "0.78rem",
      headerFontWeight: 600,
      backgroundColor: "var(--card)",
      foregroundColor: "var(--text)",
      headerBackgroundColor: "var(--card)",
      headerTextColor: "var(--muted)",
      borderColor: "var(--line)",
      accentColor: "var(--accent)",
      rowHoverColor: "var(--hover)",
      selectedRowBackgroundColor: "var(--picked)",
      oddRowBackgroundColor: "var(--card)",
      valueChangeValueHighlightBackgroundColor: "var(--hover)",
      wrapperBorder: false,
      wrapperBorderRadius: 0,
      headerRowBorder: true,
      cellHorizontalPadding: "0.5rem",
      spacing: "6px",
      browserColorScheme: "inherit",
    });

  components.AreaCell = function ({ data }) {
    const make = window.React.createElement;
    return make(
      "span",
      { className: "area-cell" },
      data.swatch ? make("span", { className: "swatch", style: { backgroundColor: data.swatch }, "aria-hidden": "true" }) : null,
      make("span", { className: "area-name", title: data.region ? `${data.name} · ${data.region}` : data.name }, data.name),
      data.said ? make("span", { className: `area-said said-${data.said}`, role: "img", title: data.said_text, "aria-label": data.said_text }) : null,
    );
  };

  components.ShareCell = function ({ data, colDef }) {
    const make = window.React.createElement;
    const [people, population] = data[`${colDef.colId}_of`].split(" / ");
    return make(
      "span",
      { className: "share-cell" },
      make("b", null, data[`${colDef.colId}_text`]),
      make("span", { className: "share-of" }, make("span", null, people), " ", population ? make("span", null, `/ ${population}`) : null),
    );
  };
})();
