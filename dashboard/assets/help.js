// The help layer: what a number counts, by pointer, touch or keyboard; closed by Escape. Definitions come once a version.
(function () {
  "use strict";
  const board = window.board;

  async function ask(button) {
    const wanted = button.dataset.help;
    if (!board.current) return;
    const denominator = new URLSearchParams(window.location.search).get("denominator");
    try {
      const told = await board.view(board.current, "help", { denominator }).catch((error) => {
        if (error.status !== 400) throw error;
        return board.view(board.current, "help");
      });
      const page = told.pages[board.page()] || Object.values(told.pages).flat();
      board.draw("help-body", wanted === "page" ? page : told.entries[wanted]);
      const dialog = document.getElementById("help");
      if (!dialog.open) dialog.showModal();
      dialog.scrollTop = 0;
    } catch (error) {
      board.failing(error);
    }
  }

  board.help = { ask };
})();
