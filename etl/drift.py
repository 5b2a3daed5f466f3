"""Does this reading of a record feed look like the ones before it? Holds what a contract cannot see: a jump, a
collapse of places, a column that ran empty, codes nobody knows. No clock and no database.

Ranges are learned from readings that were taken in (ordinary ones and released ones); a held one is not among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from etl.shape import FeedShape

MAD_TO_SIGMA = 1.4826  # of a normal distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftLimits:
    """What still passes. Shares are of 1.0. A guard that holds too easily is soon ignored, so these are wide."""

    readings: int = 3000  # of the past that are looked at: two days of minutes, so that nights do not hide the days
    recent: int = 300  # of them that a column's usual share of empty values is learned from
    min_readings: int = 30  # before this many it judges nothing
    min_span_seconds: float = 86_400.0  # and no number of rows before a whole day: mornings are not jumps
    min_rows: int = 200  # shares and places of fewer rows say nothing
    floor_rows: int = 5000  # so many rows in one reading are never a jump; burst_factor times of a feed mostly silent
    burst_factor: float = 8.0  # late entry comes in bursts: this many times the usual of a busy time is ordinary
    spreads: float = 6.0  # and so many robust standard deviations
    min_places: int = 20  # fewer places than this usually report: too few to speak of a collapse
    max_place_fall: float = 0.7  # share of the usual places that may be missing
    max_null_rise: float = 0.25  # rise of a column's share of empty values
    max_repeat_rise: float = 0.25  # rise of the share of rows whose key another row of the reading has too
    max_new_share: float = 0.2  # share of rows whose code was never seen before


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing out of its range. `check`: rows | keys | places | nulls | codes | column. `field` is '' for rows."""

    check: str
    field: str
    seen: str
    expected: str

    def __str__(self) -> str:
        what = f"{self.field}: " if self.field else ""
        return f"{what}{self.seen}; expected {self.expected}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Of one reading. It passes where nothing was found."""

    feed: str
    findings: tuple[Finding, ...] = field(default=())

    @property
    def hold(self) -> bool:
        return bool(self.findings)

    @property
    def message(self) -> str:
        """What was seen, what was expected, and the way out; '' where the reading passes."""
        if not self.findings:
            return ""
        found = "; ".join(str(finding) for finding in self.findings)
        fix = f"if it is right: app.py release {self.feed} --reason TEXT --actor NAME"
        return f"{self.feed} is held: {found}; {fix}"


def judge(history: Sequence[FeedShape], now: FeedShape, limits: DriftLimits) -> Verdict:
    """`history`: readings that were taken in, oldest first; ones without rows count too. Pure.

    With fewer than `min_readings` of them, or no rows now, every reading passes.
    """
    past = history[-limits.readings :]
    if len(past) < limits.min_readings or not now.rows:
        return Verdict(feed=now.feed)
    findings = [*_gone_columns(past, now), *_jump(past, now, limits)]
    if now.rows >= limits.min_rows:
        findings += [
            *_repeats(past, now, limits),
            *_collapses(past, now, limits),
            *_emptied(past, now, limits),
            *_new_codes(past, now, limits),
        ]
    return Verdict(feed=now.feed, findings=tuple(findings))


def _gone_columns(past: Sequence[FeedShape], now: FeedShape) -> Iterable[Finding]:
    last = next((shape for shape in reversed(past) if shape.rows), now)
    for name in last.nulls:
        if name not in now.nulls:
            yield Finding(
                check="column", field=name, seen="the column is gone", expected="it, as in every reading before"
            )


def _jump(past: Sequence[FeedShape], now: FeedShape, limits: DriftLimits) -> Iterable[Finding]:
    """More rows than a burst explains, for the time passed. The usual is that of the busier half of the readings:
    sites close at night, and the first hour of a morning must not look like a jump."""
    timed = [(shape.rows, shape.seconds) for shape in past if shape.seconds]
    learned = len(timed) >= limits.min_readings and sum(passed for _, passed in timed) >= limits.min_span_seconds
    if not learned or not now.seconds:
        return
    rates = sorted(rows / passed for rows, passed in timed)
    busy = rates[len(rates) // 2 :]
    usual = median(busy)
    if usual:
        ceiling = max(usual * limits.burst_factor, usual + limits.spreads * _spread(busy)) * now.seconds
    else:
        ceiling = limits.floor_rows * limits.burst_factor
    if now.rows > max(ceiling, limits.floor_rows):
        yield Finding(
            check="rows",
            field="",
            seen=f"{now.rows} rows in {now.seconds:.0f} s",
            expected=f"at most {max(ceiling, limits.floor_rows):.0f}, usually {usual * now.seconds:.0f} at a busy time",
        )


def _repeats(past: Sequence[FeedShape], now: FeedShape, limits: DriftLimits) -> Iterable[Finding]:
    usual = _pooled([(shape.rows - shape.keys, shape.rows) for shape in past], limits)
    if usual is None:
        return
    share = 1 - now.keys / now.rows
    if share > usual + limits.max_repeat_rise:
        yield Finding(
            check="keys",
            field=now.key,
            seen=f"{now.keys} different keys in {now.rows} rows",
            expected=f"about {round((1 - usual) * now.rows)}",
        )


def _collapses(past: Sequence[FeedShape], now: FeedShape, limits: DriftLimits) -> Iterable[Finding]:
    """Far fewer places than readings of at most this size had, and than the last ones had whatever their size: at
    night, or when one province sends its backlog, few places are nothing new."""
    for name, places in now.places.items():
        told = [shape for shape in past if shape.places.get(name)]
        alike = sorted((s for s in told if limits.min_rows <= s.rows <= now.rows), key=lambda shape: shape.rows)
        if len(alike) < limits.min_readings:
            continue
        usual = min(
            median(shape.places[name] for shape in alike[-limits.min_readings :]),
            median(shape.places[name] for shape in told[-limits.min_readings :]),
        )
        if usual >= limits.min_places and places < (1 - limits.max_place_fall) * usual:
            yield Finding(
                check="places", field=name, seen=f"{places} different in {now.rows} rows", expected=f"about {usual:.0f}"
            )


def _emptied(past: Sequence[FeedShape], now: FeedShape, limits: DriftLimits) -> Iterable[Finding]:
    recent = [shape for shape in past if shape.rows][-limits.recent :]
    for name, nulls in now.nulls.items():
        told = [(shape.nulls[name], shape.rows) for shape in recent if name in shape.nulls]
        usual = _pooled(told, limits)
        if usual is None:
            continue
        shares = [empty / rows for empty, rows in told if rows >= limits.min_rows]
        allowed = max(limits.max_null_rise, limits.spreads * _spread(shares) if len(shares) > 1 else 0.0)
        if nulls / now.rows > usual + allowed:
            yield Finding(
                check="nulls", field=name, seen=f"{nulls / now.rows:.1%} empty", expected=f"about {usual:.1%}"
            )


def _new_codes(past: Sequence[FeedShape], now: FeedShape, limits: DriftLimits) -> Iterable[Finding]:
    for name, values in now.codes.items():
        told = [shape for shape in past if name in shape.codes]
        known = set[str]().union(*(shape.codes[name] for shape in told))
        if sum(shape.rows for shape in told) < limits.min_rows or not known:
            continue
        new = {value: rows for value, rows in values.items() if value not in known}
        if sum(new.values()) > limits.max_new_share * now.rows:
            share = sum(new.values()) / now.rows
            yield Finding(
                check="codes",
                field=name,
                seen=f"{share:.1%} of rows with codes never seen before ({_few(new)})",
                expected=f"one of {_few(dict.fromkeys(sorted(known), 0))}",
            )


def _pooled(counts: Iterable[tuple[int, int]], limits: DriftLimits) -> float | None:
    """Share over all readings together: small ones weigh little. None where they are too few rows to tell."""
    pairs = list(counts)
    rows = sum(total for _, total in pairs)
    return sum(part for part, _ in pairs) / rows if rows >= limits.min_rows else None


def _spread(values: Sequence[float]) -> float:
    """Robust standard deviation: one released backlog in the past does not widen it."""
    middle = median(values)
    return MAD_TO_SIGMA * median(abs(value - middle) for value in values)


def _few(values: Mapping[str, int], most: int = 5) -> str:
    named = sorted(values, key=lambda value: (-values[value], value))
    return ", ".join(named[:most]) + (", …" if len(named) > most else "")
