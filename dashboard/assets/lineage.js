// From a number to its definition, its query and its snapshot: one dialog for all numbers, closed by Escape.
(function () {
  "use strict";
  const board = window.board;

  async function ask(button) {
    const { lineage, area } = button.dataset;
    const denominator = new URLSearchParams(window.location.search).get("denominator");
    if (!board.current || !board.settings.scopes.data) return;
    try {
      const told = await board.view(board.current, `lineage/${lineage}`, { area, denominator });
      board.draw("lineage-body", told.body);
      const dialog = document.getElementById("lineage");
      if (!dialog.open) dialog.showModal();
      dialog.scrollTop = 0;
    } catch (error) {
      board.failing(error);
    }
  }

  board.lineage = { ask };
})();
