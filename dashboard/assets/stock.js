// The page about stock: whose stock, which store, lot or decision is in the address, so that a link restores it. Its tables sort
// as those about people do (assets/people.js).
(function () {
  "use strict";
  const board = window.board;
  const CHOSEN = ["area", "store", "lot", "decision"];
  let turn = 0;
  let arrived = false;
  let drawnFor = "";

  // One of the four: a decision, a lot or a store is looked at by itself, whatever province was chosen.
  function asked() {
    const query = new URLSearchParams(window.location.search);
    const found = {};
    for (const name of CHOSEN) if (query.get(name)) found[name] = query.get(name);
    if (found.decision) return { decision: found.decision };
    if (found.lot) return { lot: found.lot };
    return found.store ? { store: found.store } : found;
  }

  // Another place is a step that the reader can take back.
  function choose(values, { step }) {
    const query = new URLSearchParams(window.location.search);
    for (const name of CHOSEN) query.delete(name);
    for (const [name, value] of Object.entries(values)) if (value) query.set(name, value);
    const text = query.toString();
    const address = `${window.location.pathname}${text ? `?${text}` : ""}`;
    if (step) window.history.pushState(window.history.state, "", address);
    else window.history.replaceState(window.history.state, "", address);
    board.set("stock-tick", { data: Date.now() });
  }

  function act(button) {
    const { action, area, store, lot, decision } = button.dataset;
    if (action !== "stock-place") return;
    board.draw("stock-problem", []);
    choose({ area, store, lot, decision }, { step: true });
    document.getElementById("page-stock").scrollIntoView({ block: "start" });
  }

  // A link to what there is not, or what is not the reader's: say so, and show the nation.
  function mend(error, filters) {
    const value = filters.decision || filters.lot || filters.store || filters.area;
    if (!value || (error.status !== 403 && error.status !== 400)) return false;
    board.draw("stock-problem", [{ type: "P", props: { className: "banner", children: board.say("not_here", { value }) } }]);
    choose({}, { step: false });
    return true;
  }

  function toSection() {
    const section = window.location.hash && document.getElementById(window.location.hash.slice(1));
    if (section && board.page() === "stock") section.scrollIntoView();
  }

  document.addEventListener("change", (event) => {
    if (event.target.id === "stock-chosen") choose({ area: event.target.value }, { step: true });
    // A number, or a part of it; nothing leads back to all of them.
    if (event.target.id === "stock-number") choose({ decision: event.target.value.trim() || "all" }, { step: true });
  });
  window.addEventListener("popstate", () => {
    if (board.page() === "stock" && JSON.stringify(asked()) !== drawnFor) board.set("stock-tick", { data: Date.now() });
  });

  window.dash_clientside.stock = {
    async draw(version) {
      if (!board.known(version) || board.page() !== "stock") return;
      const mine = ++turn;
      const filters = asked();
      try {
        const answer = await board.view(version, "stock", filters);
        if (mine !== turn) return;
        board.failed = false;
        drawnFor = JSON.stringify(filters);
        board.draw("stock-whose", answer.place);
        const chosen = document.getElementById("stock-chosen");
        if (chosen) chosen.value = answer.chosen;
        board.draw("stock-body", answer.body);
        board.people.arrange();
        if (!arrived) window.setTimeout(toSection, 60);
        arrived = true;
      } catch (error) {
        if (mine === turn && !mend(error, filters)) board.failing(error);
      }
    },
  };
  board.stock = { act };
})();
