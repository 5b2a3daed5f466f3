"""Keep what was computed, up to a limit, and compute each thing only once even when many ask at the same moment."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Least recently used go first. A computation that fails is not kept: everyone who waited gets its error."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._entries: OrderedDict[K, Future[V]] = OrderedDict()

    def get(self, key: K, compute: Callable[[], V]) -> V:
        """The value of `key`; the first to ask computes it, the others wait for that."""
        with self._lock:
            entry = self._entries.get(key)
            mine = entry is None
            if entry is None:
                entry = self._entries[key] = Future()
                self._trim()
            else:
                self._entries.move_to_end(key)
        if mine:
            self._fill(key, entry, compute)
        return entry.result()

    def has(self, key: K) -> bool:
        """Whether `get` would give the value at once."""
        with self._lock:
            entry = self._entries.get(key)
        return entry is not None and entry.done()

    def forget(self, is_old: Callable[[K], bool]) -> None:
        """Let go of what nobody is expected to ask for again; whoever waits for it gets it all the same."""
        with self._lock:
            for key in [key for key in self._entries if is_old(key)]:
                del self._entries[key]

    def _fill(self, key: K, entry: Future[V], compute: Callable[[], V]) -> None:
        try:
            entry.set_result(compute())
        except BaseException as error:
            with self._lock:
                if self._entries.get(key) is entry:
                    del self._entries[key]
            entry.set_exception(error)
            if not isinstance(error, Exception):
                raise

    def _trim(self) -> None:
        while len(self._entries) > self._limit:
            self._entries.popitem(last=False)

    def __len__(self) -> int:
        with self._lock:
            return len(self._entries)
