"""Shares of what was measured."""

from __future__ import annotations

from collections.abc import Sequence


def quantile(ordered: Sequence[float], share: float) -> float:
    """Of sorted values, the one that `share` of them do not exceed. ValueError where there are none."""
    if not ordered:
        raise ValueError("nothing was measured")
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
