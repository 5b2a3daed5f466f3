// The first screen above the map: fetched for the version and the population in use, drawn as plain elements.
(function () {
  "use strict";
  const board = window.board;
  let turn = 0;
  // Until the page has taken over what the address asked for, the address knows better than the switch.
  let settled = false;

  function chosen(denominator) {
    settled = settled || !board.denominator || denominator === board.denominator;
    return settled ? denominator : board.denominator;
  }

  window.dash_clientside.first = {
    async draw(version, denominator, pathname) {
      if (!board.known(version) || board.page() !== "coverage") return;
      const mine = ++turn;
      const asked = chosen(denominator);
      try {
        const answer = await board.view(version, "first", { denominator: asked });
        if (mine !== turn) return;
        board.draw("first-answer", answer.answer);
        board.draw("first-body", answer.body);
      } catch (error) {
        if (mine !== turn) return;
        // A population that this snapshot does not have: the page says so and takes its default, here as on the map.
        if (error.body && error.body.parameter === "denominator") {
          settled = true;
          board.view(version, "first").then((answer) => {
            if (mine !== turn) return;
            board.draw("first-answer", answer.answer);
            board.draw("first-body", answer.body);
          }, board.failing);
          return;
        }
        board.failing(error);
      }
    },
  };
})();
