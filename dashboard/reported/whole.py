"""The whole report of one snapshot: its sections in the order asked for, its pins, and what its numbers count."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from campaign.access import Scope
from campaign.coverage import NATION
from campaign.report import Definition, Earlier, Part, Pins, Report, Section
from campaign.since import Since
from dashboard.params import view_of
from dashboard.reported.coldchain import cold_chain_section
from dashboard.reported.headline import headline, locked
from dashboard.reported.people import people_section
from dashboard.reported.places import map_section, provinces
from dashboard.reported.quality import declared, quality
from dashboard.reported.reallocations import reallocations
from dashboard.reported.since import since_section
from dashboard.reported.source import ReportRules, Source
from dashboard.reported.stock import stock_section
from dashboard.trust import area_names
from dashboard.views import Studio, denominators_of
from layouts import format as fmt
from layouts import help_layer
from layouts import target_words as say
from layouts.words import Language
from warehouse import reads

MAKERS: Mapping[Part, Callable[[Source], Section]] = {
    Part.HEADLINE: headline,
    Part.SINCE: since_section,
    Part.MAP: map_section,
    Part.PROVINCES: provinces,
    Part.PEOPLE: people_section,
    Part.STOCK: stock_section,
    Part.REALLOCATIONS: reallocations,
    Part.COLD_CHAIN: cold_chain_section,
    Part.QUALITY: quality,
    Part.DECLARED: declared,
}


def report(
    studio: Studio,
    version: int,
    *,
    area: str,
    language: Language,
    parts: Sequence[Part],
    scope: Scope,
    rules: ReportRules,
    live: bool = False,
    since: Since | None = None,
) -> Report:
    """Everything of one area, '' for the nation. Raises SnapshotUnavailable, BadParameter for an area that there is
    not, OutsideScope for one that is not covered. live: the snapshot's own figures, also where those of the day were
    locked. since: what changed since an earlier snapshot, for the section of that name."""
    words = studio.catalogues[language]
    asked = {"lang": language.value, **({"area": area} if area else {})}
    view = view_of(asked, studio.readings.known(version), default_language=language)
    names = {**area_names(studio.readings, version, view, words), NATION: words("table.nation")}
    source = Source(
        studio=studio,
        version=version,
        view=view,
        scope=scope,
        words=words,
        names=names,
        rules=rules,
        live=live,
        since=since,
    )
    source.seen.check(area)
    sections = tuple(MAKERS[part](source) for part in parts)
    pins = _pins(source)
    return Report(
        pins=pins,
        language=language.value,
        area=area,
        place=source.place,
        title=words("report.title", place=source.place),
        as_of=fmt.as_of(pins.as_of, words, studio.zone),
        lines=_lines(source, pins),
        warnings=_warnings(source),
        sections=sections,
        definitions=_definitions(source, sections),
    )


def _pins(source: Source) -> Pins:
    info = source.studio.readings.info(source.version)
    lock = None if source.live else locked(source)
    return Pins(
        snapshot=info.version,
        content_hash=info.content_hash,
        as_of=info.as_of.astimezone(source.studio.zone),
        denominator=source.view.denominator,
        targets=tuple((target.target_id, target.valid_from) for target in source.board.targets),
        one_in=info.one_in,
        is_demo=info.is_demo,
        locked_on=lock.reporting_day if lock is not None else None,
        since=_earlier(source),
    )


def _earlier(source: Source) -> Earlier | None:
    if source.since is None:
        return None
    before = source.since.before
    return Earlier(
        snapshot=before.snapshot,
        content_hash=before.content_hash,
        as_of=before.as_of,
        closed=source.since.closed,
    )


def _lines(source: Source, pins: Pins) -> tuple[str, ...]:
    """Two lines, for the foot of every page."""
    words, language = source.words, source.words.language
    day = fmt.day(pins.locked_on, language)
    since = ""
    if pins.since is not None:
        since = " " + words(
            "report_since.pin",
            snapshot=pins.since.snapshot,
            hash=pins.since.content_hash[:12],
            as_of=fmt.as_of(pins.since.as_of, words, source.studio.zone),
        )
    # Letters go to readers who have no list of keys; the files for machines have them.
    targets = ", ".join(
        f"{say.lower(say.goal(target, words))} ({fmt.day(target.valid_from, language)})"
        for target in source.board.targets
    )
    return (
        words(
            "report.pin",
            snapshot=pins.snapshot,
            hash=pins.content_hash[:12],
            as_of=fmt.as_of(pins.as_of, words, source.studio.zone),
            locked=words("report.pin_locked", day=day) if pins.locked_on else words("report.pin_live"),
        ),
        words(
            "report.pin_held_to",
            denominator=words.named("denominator", pins.denominator),
            targets=targets or fmt.UNKNOWN,
        )
        + since,
    )


def _warnings(source: Source) -> tuple[str, ...]:
    """As the banners above every page: a demonstration, sums that do not agree, what the source says of itself."""
    words, language = source.words, source.words.language
    info = source.studio.readings.info(source.version)
    found: list[str] = []
    if info.is_demo:
        ratio = fmt.whole(info.one_in, language)
        found.append(f"{words('demo.title', one_in=ratio)}. {words('demo.text', one_in=ratio)}")
    found += [
        words(
            "checks.broken",
            name=words.named("invariant", item.name),
            left=fmt.whole(item.left, language),
            right=fmt.whole(item.right, language),
            gap=fmt.whole(abs(item.left - item.right), language),
        )
        for item in reads.invariants(source.studio.readings.snapshots, source.version)
        if not item.holds
    ]
    note = words.pick(info.note_vi, info.note_en)
    return (*found, *((note,) if note else ()))


def _definitions(source: Source, sections: Sequence[Section]) -> tuple[Definition, ...]:
    """Of every number in the report, once each, in the order in which it is met."""
    words = source.words
    told = denominators_of(source.seen, source.version, source.view, words)
    return tuple(
        Definition(
            key=key,
            name=help_layer.title(key, words),
            text=help_layer.definition(key, words),
            facts=tuple(help_layer.facts(key, told, words)),
        )
        for key in dict.fromkeys(_helps(sections))
        if key
    )


def _helps(sections: Sequence[Section]) -> Iterator[str]:
    for section in sections:
        yield from (figure.help for figure in section.figures)
        for table in section.tables:
            yield from (column.help for column in table.columns)
