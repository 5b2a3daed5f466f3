"""Two pieces of one refresh at a time. numpy, polars and DuckDB let go of the interpreter while they work."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

First = TypeVar("First")
Second = TypeVar("Second")
# So few that their arrays stay in the processor's cache; fewer are not worth a second hand.
MOST, LEAST = 1 << 16, 1 << 11


def both(first: Callable[[], First], second: Callable[[], Second]) -> tuple[First, Second]:
    """What the two give. Neither may change what the other reads; an error of either is raised once both have ended."""
    with ThreadPoolExecutor(1, thread_name_prefix="second-hand") as pool:
        other = pool.submit(second)
        return first(), other.result()


def in_parts(count: int, work: Callable[[int, int], First]) -> list[tuple[int, First]]:
    """`work(start, stop)` for each part of `count` things, two at a time, beside its start, in order. One empty part
    where there are none. What `both` asks holds here, too."""
    size = min(MOST, max(LEAST, -(-count // 2)))
    starts = range(0, max(count, 1), size)
    stops = [min(start + size, count) for start in starts]
    with ThreadPoolExecutor(2, thread_name_prefix="hand") as pool:
        return list(zip(starts, pool.map(work, starts, stops), strict=True))
