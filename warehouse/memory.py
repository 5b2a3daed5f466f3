"""Memory that this process has let go of and its allocator still holds."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Hand it back to the system, which takes a few milliseconds; a few hundred megabytes after a refresh of a million
    records. Nothing happens where the C library is not glibc."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    # The libraries that this process has already.
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
