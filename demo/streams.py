"""Randomness: one independent generator for each (seed, purpose, place), so that no phase depends on another."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.signedinteger[Any]]  # int64 unless it says otherwise
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def stream(seed: int, purpose: str, place: int = 0) -> np.random.Generator:
    """The generator of one purpose at one place. The same arguments always give the same numbers."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(purpose.encode()), place]))


def spread_evenly(total: int, weights: Floats) -> Ints:
    """Whole shares of `total` in proportion to `weights`, summing to it exactly; ties go to the earlier place."""
    exact = weights * (total / weights.sum())
    shares = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - shares), kind="stable")
    shares[order[: total - int(shares.sum())]] += 1
    return shares


def spread_capped(total: int, weights: Floats, caps: Ints) -> Ints:
    """As `spread_evenly`, but no share above its cap; what a full place cannot take goes to the others.

    Raises ValueError where all caps together are below `total`.
    """
    if total > int(caps.sum()):
        raise ValueError(f"cannot place {total} where only {int(caps.sum())} fit")
    shares = np.zeros(len(caps), dtype=np.int64)
    while (left := total - int(shares.sum())) > 0:
        room = caps - shares
        wanted = np.where(room > 0, weights, 0.0)
        if wanted.sum() <= 0:
            wanted = room.astype(np.float64)
        exact = np.minimum(wanted * (left / wanted.sum()), room)
        whole = np.floor(exact).astype(np.int64)
        if not whole.any():
            order = np.argsort(-exact, kind="stable")
            whole[order[: min(left, int((exact > 0).sum()))]] = 1
        shares += whole
    return shares


def rank_within(groups: npt.NDArray[np.integer]) -> Ints:
    """Position of each entry among the entries of its own group, counted from 0 in the order given."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(groups) else np.zeros(0, dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(groups)])
    ranks = np.empty(len(groups), dtype=np.int64)
    ranks[order] = np.arange(len(groups)) - np.repeat(starts, sizes)
    return ranks
