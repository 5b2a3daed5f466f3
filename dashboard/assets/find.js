// Search from anywhere: "/" or the button opens it; arrows move, Enter goes there, Escape closes.
(function () {
  "use strict";
  const board = window.board;
  const PAUSE_MS = 120;
  let turn = 0;
  let waiting = 0;

  const part = (id) => document.getElementById(id);
  const options = () => Array.from(document.querySelectorAll("#find-list [role='option']"));

  function field() {
    if (part("find-field")) return part("find-field");
    const made = document.createElement("input");
    Object.assign(made, { id: "find-field", type: "search", autocomplete: "off", spellcheck: false, className: "find-field" });
    const said = { role: "combobox", "aria-expanded": "false", "aria-controls": "find-list", "aria-autocomplete": "list" };
    for (const [name, value] of Object.entries(said)) made.setAttribute(name, value);
    made.addEventListener("input", () => {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(search, PAUSE_MS);
    });
    made.addEventListener("keydown", press);
    part("find-place").append(made);
    return made;
  }

  function open() {
    const dialog = part("find");
    if (!dialog || dialog.open || document.querySelector("dialog[open]")) return;
    dialog.showModal();
    field().focus();
    field().select();
  }

  function mark(wanted) {
    options().forEach((option) => option.setAttribute("aria-selected", String(option === wanted)));
    if (wanted) {
      field().setAttribute("aria-activedescendant", wanted.id);
      wanted.scrollIntoView({ block: "nearest" });
    } else field().removeAttribute("aria-activedescendant");
  }

  function press(event) {
    const all = options();
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1 };
    if (event.key in moves && all.length) {
      event.preventDefault();
      mark(all[(moves[event.key] + all.length) % all.length]);
    }
    // A field for searches would only empty itself.
    if (event.key === "Escape") {
      event.preventDefault();
      part("find").close();
    }
    if (event.key === "Enter" && all[Math.max(at, 0)]) {
      event.preventDefault();
      go(all[Math.max(at, 0)]);
    }
  }

  // On the map's own page nothing is loaded anew; from elsewhere the address opens it.
  function go(option) {
    part("find").close();
    const query = new URLSearchParams(option.dataset.href.split("?")[1]);
    if (board.page() !== "coverage" || !option.dataset.href.startsWith("/?")) {
      window.location.assign(option.dataset.href);
      return;
    }
    const [district, site] = [query.get("district") || "", query.get("site") || ""];
    // Districts and sites are those of the provinces of 2021.
    const grain = board.where.state.grain === "34" ? "63" : undefined;
    board.where.pick({ area: query.get("area"), district, site, grain });
  }

  async function search() {
    const text = field().value.trim();
    const mine = ++turn;
    if (!text) return show({ groups: [] }, "");
    try {
      const query = new URLSearchParams({ q: text, lang: board.settings.language });
      const answer = await board.ask(`/tim/${board.settings.scopes.board}?${query}`, { cache: "no-store" });
      const told = await answer.json();
      if (mine === turn && answer.ok) show(told, text);
    } catch (error) {
      if (mine === turn) part("find-said").textContent = board.say("find_failed");
    }
  }

  function make(tag, props, ...children) {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children);
    return element;
  }

  function show(told, text) {
    let count = 0;
    const groups = told.groups.map((group) => {
      const title = make("div", { className: "find-kind", id: `find-kind-${group.kind}`, textContent: group.name });
      const rows = group.places.map((place) => {
        const within = make("span", { className: "find-within", textContent: place.within });
        const row = make("div", { className: "find-row", id: `find-${(count += 1)}` }, make("b", { textContent: place.name }), within);
        row.setAttribute("role", "option");
        row.dataset.href = place.href;
        row.addEventListener("click", () => go(row));
        return row;
      });
      const made = make("div", {}, title, ...rows);
      made.setAttribute("role", "group");
      made.setAttribute("aria-labelledby", title.id);
      return made;
    });
    part("find-list").replaceChildren(...groups);
    field().setAttribute("aria-expanded", String(count > 0));
    mark(options()[0]);
    part("find-said").textContent = !text || count ? "" : board.say("find_none", { text });
  }

  function act(button) {
    if (button.dataset.action === "find") open();
  }

  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest && event.target.closest("input, textarea, select, [contenteditable='true']");
    if (event.key !== "/" || writing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    open();
  });

  board.find = { act, open };
})();
