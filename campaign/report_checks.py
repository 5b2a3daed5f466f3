"""What must hold before a report goes out by itself: no figure is missing, no feed is stale, sums agree, the day is
locked. Whatever cannot be told counts as failed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from campaign.readings import FeedStatus, Invariant
from campaign.report import Chart, Report, Section, Shape


class Check(StrEnum):
    FIGURE = "figure"  # a number that the report should have and does not
    SECTION = "section"  # a section that came out empty
    CHART = "chart"  # a chart or map that shows nothing
    STALE = "stale"  # a feed without success for too long
    STOPPED = "stopped"  # a feed that failed, is held or catches up
    SNAPSHOT = "snapshot"  # no new snapshot for too long
    INVARIANT = "invariant"  # two figures that must be equal and are not
    UNLOCKED = "unlocked"  # nobody locked the figures of the last closed day


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """name: of the feed, equality, section or figure, as the programme has it; label: as the report has. values: whole
    numbers that go into the sentence about it."""

    check: Check
    name: str = ""
    label: str = ""
    values: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds of wall time. of_feed: for single feeds, in place of stale_seconds. may_be_empty: sections whose source
    may have nothing to tell."""

    stale_seconds: float
    of_feed: Mapping[str, float]
    may_be_empty: Collection[str]


# Not there yet is a state of feeds that this country need not have: what they would tell is then no part of any figure.
# A slow one has its age.
SOUND = frozenset({"ok", "slow", "waiting"})


def failures(
    report: Report,
    *,
    feeds: Iterable[FeedStatus],
    invariants: Iterable[Invariant],
    age_seconds: float,
    locked: bool,
    limits: Limits,
) -> tuple[Failure, ...]:
    """Those of the source first, then those of the report, in its order. age_seconds: of the snapshot, at this moment;
    a feed's silence goes on since."""
    return (
        *_of_snapshot(age_seconds, limits),
        *(found for feed in feeds if (found := _of_feed(feed, age_seconds, limits)) is not None),
        *(
            Failure(check=Check.INVARIANT, name=item.name, values={"left": item.left, "right": item.right})
            for item in invariants
            if not item.holds
        ),
        *(() if locked else (Failure(check=Check.UNLOCKED),)),
        *(found for section in report.sections for found in _of_section(section, limits)),
    )


def with_failed(report: Report, sentences: Iterable[str]) -> Report:
    """The report that says on its first page, before any number, what failed."""
    failed = tuple(sentences)
    return replace(report, failed=failed, warnings=(*failed, *report.warnings))


def _of_snapshot(age_seconds: float, limits: Limits) -> Iterator[Failure]:
    if age_seconds > limits.stale_seconds:
        yield Failure(check=Check.SNAPSHOT, values=_minutes(age_seconds, limits.stale_seconds))


def _of_feed(feed: FeedStatus, age_seconds: float, limits: Limits) -> Failure | None:
    if feed.state not in SOUND:
        return Failure(check=Check.STOPPED, name=feed.name)
    if feed.state == "waiting":
        return None
    limit = limits.of_feed.get(feed.name, limits.stale_seconds)
    if feed.lag_seconds is None:
        return Failure(check=Check.STOPPED, name=feed.name)
    silent = feed.lag_seconds + age_seconds
    return Failure(check=Check.STALE, name=feed.name, values=_minutes(silent, limit)) if silent > limit else None


def _of_section(section: Section, limits: Limits) -> Iterator[Failure]:
    part = section.part.value
    for figure in section.figures:
        if figure.value is None:
            yield Failure(check=Check.FIGURE, name=f"{part}.{figure.key}", label=figure.label)
    for chart in section.charts:
        if _is_blank(chart):
            yield Failure(check=Check.CHART, name=f"{part}.{chart.key}", label=chart.title)
    found = section.area_map
    drawn = found is not None and any(place is not None for place in found.of_area.values())
    if found is not None and not drawn:
        yield Failure(check=Check.CHART, name=f"{part}.map", label=found.title)
    # Sums of no row are no rows.
    says = section.figures or section.charts or drawn or any(len(item.rows) > item.totals for item in section.tables)
    if not says and part not in limits.may_be_empty:
        yield Failure(check=Check.SECTION, name=part, label=section.title)


def _is_blank(chart: Chart) -> bool:
    """Nought is a figure, but counts that are all nought draw no column: days without a dose, a country without stock.
    Shares may truly be nought everywhere, as in provinces that have not begun."""
    nothing = (None,) if chart.shape is Shape.SHARE else (None, 0)
    return all(value in nothing for value in chart.values)


def _minutes(seconds: float, limit: float) -> dict[str, int]:
    return {"minutes": int(seconds // 60), "limit": int(limit // 60)}
