// The page about the cold chain: whose devices is in the address, so that a link restores it. Its tables sort as those about
// people do (assets/people.js).
(function () {
  "use strict";
  const board = window.board;
  let turn = 0;
  let arrived = false;

  function area() {
    return new URLSearchParams(window.location.search).get("area") || "";
  }

  function choose(code) {
    const query = new URLSearchParams(window.location.search);
    if (code) query.set("area", code);
    else query.delete("area");
    const text = query.toString();
    window.history.replaceState(window.history.state, "", `${window.location.pathname}${text ? `?${text}` : ""}`);
    board.set("coldchain-tick", { data: Date.now() });
  }

  function act(button) {
    if (button.dataset.action !== "coldchain-place") return;
    choose(button.dataset.area);
    document.getElementById("coldchain-whose").scrollIntoView({ block: "start" });
  }

  // A link to a province that there is not, or that is not the reader's: say so, and show the nation.
  function mend(error, code) {
    if (!code || (error.status !== 403 && error.status !== 400)) return false;
    board.draw("coldchain-problem", [{ type: "P", props: { className: "banner", children: board.say("not_here", { value: code }) } }]);
    choose("");
    return true;
  }

  function toSection() {
    const section = window.location.hash && document.getElementById(window.location.hash.slice(1));
    if (section && board.page() === "coldchain") section.scrollIntoView();
  }

  document.addEventListener("change", (event) => {
    if (event.target.id === "coldchain-chosen") choose(event.target.value);
  });

  window.dash_clientside.coldchain = {
    async draw(version) {
      if (!board.known(version) || board.page() !== "coldchain") return;
      const mine = ++turn;
      const code = area();
      try {
        const answer = await board.view(version, "coldchain", { area: code });
        if (mine !== turn) return;
        board.failed = false;
        board.draw("coldchain-whose", answer.place);
        document.getElementById("coldchain-chosen").value = answer.chosen;
        board.draw("coldchain-body", answer.body);
        board.people.arrange();
        if (!arrived) window.setTimeout(toSection, 60);
        arrived = true;
      } catch (error) {
        if (mine === turn && !mend(error, code)) board.failing(error);
      }
    },
  };
  board.coldchain = { act };
})();
