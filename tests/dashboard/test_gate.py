"""The gate before a worker's requests: so many at once, and who waits for something long is not in the way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from dashboard.gate import Gate

PATIENCE_SECONDS = 30.0


class Slow:
    """An application whose every request waits to be let go; outside the gate where its path says so."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.go = threading.Event()
        self.came: list[str] = []
        self.arrived = threading.Semaphore(0)

    def __call__(self, environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        self.came.append(environ["PATH_INFO"])
        self.arrived.release()
        if environ["PATH_INFO"] == "/long":
            with self.gate.outside():
                self.go.wait(PATIENCE_SECONDS)
        else:
            self.go.wait(PATIENCE_SECONDS)
        return [b""]


def asked(app: Any, path: str, method: str = "GET") -> threading.Thread:
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path}
    thread = threading.Thread(target=app, args=(environ, print))
    thread.start()
    return thread


def test_a_third_waits_while_two_are_answered_and_what_is_sent_does_not() -> None:
    gate = Gate(2)
    slow = Slow(gate)
    app = gate.before(slow)
    threads = [asked(app, "/a"), asked(app, "/b")]
    for _ in threads:
        assert slow.arrived.acquire(timeout=PATIENCE_SECONDS)
    threads.append(asked(app, "/c"))
    threads.append(asked(app, "/sent", "POST"))
    assert slow.arrived.acquire(timeout=PATIENCE_SECONDS)
    assert set(slow.came) == {"/a", "/b", "/sent"}
    slow.go.set()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert set(slow.came) == {"/a", "/b", "/c", "/sent"}


def test_who_waits_for_something_long_leaves_their_place_to_others() -> None:
    gate = Gate(1)
    slow = Slow(gate)
    app = gate.before(slow)
    threads = [asked(app, "/long"), asked(app, "/long"), asked(app, "/long")]
    for _ in threads:
        assert slow.arrived.acquire(timeout=PATIENCE_SECONDS)
    slow.go.set()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()
    # The place is there again, once.
    slow.go.clear()
    threads = [asked(app, "/a"), asked(app, "/b")]
    assert slow.arrived.acquire(timeout=PATIENCE_SECONDS)
    assert not slow.arrived.acquire(timeout=0.2)
    slow.go.set()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert len(slow.came) == 5
