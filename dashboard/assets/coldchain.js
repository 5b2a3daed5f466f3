// The page about the cold chain: whose devices, or which one, is in the address, so that a link restores it. Its tables sort as those about
// people do (assets/people.js).
(function () {
  "use strict";
  const board = window.board;
  let turn = 0;
  let arrived = false;
  let drawnFor = "";

  // A device is looked at by itself, whatever province was chosen.
  function asked() {
    const query = new URLSearchParams(window.location.search);
    const device = query.get("device");
    return device ? { device } : { area: query.get("area") || "" };
  }

  // Another device is a step that the reader can take back.
  function choose({ area, device }, { step }) {
    const query = new URLSearchParams(window.location.search);
    query.delete("area");
    query.delete("device");
    if (area) query.set("area", area);
    if (device) query.set("device", device);
    const text = query.toString();
    const address = `${window.location.pathname}${text ? `?${text}` : ""}`;
    if (step) window.history.pushState(window.history.state, "", address);
    else window.history.replaceState(window.history.state, "", address);
    board.set("coldchain-tick", { data: Date.now() });
  }

  function act(button) {
    const { action, area, device } = button.dataset;
    if (action === "coldchain-place") {
      choose({ area }, { step: true });
      document.getElementById("page-coldchain").scrollIntoView({ block: "start" });
    } else if (action === "coldchain-device") {
      board.draw("coldchain-problem", []);
      choose({ device }, { step: true });
      document.getElementById("page-coldchain").scrollIntoView({ block: "start" });
    }
  }

  // A link to a province or device that there is not, or that is not the reader's: say so, and show the nation.
  function mend(error, filters) {
    const code = filters.device || filters.area;
    if (!code || (error.status !== 403 && error.status !== 400)) return false;
    board.draw("coldchain-problem", [{ type: "P", props: { className: "banner", children: board.say("not_here", { value: code }) } }]);
    choose({}, { step: false });
    return true;
  }

  function toSection() {
    const section = window.location.hash && document.getElementById(window.location.hash.slice(1));
    if (section && board.page() === "coldchain") section.scrollIntoView();
  }

  document.addEventListener("change", (event) => {
    if (event.target.id === "coldchain-chosen") choose({ area: event.target.value }, { step: true });
  });

  window.addEventListener("popstate", () => {
    if (board.page() === "coldchain" && JSON.stringify(asked()) !== drawnFor) board.set("coldchain-tick", { data: Date.now() });
  });

  window.dash_clientside.coldchain = {
    async draw(version) {
      if (!board.known(version) || board.page() !== "coldchain") return;
      const mine = ++turn;
      const filters = asked();
      try {
        const answer = await board.view(version, "coldchain", filters);
        if (mine !== turn) return;
        board.failed = false;
        drawnFor = JSON.stringify(filters);
        board.draw("coldchain-whose", answer.place);
        const chosen = document.getElementById("coldchain-chosen");
        if (chosen) chosen.value = answer.chosen;
        board.draw("coldchain-body", answer.body);
        board.people.arrange();
        if (!arrived) window.setTimeout(toSection, 60);
        arrived = true;
      } catch (error) {
        if (mine === turn && !mend(error, filters)) board.failing(error);
      }
    },
  };
  board.coldchain = { act };
})();
