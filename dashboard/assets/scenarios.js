// The page of scenarios: what is supposed is in the address, so that a link restores it. An address of its own on the
// server, too: nothing that is supposed is kept with the figures.
(function () {
  "use strict";
  const board = window.board;
  const LEVERS = ["area", "pace", "declines", "arrivals"];
  const DOSES = "arrivals";
  // The number of a saved one stands for all levers: what is moved then is no longer that one.
  const SAVED = "scenario";
  // Which reading the curve shows.
  const READING = ["target", "metric"];
  const keep = () => window.dash_clientside.no_update;
  const USUAL = { pace: "100", declines: "0", arrivals: "", area: "" };
  let turn = 0;
  let waiting = 0;

  function asked() {
    const query = new URLSearchParams(window.location.search);
    const found = {};
    for (const name of [SAVED, ...LEVERS, ...READING, "denominator"]) if (query.get(name)) found[name] = query.get(name);
    return found;
  }

  function choose(values) {
    const query = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(values)) {
      if (value && value !== USUAL[name]) query.set(name, value);
      else query.delete(name);
    }
    const text = query.toString();
    window.history.replaceState(window.history.state, "", `${window.location.pathname}${text ? `?${text}` : ""}`);
    board.set("scenario-tick", { data: Date.now() });
  }

  function inputs() {
    return Array.from(document.querySelectorAll(".lever-input"));
  }

  // What a saved one supposes, once something of it is changed, has to be in the address itself.
  function instead(values) {
    if (!new URLSearchParams(window.location.search).get(SAVED)) return values;
    const shown = Object.fromEntries(inputs().map((input) => [input.name, input.dataset.value]));
    return { ...shown, [SAVED]: "", ...values };
  }

  // Doses are read and written with the marks of thousands of the page's language.
  function grouped(digits) {
    return digits && Number(digits).toLocaleString(board.settings.language === "vi" ? "vi-VN" : "en-GB");
  }

  function valueOf(input) {
    return input.name === DOSES ? input.value.replace(/\D/g, "") : input.value;
  }

  function show(input, value) {
    input.value = input.name === DOSES ? grouped(value) : value;
  }

  // What somebody is moving stays under their hand; everything else follows the address.
  function follow() {
    for (const input of inputs()) if (input !== document.activeElement) show(input, input.dataset.value);
  }

  function left(event) {
    if (event.target.classList && event.target.classList.contains("lever-input")) show(event.target, valueOf(event.target));
  }

  function moved(event) {
    const input = event.target;
    if (!input.classList || !input.classList.contains("lever-input")) return;
    const shown = document.getElementById(`${input.id}-now`);
    if (shown) shown.textContent = `${input.value}%`;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => choose(instead({ [input.name]: valueOf(input) })), input.type === "range" ? 120 : 350);
  }

  function act(button) {
    const { action, scenario, target, measure } = button.dataset;
    if (action === "scenario-reading") choose({ target, metric: measure });
    if (action === "scenario-reset") choose(instead({ pace: "", declines: "", arrivals: "" }));
    if (action === "scenario-use") {
      choose({ area: "", pace: "", declines: "", arrivals: "", [SAVED]: scenario });
      document.getElementById("scenario-levers").scrollIntoView({ block: "center" });
    }
  }

  function fetched(version, filters) {
    const query = new URLSearchParams({ lang: board.settings.language, ...filters });
    return board.ask(`/scenarios/${version.version}/${board.settings.scopes.board}?${query}`, { cache: "no-store" }).then(async (response) => {
      const body = await response.json();
      if (response.ok) return body;
      throw Object.assign(new Error(body.error || response.statusText), { status: response.status, body });
    });
  }

  // A link that supposes what cannot be supposed: say so, and take what is usual instead.
  function mend(error, filters) {
    const name = error.status === 403 ? "area" : error.body && error.body.parameter;
    if (!(name in filters) || ![400, 403].includes(error.status)) return false;
    board.draw("scenario-problem", [{ type: "P", props: { className: "banner", children: board.say("not_here", { value: filters[name] }) } }]);
    choose({ [name]: "" });
    return true;
  }

  document.addEventListener("input", moved);
  document.addEventListener("focusout", left);
  window.dash_clientside.scenarios = {
    async draw(version, theme, size, pathname) {
      if (!board.known(version) || board.page() !== "scenarios") return keep();
      const mine = ++turn;
      const filters = asked();
      try {
        const answer = await fetched(version, { ...filters, theme, size });
        if (mine !== turn) return keep();
        board.failed = false;
        board.draw("scenario-noted", answer.noted);
        board.draw("scenario-levers", answer.levers);
        board.draw("scenario-result", answer.result);
        board.draw("scenario-readings", answer.readings);
        board.draw("scenario-curve-note", answer.curve_note);
        board.draw("scenario-saved", answer.saved);
        follow();
        return answer.curve || keep();
      } catch (error) {
        if (mine === turn && !mend(error, filters)) board.failing(error);
        return keep();
      }
    },
  };
  board.scenarios = { act };
})();
