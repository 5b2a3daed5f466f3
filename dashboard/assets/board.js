// What all scripts share: settings, words, the current version, and fetching with a small memory.
(function () {
  "use strict";
  const settings = JSON.parse(document.getElementById("board-settings").textContent);
  const KEPT = 24;
  const AWAY_MS = 120000;
  const RELOAD_MS = 30000;
  const kept = new Map();
  let touched = Date.now();
  let leaving = false;

  // What this page may show, for the style sheet: a button that opens nothing is not there.
  document.documentElement.dataset.may = Object.keys(settings.scopes).join(" ");
  document.documentElement.toggleAttribute("data-wall", Boolean(settings.wall));
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
    document.addEventListener(kind, () => (touched = Date.now()), { passive: true, capture: true });
  }

  // The session is over: nothing of it stays on the screen.
  function leave() {
    if (leaving) return;
    leaving = true;
    kept.clear();
    const here = window.location.pathname + window.location.search + window.location.hash;
    window.location.replace(`/dang-nhap?ended=1&next=${encodeURIComponent(here)}`);
  }

  // Roles changed: the page is asked for anew, with what it may show now. Not again and again.
  function renew() {
    const last = Number(window.sessionStorage.getItem("renewed") || 0);
    if (leaving || Date.now() - last < RELOAD_MS) return;
    leaving = true;
    kept.clear();
    window.sessionStorage.setItem("renewed", String(Date.now()));
    window.location.reload();
  }

  // Every request of the page goes through here. One that nobody is at the page for does not keep the session open.
  async function ask(url, options) {
    const headers = { Accept: "application/json" };
    if (Date.now() - touched > AWAY_MS) headers["X-Reader"] = "away";
    const answer = await fetch(url, { ...options, headers });
    if (answer.status === 401) leave();
    if (answer.status === 403) {
      const told = await answer.clone().json().catch(() => ({}));
      if (told.why === "no_role" || told.why === "other_province") renew();
    }
    return answer;
  }

  function say(key, values) {
    return settings.words[key].replace(/\{(\w+)\}/g, (_, name) => String((values || {})[name]));
  }

  async function fetched(url) {
    const response = await ask(url);
    const body = await response.json();
    if (response.ok) return body;
    throw Object.assign(new Error(body.error || response.statusText), { status: response.status, body });
  }

  // Addresses of snapshots never change their content, so an answer is kept as long as there is room.
  function get(url) {
    return keptAt(url, () => fetched(url));
  }

  function keptAt(url, wanted) {
    if (kept.has(url)) {
      const known = kept.get(url);
      kept.delete(url);
      kept.set(url, known);
      return known;
    }
    const asked = wanted();
    kept.set(url, asked);
    asked.catch(() => kept.delete(url));
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    return asked;
  }

  function queryOf(version, filters) {
    const query = new URLSearchParams({ lang: settings.language });
    for (const [key, value] of Object.entries(filters || {})) if (value) query.set(key, value);
    query.set("key", version.key);
    return query;
  }

  // Views that are asked for in the same moment come in one answer (dashboard/bundle.py), each as it is alone. What a
  // part does not depend on is left out of its address here and by the server.
  const TOGETHER = ["coverage", "nation", "area", "place", "compare", "frame"];
  let waiting = [];

  function view(version, name, filters) {
    const scope = name === "data" || name.startsWith("lineage/") ? settings.scopes.data : settings.scopes.board;
    const url = `/snap/${version.version}/${scope}/${name}?${queryOf(version, filters)}`;
    if (!TOGETHER.includes(name)) return get(url);
    return keptAt(url, () => {
      if (!waiting.length) window.setTimeout(askTogether, 0);
      return new Promise((done, fail) => waiting.push({ version, name, filters: filters || {}, url, done, fail }));
    });
  }

  // Of two parts that are asked for with different filters each is asked for alone; a part that leaves one out does not
  // depend on it.
  function agree(parts) {
    const all = {};
    for (const { filters, version } of parts) {
      if (version.key !== parts[0].version.key || version.version !== parts[0].version.version) return null;
      for (const [key, value] of Object.entries(filters)) {
        if (value && all[key] && all[key] !== value) return null;
        if (value) all[key] = value;
      }
    }
    return all;
  }

  function askTogether() {
    const parts = waiting;
    waiting = [];
    const alone = () => parts.forEach(({ url, done, fail }) => fetched(url).then(done, fail));
    const filters = parts.length > 1 && agree(parts);
    if (!filters) return alone();
    const query = queryOf(parts[0].version, { ...filters, parts: parts.map(({ name }) => name).join(",") });
    // Where one part cannot be had, each says so itself.
    return fetched(`/snap/${parts[0].version.version}/${settings.scopes.board}/parts?${query}`).then(
      (answer) => parts.forEach(({ name, done }) => done(answer[name])),
      alone,
    );
  }

  function set(id, props) {
    window.dash_clientside.set_props(id, props);
  }

  function remember(name, value) {
    document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
  }

  function fold(text) {
    return String(text || "")
      .toLowerCase()
      .replace(/đ/g, "d")
      .normalize("NFD")
      .replace(/\p{M}/gu, "")
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
  }

  // The number behind a cell's text; null where it is not known.
  function sortValue(cell) {
    return cell.dataset.sort === "" ? null : Number(cell.dataset.sort);
  }

  // What is not known stays below, whichever way is up.
  function inOrder(a, b, down) {
    if (a === null || b === null) return (a === null) - (b === null);
    return down ? b - a : a - b;
  }

  window.dash_clientside = window.dash_clientside || {};
  window.board = { settings, say, ask, get, view, set, remember, fold, sortValue, inOrder, current: undefined, fixed: null, offset: 0, area: "" };
})();
