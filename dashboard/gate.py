"""How many requests of one worker are worked on at the same moment.

A live stream holds a thread, so that a worker has hundreds. Python runs one of them at a time: where hundreds want to
run, after a publication or when everybody comes at once, handing the turn round costs more than the work itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

# Each waits for the registry for half of its time.
AT_ONCE = 8
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Gate:
    """A fixed number of places, taken while a GET is answered; the others wait without asking for the turn. What is
    sent to us has no place to take: however slowly somebody sends it, nobody waits for them. A stream gives its place
    back when it is open, and so does whoever is about to wait for something long (`outside`)."""

    def __init__(self, places: int = AT_ONCE) -> None:
        self._places = threading.Semaphore(places)
        self._here = threading.local()

    def before(self, app: Wsgi) -> Wsgi:
        """The same application, behind the gate."""

        def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
            if environ["REQUEST_METHOD"] != "GET":
                return app(environ, start)
            with self._inside():
                return app(environ, start)

        return answer

    @contextmanager
    def _inside(self) -> Iterator[None]:
        with self._places:
            self._here.inside = True
            try:
                yield
            finally:
                self._here.inside = False

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Without a place for the length of the block; nothing happens to who has none."""
        if not getattr(self._here, "inside", False):
            yield
            return
        self._here.inside = False
        self._places.release()
        try:
            yield
        finally:
            self._places.acquire()
            self._here.inside = True
