// Learns of new versions: one stream a browser, slow polling where there is none, a look after every sleep.
(function () {
  "use strict";
  const board = window.board;
  const SILENT_MS = 40000;
  const LOOK_MS = 5000;
  const RETRY_STREAM_MS = 60000;
  const BEAT_AFTER_MS = 300;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("board-live") : null;
  const live = { mode: "connecting", since: Date.now(), health: null, heard: Date.now() };
  let source = null;
  let polling = 0;

  function setMode(mode) {
    if (mode === live.mode) return;
    live.mode = mode;
    live.since = Date.now();
    document.documentElement.dataset.state = mode;
  }

  // The dot beats when the server is heard. For ever, or in as many steps as there are frames, it would have the page
  // painted sixty times a second; and what came is shown before it.
  let beats = false;
  async function beat() {
    if (beats || window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    beats = true;
    await new Promise((done) => window.setTimeout(done, BEAT_AFTER_MS));
    await board.later.shown();
    beats = false;
    document.querySelector(".pulse")?.animate([{ opacity: 0.25 }, { opacity: 1 }], { duration: 600, iterations: 2, easing: "steps(4)" });
  }

  function heard(now) {
    live.heard = Date.now();
    beat();
    if (now) board.offset = Date.parse(now) - Date.now();
  }

  function takeVersion(told, mode) {
    heard(told.now);
    setMode(mode);
    const known = board.current;
    if (known && known.version === told.version && known.key === told.key) return;
    board.current = told;
    board.set("snapshot-version", { data: told });
    board.lineage.follow();
  }

  function takeHealth(told) {
    heard(told.now);
    const before = live.health;
    live.health = told;
    if (!before || before.registry !== told.registry || before.redis !== told.redis) {
      board.set("health", { data: { registry: told.registry, redis: told.redis } });
    }
  }

  function pass(kind, told) {
    if (channel) channel.postMessage({ kind, told });
  }

  async function look(mode) {
    try {
      const [version, health] = await Promise.all(
        ["/version", "/health"].map(async (url) => {
          const answer = await board.ask(url, { cache: "no-store" });
          if (!answer.ok) throw new Error(answer.statusText);
          return answer.json();
        }),
      );
      takeVersion(version, mode);
      takeHealth(health);
      return true;
    } catch (error) {
      if (!navigator.onLine || Date.now() - live.heard > LOOK_MS) setMode("offline");
      return false;
    }
  }

  function poll(seconds) {
    window.clearInterval(polling);
    polling = seconds ? window.setInterval(() => look("polling"), seconds * 1000) : 0;
  }

  function connect() {
    if (source) source.close();
    source = new EventSource("/live");
    source.addEventListener("version", (event) => {
      const told = JSON.parse(event.data);
      takeVersion(told, "live");
      pass("version", told);
    });
    source.addEventListener("health", (event) => {
      const told = JSON.parse(event.data);
      takeHealth(told);
      setMode("live");
      pass("health", told);
    });
    source.onopen = () => {
      poll(0);
      setMode("live");
    };
    source.onerror = () => {
      // Closed for good: all places are taken. Else the browser tries again by itself.
      if (source.readyState === EventSource.CLOSED) {
        poll(board.settings.poll_seconds);
        window.setTimeout(connect, RETRY_STREAM_MS);
        look("polling");
      } else {
        look("polling");
      }
    };
  }

  function listen() {
    if (!channel) return;
    channel.onmessage = ({ data }) => {
      if (data.kind === "version") takeVersion(data.told, "live");
      if (data.kind === "health") {
        takeHealth(data.told);
        setMode("live");
      }
    };
  }

  // Whoever holds the lock holds the stream; when that window closes the next one takes over.
  function lead() {
    if (navigator.locks && channel) {
      navigator.locks.request("board-live", () => {
        connect();
        return new Promise(() => {});
      });
    } else {
      connect();
    }
  }

  function watch() {
    let last = Date.now();
    window.setInterval(() => {
      const now = Date.now();
      const slept = now - last > LOOK_MS * 3;
      last = now;
      if (slept || now - live.heard > SILENT_MS) {
        if (source && source.readyState !== EventSource.CLOSED) connect();
        look(live.mode === "live" ? "live" : "polling");
      }
    }, LOOK_MS);
    const wake = () => document.visibilityState === "visible" && look(live.mode === "live" ? "live" : "polling");
    document.addEventListener("visibilitychange", wake);
    window.addEventListener("online", wake);
    window.addEventListener("pageshow", (event) => event.persisted && wake());
    window.addEventListener("offline", () => setMode("offline"));
  }

  live.start = function () {
    listen();
    look("polling").then(lead);
    watch();
  };
  live.take = (told) => takeVersion(told, live.mode);
  board.live = live;
})();
