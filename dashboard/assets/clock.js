// The age of the data, told every second by the browser's own clock: it goes on when everything else has stopped.
(function () {
  "use strict";
  const board = window.board;
  const root = document.documentElement;
  let told = "";

  // `family` is "" for "cách đây 4 phút", "ago_" for "4 phút trước".
  function words(seconds, family = "") {
    if (seconds < 5) return board.say("now");
    if (seconds < 60) return board.say(`${family}seconds`, { n: Math.floor(seconds) });
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return board.say(`${family}minutes`, { n: minutes });
    const hours = Math.floor(minutes / 60);
    if (hours < 48) return board.say(`${family}hours`, { n: hours, m: minutes % 60 });
    return board.say(`${family}days`, { n: Math.floor(hours / 24) });
  }

  // A past snapshot is looked at as on the moment when it was published: its feeds were minutes old then.
  function now() {
    return board.fixed ? Date.parse(board.fixed.published_at) : Date.now() + board.offset;
  }

  function secondsSince(instant) {
    return Math.max((now() - Date.parse(instant)) / 1000, 0);
  }

  function wait(seconds) {
    if (seconds <= 0) return board.say("until_now");
    if (seconds < 60) return board.say("until_seconds", { n: Math.ceil(seconds) });
    return board.say("until_minutes", { n: Math.ceil(seconds / 60) });
  }

  // A feed's tile turns amber and red by itself, in words too.
  function ageFeeds() {
    for (const tile of document.querySelectorAll("[data-since][data-red]")) {
      const seconds = secondsSince(tile.dataset.since);
      const level = seconds >= Number(tile.dataset.red) ? "red" : seconds >= Number(tile.dataset.amber) ? "amber" : "";
      if (tile.dataset.level !== level) tile.dataset.level = level;
      write(tile.querySelector("[data-lag]"), level ? board.say(`lag_${level}`) : "");
    }
  }

  function locale() {
    return board.settings.language === "vi" ? "vi-VN" : "en-GB";
  }

  function hour(instant) {
    const at = new Date(instant);
    return at.toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });
  }

  function write(element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  }

  function problems(stale, age) {
    const live = board.live;
    const list = [];
    if (live.mode === "offline") list.push(["stop", board.say("offline_long", { at: hour(live.since) })]);
    if (stale) list.push(["warn", board.say("stale_long", { age })]);
    if (board.failed) list.push(["warn", board.say("failed_long")]);
    const health = live.mode === "offline" ? null : live.health;
    if (health && !health.registry) list.push(["warn", board.say("registry_down", { at: hour(health.registry_since) })]);
    if (health && !health.redis) list.push(["info", board.say("redis_down", { at: hour(health.redis_since) })]);
    const key = JSON.stringify(list);
    if (key === told) return;
    told = key;
    board.set("problems", { children: list.map(line) });
  }

  function line([kind, text]) {
    const part = (type, props) => ({ namespace: "dash_html_components", type, props });
    const icon = part("Span", { className: `icon icon-${kind}`, "aria-hidden": "true" });
    return part("Div", { className: `problem problem-${kind}`, children: [icon, part("Span", { children: text })] });
  }

  function tick() {
    const current = board.current;
    const known = current && current.version !== null;
    const seconds = known ? secondsSince(current.published_at) : 0;
    const age = words(seconds);
    const stale = Boolean(known) && !board.fixed && seconds > board.settings.stale_after_seconds;
    root.toggleAttribute("data-stale", stale);
    if (current) write(document.getElementById("status-age"), known ? status(stale, age) : board.say("none"));
    for (const place of document.querySelectorAll("[data-age]")) write(place, stale ? age : "");
    for (const place of document.querySelectorAll("time[data-ago]")) {
      write(place, words(secondsSince(place.dateTime), place.dataset.ago === "since" ? "" : "ago_"));
      if (!place.title) place.title = new Date(place.dateTime).toLocaleString(locale());
    }
    for (const place of document.querySelectorAll("time[data-until]")) {
      write(place, wait((Date.parse(place.dateTime) - now()) / 1000));
    }
    ageFeeds();
    if (window.dash_clientside.set_props) problems(stale, age);
  }

  function status(stale, age) {
    if (board.fixed) return board.say("past", { version: board.fixed.version });
    if (stale) return `${board.say("stale")} · ${age}`;
    if (board.live.mode === "offline") return board.say("offline");
    return board.say("updated", { age });
  }

  // What a callback has just drawn anew carries no age yet; waiting for the next second would blink.
  const AGES = "[data-age], time[data-ago], time[data-until]";

  function aged(node) {
    return node.nodeType === Node.ELEMENT_NODE && (node.matches(AGES) || node.querySelector(AGES) !== null);
  }

  function drawn(changes) {
    if (changes.some((change) => [...change.addedNodes].some(aged))) tick();
  }

  function start() {
    new MutationObserver(drawn).observe(document.body, { childList: true, subtree: true });
    return window.setInterval(tick, 1000);
  }

  board.clock = { start, tick };
})();
