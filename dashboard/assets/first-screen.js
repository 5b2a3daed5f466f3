// The first screen above the map: fetched for the version and the population in use, drawn as plain elements.
(function () {
  "use strict";
  const board = window.board;
  const OTHERS_MS = 300;
  const after = (milliseconds) => new Promise((done) => window.setTimeout(done, milliseconds));
  let turn = 0;
  // Until the page has taken over what the address asked for, the address knows better than the switch.
  let settled = false;
  let drawn = "";

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
        // Of a new version it takes longer to read than the whole map: that is shown first, here and in the windows of
        // others who were told in the same moment.
        if (drawn && drawn !== version.key) {
          await after(0);
          await board.later.shown();
          await after(OTHERS_MS);
        }
        if (mine !== turn) return;
        drawn = version.key;
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
