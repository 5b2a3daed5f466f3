// A page as of a kept snapshot: ?v=12 or ?at=2021-11-05T07:00 in the address. Such a page follows no news.
(function () {
  "use strict";
  const board = window.board;
  const RETRY_MS = 5000;

  let wanted = null;

  function query() {
    return new URLSearchParams(window.location.search);
  }

  function asked() {
    const filters = query();
    if (!wanted) wanted = ["v", "at"].map((name) => [name, filters.get(name)]).find(([, value]) => value) || null;
    return wanted;
  }

  async function versions(filters) {
    const answer = await board.ask(`/versions?${new URLSearchParams({ lang: board.settings.language, ...filters })}`, { cache: "no-store" });
    const told = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(told.error), { status: answer.status });
    return told;
  }

  async function begin() {
    const [name, value] = wanted;
    try {
      const told = await versions({ [name]: value });
      board.failed = false;
      board.fixed = board.current = told.chosen;
      document.documentElement.dataset.past = "1";
      board.set("past-banner", { children: told.banner });
      board.set("snapshot-version", { data: told.chosen });
      board.clock.tick();
    } catch (error) {
      if (error.status === 400) return leave();
      board.failed = true;
      window.setTimeout(begin, RETRY_MS);
    }
  }

  // Moving between the pages keeps the version in the address, so that it can be passed on.
  function keepAddress() {
    if (!wanted || query().get(wanted[0]) === wanted[1]) return;
    const filters = query();
    filters.set(...wanted);
    window.history.replaceState(window.history.state, "", `${window.location.pathname}?${filters}${window.location.hash}`);
  }

  function leave() {
    const filters = query();
    for (const name of ["v", "at"]) filters.delete(name);
    const rest = String(filters);
    window.location.assign(window.location.pathname + (rest ? `?${rest}` : ""));
  }

  function field() {
    const place = document.getElementById("past-field");
    if (place.firstChild) return place.firstChild;
    const input = board.days.field("past-when", "past-when", true);
    input.addEventListener("keydown", (event) => event.key === "Enter" && go());
    place.append(input);
    return input;
  }

  async function open() {
    field();
    const dialog = document.getElementById("past");
    if (!dialog.open) dialog.showModal();
    try {
      board.draw("past-body", (await versions({})).list);
    } catch (error) {
      board.draw("past-body", board.say("failed_long"));
    }
  }

  function go() {
    const at = board.days.read(field());
    if (!at) return field().focus();
    const filters = query();
    filters.delete("v");
    filters.set("at", at);
    window.location.assign(`${window.location.pathname}?${filters}`);
  }

  board.past = { asked, begin, keepAddress, leave, open, go };
})();
