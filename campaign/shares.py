"""Sharing a whole number out in proportion, to the unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Shares in proportion to `weights`, in their order, whose sum is exactly `total`.

    Each share is first rounded down; the units left over go to the largest fractions, ties to the earlier
    place. Integer arithmetic throughout, so the result is the same on every machine.
    Raises ValueError where nothing can be shared: a negative weight, or a total with no weight to carry it.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("total and weights must not be negative")
    weight_sum = sum(weights)
    if weight_sum == 0:
        if total:
            raise ValueError(f"cannot share {total} out among weights that are all zero")
        return [0] * len(weights)
    shares = [total * weight // weight_sum for weight in weights]
    by_fraction = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % weight_sum), place))
    for place in by_fraction[: total - sum(shares)]:
        shares[place] += 1
    return shares


def shared_out(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """By code, ties to the first one. Where nobody has a weight, each has an equal part; no codes: nothing."""
    codes = sorted(weights)
    if not codes:
        return {}
    parts = [weights[code] for code in codes] if any(weights.values()) else [1] * len(codes)
    return dict(zip(codes, largest_remainder(total, parts), strict=True))
