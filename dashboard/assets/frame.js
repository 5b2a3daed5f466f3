// What all pages share: where the reader is, the header, theme and language.
(function () {
  "use strict";
  const board = window.board;
  const PAGES = { "/": "coverage", "/muc-tieu": "targets", "/nguoi-dan": "people", "/diem-tiem": "sites", "/kho": "stock", "/day-chuyen-lanh": "coldchain", "/kich-ban": "scenarios", "/du-lieu": "data", "/canh-bao": "alerts" };
  const METRICS = ["dose1", "full", "doses7", "daily", "gap_dose1", "gap_full", "left", "usage", "usage_allocated", "usage_gone", "cover", "need"];
  const GROUPS = ["18plus", "all", "65plus"];
  const CLOCKS = ["injected", "recorded"];
  const keep = () => window.dash_clientside.no_update;

  function page() {
    return PAGES[window.location.pathname];
  }

  // The numbers that the HTML brought along go in the moment in which the page has its own.
  function giveWay() {
    const early = document.getElementById("early");
    const tiles = document.getElementById("coverage-tiles");
    if (!early) return;
    const seen = new MutationObserver(() => {
      if (!tiles.querySelector(".tiles")) return;
      early.remove();
      seen.disconnect();
    });
    seen.observe(tiles, { childList: true, subtree: true });
  }

  function startUp() {
    giveWay();
    window.setTimeout(() => {
      if (board.past.asked()) board.past.begin();
      else board.live.start();
      board.clock.start();
      board.clock.tick();
      if (board.settings.wall) board.wall.start();
    }, 0);
    document.addEventListener("click", act);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && board.area && !document.querySelector("dialog[open]")) board.pickArea("");
    });
    let waiting = 0;
    window.addEventListener("resize", () => {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(measure, 200);
    });
  }

  function measure() {
    const size = window.innerWidth < 700 ? "phone" : window.innerWidth >= 2400 ? "wall" : "desk";
    if (document.documentElement.dataset.size === size) return;
    document.documentElement.dataset.size = size;
    board.remember("size", size);
    board.set("screen-size", { data: size });
  }

  function act(event) {
    const number = event.target.closest("[data-lineage]");
    if (number) board.lineage.ask(number);
    const defined = event.target.closest("[data-help]");
    if (defined) board.help.ask(defined);
    const link = event.target.closest("a[data-go]");
    if (link) follow(event, link);
    const button = event.target.closest("[data-action]");
    if (!button) return;
    board.targets.act(button);
    board.people.act(button);
    board.sites.act(button);
    board.stock.act(button);
    board.coldchain.act(button);
    board.scenarios.act(button);
    board.where.act(button);
    board.find.act(button);
    if (button.dataset.action === "picture") board.pictures.act(button);
    const action = button.dataset.action;
    if (action === "theme") turnTheme(button);
    if (action === "close-area") board.pickArea("");
    if (action === "close-lineage" || action === "close-help" || action === "close-past" || action === "close-find") button.closest("dialog").close();
    if (action === "past") board.past.open();
    if (action === "past-go") board.past.go();
    if (action === "live") board.past.leave();
    if (action === "language") {
      const query = new URLSearchParams(window.location.search);
      query.set("lang", button.getAttribute("lang"));
      button.href = `${window.location.pathname}?${query}`;
    }
  }

  // To another page of ours without loading it anew, as Dash's own links do; with a key held the browser's own way.
  function follow(event, link) {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    window.history.pushState({}, "", link.getAttribute("href"));
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }

  function turnTheme(button) {
    const next = document.documentElement.dataset.mantineColorScheme === "dark" ? "light" : "dark";
    board.remember("theme", next);
    button.setAttribute("aria-pressed", String(next === "dark"));
    board.set("theme", { data: next });
  }

  board.pickArea = function (code) {
    board.later.hold();
    board.set("coverage-area", { data: code });
    // Else a second click on the same place would be no change.
    if (!code) board.set("coverage-map", { clickData: null });
  };

  // The sections of the data page come after the page itself: the browser cannot have found the one in the address.
  let arrived = false;
  let turn = 0;
  function toSection() {
    const section = window.location.hash && document.getElementById(window.location.hash.slice(1));
    if (section && page() === "data") section.scrollIntoView();
  }

  function markNavigation() {
    for (const [path, name] of Object.entries(PAGES)) {
      const link = document.getElementById(`nav-${name}`);
      if (!link) continue;
      if (path === window.location.pathname) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  // A failed request leaves what is drawn, says so, and is tried again.
  board.failing = function (error) {
    if (error.status === 404 && board.fixed) {
      // Deleted while it was looked at: the nearest kept one is named.
      board.past.begin();
      return;
    }
    if (error.status === 404 && error.body && error.body.current) {
      board.live.take(error.body.current);
      return;
    }
    board.failed = true;
    window.setTimeout(() => {
      board.failed = false;
      if (board.current) board.set("snapshot-version", { data: { ...board.current, again: Date.now() } });
    }, 5000);
  };

  function known(version) {
    return version && version.version !== null && version.version !== undefined;
  }

  // What the address asks of the map; what it does not name is as in `others`. Values that nobody knows are said.
  function asked(others) {
    const query = new URLSearchParams(window.location.search);
    const found = {};
    for (const [name, allowed] of Object.entries({ metric: METRICS, group: GROUPS, clock: CLOCKS })) {
      const value = query.get(name);
      found[name] = allowed.includes(value) ? value : others[name];
      // The page of the targets reads the same names in its own way.
      if (value && !allowed.includes(value) && page() === "coverage") window.setTimeout(() => board.where.problem(value), 0);
    }
    board.where.read();
    board.denominator = query.get("denominator") || "";
    board.area = query.get("area") || "";
    return found;
  }

  // To another address of this page without loading it anew, all that it asks for with it. Nothing is added to the
  // browser's history, which on a wall would grow for ever.
  let named = false;
  board.go = function (address) {
    window.history.replaceState(window.history.state, "", address);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    const name = page();
    if (name === "targets" || name === "people") board.set(`${name}-tick`, { data: Date.now() });
    if (name !== "coverage") return;
    const chosen = asked({ metric: METRICS[0], group: GROUPS[0], clock: CLOCKS[0] });
    const { area } = board;
    for (const [key, value] of Object.entries(chosen)) board.set(`coverage-${key}`, { value });
    // Empty is the snapshot's own default; it is asked for only where an address before had named another.
    if (named || board.denominator) board.set("coverage-denominator", { value: board.denominator });
    named = Boolean(board.denominator);
    board.set("coverage-area", { data: area });
    board.set("coverage-where", { data: Date.now() });
  };

  let lastHidden = [];

  window.dash_clientside.frame = {
    begin(href, started, metric, group, area, clock) {
      window.setTimeout(markNavigation, 0);
      board.past.keepAddress();
      if (started) {
        window.setTimeout(toSection, 0);
        return [keep(), keep(), keep(), keep(), keep()];
      }
      startUp();
      const chosen = asked({ metric, group, clock });
      return [chosen.metric, chosen.group, board.area || area || "", chosen.clock, 1];
    },

    show(pathname, version) {
      const name = PAGES[pathname];
      const waiting = Boolean(version) && !known(version);
      const ready = known(version);
      // What the page's HTML brought along is of the first page; there its own parts take the place of it.
      if (name !== "coverage" || waiting) document.getElementById("early")?.remove();
      const hidden = [
        !(name === "coverage" && ready),
        !(name === "targets" && ready),
        !(name === "people" && ready),
        !(name === "sites" && ready),
        !(name === "stock" && ready),
        !(name === "coldchain" && ready),
        !(name === "scenarios" && ready),
        !(name === "data" && ready),
        name !== "alerts",
        !(waiting && name && name !== "alerts"),
        Boolean(name),
      ];
      // A new version shows and hides nothing, and must not have every plot drawn once more.
      const before = lastHidden;
      lastHidden = hidden;
      if (before.some((was, place) => was !== hidden[place]) || !before.length) {
        // Plots that were hidden have no size until they are told that they have one.
        window.setTimeout(() => window.dispatchEvent(new Event("resize")), 60);
      }
      return hidden.map((is, place) => (is === before[place] ? keep() : is));
    },

    async head(version) {
      if (!known(version)) return [keep(), keep(), keep()];
      try {
        const head = await board.view(version, "frame");
        return [head.title, head.as_of, head.banner];
      } catch (error) {
        board.failing(error);
        return [keep(), keep(), keep()];
      }
    },

    theme(theme) {
      document.documentElement.dataset.mantineColorScheme = theme;
      document.documentElement.dataset.agThemeMode = theme;
      return theme;
    },

    async data(version, pathname) {
      if (!known(version) || PAGES[pathname] !== "data") return;
      const mine = ++turn;
      try {
        const { body } = await board.view(version, "data");
        if (mine !== turn) return;
        board.draw("data-body", body);
        if (!arrived) window.setTimeout(toSection, 60);
        arrived = true;
      } catch (error) {
        board.failing(error);
      }
    },

    alerts(version, health, pathname) {
      if (PAGES[pathname] === "alerts") board.console.look();
    },
  };
  board.page = page;
  board.known = known;
})();
