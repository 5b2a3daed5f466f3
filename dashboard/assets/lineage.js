// From a number to its definition, its query and its snapshot: one dialog for all numbers, closed by Escape.
(function () {
  "use strict";
  const board = window.board;

  // Which number the dialog is about; the answer to an earlier question about another must not come after it.
  let about = null;

  async function ask(button) {
    const wanted = (about = { ...button.dataset });
    if (!(await draw(wanted))) return;
    const dialog = document.getElementById("lineage");
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
  }

  // The page goes on to a newer snapshot: what proves a number of it goes on with it.
  function follow() {
    if (about && document.getElementById("lineage").open) draw((about = { ...about }));
  }

  // Whether it was drawn.
  async function draw(wanted) {
    const { lineage, area } = wanted;
    const denominator = new URLSearchParams(window.location.search).get("denominator");
    if (!board.current || !board.settings.scopes.data) return false;
    try {
      const told = await board.view(board.current, `lineage/${lineage}`, { area, denominator });
      if (wanted !== about) return false;
      board.draw("lineage-body", told.body);
      return true;
    } catch (error) {
      board.failing(error);
      return false;
    }
  }

  board.lineage = { ask, follow };
})();
