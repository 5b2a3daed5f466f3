"""Two pieces of one refresh at a time. numpy, polars and DuckDB let go of the interpreter while they work."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

First = TypeVar("First")
Second = TypeVar("Second")


def both(first: Callable[[], First], second: Callable[[], Second]) -> tuple[First, Second]:
    """What the two give. Neither may change what the other reads; an error of either is raised once both have ended."""
    with ThreadPoolExecutor(1, thread_name_prefix="second-hand") as pool:
        other = pool.submit(second)
        return first(), other.result()
