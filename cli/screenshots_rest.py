"""When a page has come to rest, so that a picture shows no moment between two states."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

# For so long nothing has been asked for: charts and rows are drawn a moment after their figures came.
QUIET_SECONDS = 1.2
STEP_MS = 100
# A stream of news never ends.
ENDLESS = frozenset({"eventsource", "websocket"})
# Images that a reader's browser loads on scrolling would else be empty boxes in the picture of the whole page.
RESTS = """() => {
  for (const image of document.images) image.loading = "eager";
  const seen = (element) => element.getClientRects().length > 0;
  const awaited = "._dash-loading, [data-behind], [aria-busy='true'], .ag-overlay-loading-center";
  const loads = [...document.querySelectorAll(awaited)];
  return document.readyState === "complete"
    && document.fonts.status === "loaded"
    && [...document.images].every((image) => image.complete)
    && !loads.some(seen)
    && (!window.board || !window.board.later || window.board.later.resting());
}"""


class Rest:
    """Of one page, from the moment it is made: what it has asked for and not got yet. `clock`: seconds."""

    def __init__(self, page: Page, clock: Callable[[], float] = time.monotonic) -> None:
        self._page, self._clock = page, clock
        self._open: set[Request] = set()
        self._since = clock()
        page.on("request", self._asked)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)

    def leave(self) -> None:
        """The page goes elsewhere: what it asked for there is nobody's any more."""
        self._open.clear()
        self._since = self._clock()

    def within(self, seconds: float) -> bool:
        """Waits until it rests; False where it did not in that time."""
        until = self._clock() + seconds
        while self._clock() < until:
            # Events of the browser are heard while this waits.
            self._page.wait_for_timeout(STEP_MS)
            quiet = not self._open and self._clock() - self._since >= QUIET_SECONDS
            if quiet and self._page.evaluate(RESTS) and not self._open:
                return True
        return False

    def _asked(self, request: Request) -> None:
        if request.resource_type not in ENDLESS:
            self._open.add(request)
            self._since = self._clock()

    def _ended(self, request: Request) -> None:
        if request in self._open:
            self._open.discard(request)
            self._since = self._clock()
