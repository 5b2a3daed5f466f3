"""How the processes that run until somebody stops them are told to."""

from __future__ import annotations

import signal
import threading


def stop_event() -> threading.Event:
    """Set by SIGTERM and SIGINT from now on: the piece of work under way is ended first. From the main thread only."""
    stop = threading.Event()

    def end(_signal: int, _frame: object) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    return stop
