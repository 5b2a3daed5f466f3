"""Sharing a whole number out in proportion, to the unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

BILLION = 1_000_000_000


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


def tenths(weights: Sequence[int], *, down: int | None = None) -> list[int]:
    """The parts of one whole in tenths of a per cent, in their order; they add up to 1,000.

    `down`: the place of a part that is held against something, so that it must never look larger than it is: rounded
    down, and what that leaves goes to the others. Raises ValueError where there is no whole.
    """
    whole = sum(weights)
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("parts of nothing, or a negative part")
    if down is None:
        return largest_remainder(1000, weights)
    parts = [1000 * weight // whole for weight in weights]
    others = [place for place in range(len(weights)) if place != down]
    others.sort(key=lambda place: (-(1000 * weights[place] % whole), place))
    # Of the fractions that were cut off the others have at least all but one unit: they are never too few.
    for place in others[: 1000 - sum(parts)]:
        parts[place] += 1
    return parts


def tenths_of_ratios(ratios: Sequence[float], *, down: int) -> list[int]:
    """As `tenths`, of parts that are known as ratios of their whole. What binary fractions add is taken from another
    part, so that an even tenth stays one."""
    weights = [round(ratio * BILLION) for ratio in ratios]
    largest = max((place for place in range(len(weights)) if place != down), key=lambda place: weights[place])
    weights[largest] += BILLION - sum(weights)
    return tenths(weights, down=down)


def shared_out(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """By code, ties to the first one. Where nobody has a weight, each has an equal part; no codes: nothing."""
    codes = sorted(weights)
    if not codes:
        return {}
    parts = [weights[code] for code in codes] if any(weights.values()) else [1] * len(codes)
    return dict(zip(codes, largest_remainder(total, parts), strict=True))
