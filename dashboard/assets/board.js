// What all scripts share: settings, words, the current version, and fetching with a small memory.
(function () {
  "use strict";
  const settings = JSON.parse(document.getElementById("board-settings").textContent);
  const KEPT = 24;
  const kept = new Map();

  function say(key, values) {
    return settings.words[key].replace(/\{(\w+)\}/g, (_, name) => String((values || {})[name]));
  }

  // Addresses of snapshots never change their content, so an answer is kept as long as there is room.
  function get(url) {
    if (kept.has(url)) {
      const known = kept.get(url);
      kept.delete(url);
      kept.set(url, known);
      return known;
    }
    const asked = fetch(url, { headers: { Accept: "application/json" } }).then(async (response) => {
      const body = await response.json();
      if (response.ok) return body;
      throw Object.assign(new Error(body.error || response.statusText), { status: response.status, body });
    });
    kept.set(url, asked);
    asked.catch(() => kept.delete(url));
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    return asked;
  }

  function view(version, name, filters) {
    const query = new URLSearchParams({ lang: settings.language });
    for (const [key, value] of Object.entries(filters || {})) if (value) query.set(key, value);
    query.set("key", version.key);
    return get(`/snap/${version.version}/vn/${name}?${query}`);
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

  window.dash_clientside = window.dash_clientside || {};
  window.board = { settings, say, get, view, set, remember, fold, current: undefined, fixed: null, offset: 0, area: "" };
})();
