// The page about sites: province, search and orders are in the address, so that a link restores them. Lists are sorted,
// searched and drawn here, a part at a time: a row that nobody scrolls to costs nothing.
(function () {
  "use strict";
  const board = window.board;
  const CHOSEN = ["area", "denominator"];
  const FIRST = { phone: 8, desk: 15, wall: 25 };
  const MORE = 100;
  const TYPED_MS = 150;
  const lists = {};
  const shown = {};
  const collator = new Intl.Collator("vi", { numeric: true });
  let turn = 0;
  let waiting = 0;
  let arrived = false;

  function first() {
    return FIRST[document.documentElement.dataset.size] || FIRST.desk;
  }

  function query() {
    return new URLSearchParams(window.location.search);
  }

  function asked() {
    const found = {};
    for (const name of CHOSEN) if (query().get(name)) found[name] = query().get(name);
    return found;
  }

  function note(values) {
    const found = query();
    for (const [name, value] of Object.entries(values)) {
      if (value) found.set(name, value);
      else found.delete(name);
    }
    const text = found.toString();
    window.history.replaceState(window.history.state, "", `${window.location.pathname}${text ? `?${text}` : ""}${window.location.hash}`);
  }

  function choose(values) {
    note(values);
    board.set("sites-tick", { data: Date.now() });
  }

  // "silent.3.desc": the list, the place of its column, which end is up.
  function order(name) {
    const [list, place, direction] = (query().get("order") || "").split(".");
    return list === name && Number(place) >= 0 ? { place: Number(place), down: direction === "desc" } : null;
  }

  // A first press puts the largest on top, the next the smallest; names begin with the first.
  function sort(name, place) {
    const now = order(name);
    const number = lists[name].columns[place][2];
    const down = now && now.place === place ? !now.down : Boolean(number);
    note({ order: `${name}.${place}.${down ? "desc" : "asc"}` });
    fill(name);
  }

  // What is not known stays below, whichever way is up.
  function compare(a, b, place, number, down) {
    if (!number) return (down ? -1 : 1) * collator.compare(a[2][place], b[2][place]);
    const [x, y] = [a[3][place], b[3][place]];
    if (x === null || y === null) return (x === null) - (y === null);
    return down ? y - x : x - y;
  }

  function ordered(name) {
    const { rows, columns } = lists[name];
    const words = name === "ranks" ? [] : board.fold(query().get("q")).split(" ").filter(Boolean);
    const found = rows.filter((row) => {
      const text = words.length ? board.fold(row[2].slice(0, 3).join(" ")) : "";
      return words.every((word) => text.includes(word));
    });
    const by = order(name);
    if (by && columns[by.place]) found.sort((a, b) => a[4] - b[4] || compare(a, b, by.place, columns[by.place][2], by.down));
    return found;
  }

  function part(type, props, children) {
    return { type, props: { ...props, children } };
  }

  function drawn(name, row) {
    const [key, href, texts, , fixed, kind] = row;
    const cells = lists[name].columns.map(([column, title, number], place) => {
      const text = place === 0 && href ? part("A", { href, className: "place" }, texts[0]) : place === 0 ? part("B", {}, texts[0]) : texts[place];
      const props = { className: number ? "num" : "", "data-label": title, "data-cell": `${name}/${key}/${column}` };
      return part("Td", props, text);
    });
    return part("Tr", { className: `${fixed ? "row-fixed " : ""}${kind ? `sites-${kind}` : ""}`, "data-key": key }, cells);
  }

  function fill(name) {
    const place = document.getElementById(`sites-${name}-rows`);
    if (!place || !lists[name]) return;
    const rows = ordered(name);
    const most = name === "ranks" ? rows.length : shown[name] || first();
    board.draw(place.id, rows.slice(0, most).map((row) => drawn(name, row)));
    const by = order(name);
    place.closest("table").querySelectorAll("th").forEach((head, index) => {
      const state = by && by.place === index ? (by.down ? "descending" : "ascending") : "none";
      head.setAttribute("aria-sort", state);
    });
    const { total } = lists[name];
    const told = { shown: count(Math.min(most, rows.length)), found: count(rows.length), total: count(total), sent: count(lists[name].rows.length) };
    const key = !total ? "sites_none" : lists[name].rows.length < total ? "sites_cut" : "sites_shown";
    document.getElementById(`sites-${name}-foot`).textContent = name === "ranks" ? "" : board.say(key, told);
    document.getElementById(`sites-${name}-more`).hidden = most >= rows.length;
    place.closest(".table-scroll").hidden = !total;
  }

  function count(number) {
    return number.toLocaleString(board.settings.language === "vi" ? "vi-VN" : "en-GB");
  }

  function act(button) {
    const { action, list, column } = button.dataset;
    if (action === "sites-sort") sort(list, Number(column));
    if (action === "sites-more") {
      shown[list] = (shown[list] || first()) + MORE;
      fill(list);
    }
  }

  function search(text) {
    note({ q: text.trim() });
    for (const name of ["silent", "pace"]) {
      delete shown[name];
      fill(name);
    }
  }

  // A link that asks for what this snapshot does not have: say so, and show the nearest view that there is.
  function mend(error, filters) {
    const name = error.body && error.body.parameter;
    const wrong = (error.status === 403 && filters.area && "area") || (error.status === 400 && filters[name] && name);
    if (!wrong) return false;
    board.draw("sites-problem", [{ type: "P", props: { className: "banner", children: board.say("not_here", { value: filters[wrong] }) } }]);
    choose({ [wrong]: "" });
    return true;
  }

  function toSection() {
    const section = window.location.hash && document.getElementById(window.location.hash.slice(1));
    if (section && board.page() === "sites") section.scrollIntoView();
  }

  document.addEventListener("change", (event) => {
    if (event.target.id === "sites-chosen") choose({ area: event.target.value });
  });
  document.addEventListener("input", (event) => {
    if (event.target.id !== "sites-search") return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => search(event.target.value), TYPED_MS);
  });

  window.dash_clientside.sites = {
    async draw(version) {
      if (!board.known(version) || board.page() !== "sites") return;
      const mine = ++turn;
      const filters = asked();
      try {
        const answer = await board.view(version, "sites", filters);
        if (mine !== turn) return;
        board.failed = false;
        board.draw("sites-whose", answer.place);
        document.getElementById("sites-chosen").value = answer.chosen;
        board.draw("sites-body", answer.body);
        const field = document.getElementById("sites-search");
        if (field && field !== document.activeElement) field.value = query().get("q") || "";
        for (const [name, list] of Object.entries(answer.lists)) {
          lists[name] = list;
          fill(name);
        }
        if (!arrived) window.setTimeout(toSection, 60);
        arrived = true;
      } catch (error) {
        if (mine === turn && !mend(error, filters)) board.failing(error);
      }
    },
  };
  board.sites = { act };
})();
