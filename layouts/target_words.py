"""How a reading of a target is said: its name, its verdict, when it will be met, and why it is above 100 %."""

from __future__ import annotations

from dataclasses import dataclass

from dash import html

from campaign.coverage import NATION, Coverage, Measure, PopulationGroup, Target
from campaign.targets import Standing
from campaign.track_record import Record, Truth
from layouts import format as fmt
from layouts.parts import Child, tag
from layouts.words import Words

# Area, group and measure.
Place = tuple[str, PopulationGroup, Measure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """What is known about an area with more people reached than its population counts. `other`: the same people over
    the other version of the population, by its name. Doses of its residents, and those of them given elsewhere."""

    other_name: str
    other: Coverage | None
    doses: int
    doses_elsewhere: int


def goal(target: Target, words: Words) -> str:
    """ "Trên 70% tổng dân số"."""
    key = "targets.more_than" if target.more_than else "targets.at_least"
    group = lower(words.named("group_long", target.population_group.value))
    return words(key, share=fmt.share(target.ratio, words.language), group=group)


def lower(text: str) -> str:
    """A title as it stands within a sentence."""
    return text[:1].lower() + text[1:]


def reading_name(found: Standing, words: Words) -> str:
    group = words.named("group", found.group.value)
    return words("reading", measure=words(f"metric.{found.measure}"), group=group)


def pace(value: float | None, words: Words) -> str:
    """People a day, whole: a needed pace is rounded up, so that keeping it is enough."""
    return fmt.UNKNOWN if value is None else fmt.whole(int(-(-value // 1)), words.language)


def recent(value: float | None, words: Words) -> str:
    return fmt.UNKNOWN if value is None else fmt.whole(round(value), words.language)


def when(found: Standing, words: Words) -> str:
    """In one line: reached on, expected on, or why no date can be told."""
    language = words.language
    if found.needed is None:
        return words("targets.when_unknown")
    if found.reached:
        day = found.reached_on
        return words("targets.when_reached", day=fmt.day(day, language)) if day else words("verdict.met")
    if found.pace is None:
        return words("targets.when_no_days")
    if found.projection is None:
        return words("targets.when_no_date" if found.no_date else "targets.when_few")
    middle = found.projection.middle
    if middle is None:
        return words("targets.when_beyond", day=fmt.day(found.projection.beyond, language))
    return words("targets.when_expected", day=fmt.day(middle, language))


def interval(found: Standing, words: Words) -> str:
    """The 80 % interval of a date that is expected; empty where there is none. The words of the catalogue keep its two
    days in one piece: behind a dash a line may break in spite of a fixed space, but not in front of a joiner."""
    if found.reached or found.projection is None or found.projection.earliest is None:
        return ""
    earliest, latest = found.projection.earliest, found.projection.latest
    low = fmt.day(earliest, words.language)
    if latest is None:
        beyond = fmt.day(found.projection.beyond, words.language)
        return words("targets.interval_open", low=low, beyond=beyond)
    return words("targets.interval", low=low, high=fmt.day(latest, words.language))


def verdict(found: Standing, words: Words) -> html.Span:
    """As a mark with its colour and picture."""
    key, kind, icon_name = _verdict(found)
    return tag(words(key), kind=kind, icon_name=icon_name)


def verdict_text(found: Standing, words: Words) -> str:
    """The same in words alone, for paper."""
    return words(_verdict(found)[0])


def _verdict(found: Standing) -> tuple[str, str, str]:
    """Met, or whether the due date can be kept: the whole interval before it, after it, or on both sides. Key of the
    text, kind and icon of its mark."""
    if found.needed is None:
        return "verdict.unknown", "none", "dash"
    if found.reached:
        late = found.reached_on is not None and found.reached_on > found.target.due_on
        return "targets.met_late" if late else "verdict.met", "good", "check"
    if found.overdue:
        return "targets.overdue", "bad", "warn"
    projection = found.projection
    if projection is None or projection.earliest is None or projection.earliest > found.target.due_on:
        return "targets.too_late", "bad", "warn"
    if projection.latest is not None and projection.latest <= found.target.due_on:
        return "targets.in_time", "good", "clock"
    return "targets.perhaps", "open", "clock"


def past_record(record: Record, words: Words) -> str:
    """How past projections of this reading turned out."""
    if not record.made:
        return words("targets.record_none")
    key = "targets.record_dates" if record.truth is Truth.DATE else "targets.record_counts"
    language = words.language
    return words(
        key,
        weeks=record.weeks,
        made=fmt.whole(record.made, language),
        held=fmt.whole(record.held, language),
        width=fmt.share(round(record.median_width or 0.0, 2), language),
    )


def cause(found: Standing, excess: Excess | None, words: Words) -> list[Child]:
    """Why more people are counted than the population has, as far as the figures can tell."""
    population = found.coverage.population
    if excess is None or not population or found.coverage.people <= population:
        return []
    language = words.language
    parts = [
        words(
            "targets.over",
            people=fmt.whole(found.coverage.people - population, language),
            name=words.named("denominator", found.denominator.version),
        )
    ]
    if excess.other is not None and excess.other.population:
        parts.append(
            words(
                "targets.over_other",
                name=words.named("denominator", excess.other_name),
                share=fmt.percent(excess.other, language),
            )
        )
    if excess.doses:
        elsewhere = Coverage(people=excess.doses_elsewhere, population=excess.doses)
        parts.append(words("targets.over_elsewhere", share=fmt.percent(elsewhere, language)))
    code = found.area_code
    more = html.A(words("targets.over_more"), href=f"/nguoi-dan?area={code}#tren-100", className="target-why")
    return [html.Span([" ".join(parts), " ", more] if code != NATION else " ".join(parts))]
