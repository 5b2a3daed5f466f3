"""Since the last meeting: what is new, and what was revised, figure by figure, area by area and day by day."""

from __future__ import annotations

from collections.abc import Sequence

from campaign.people_places import APART
from campaign.report import Column, Figure, Part, Section, Shape, Table, Value
from campaign.since import Movement, Revision, Since
from dashboard.reported.source import Source
from layouts import format as fmt
from layouts.words import Words

# Corrections that are told in words; the table has all of them.
TOLD = 5
PARTS = ("before", "new", "revised", "raised", "lowered", "now", "difference")
SIGNED = frozenset({"new", "revised", "raised", "lowered", "difference"})
UNDATED = ("registered", "delivered", "quarantined")


def since_section(source: Source) -> Section:
    """Empty but for a sentence where no earlier snapshot was named."""
    words, found = source.words, source.since
    title = words("report_part.since")
    if found is None:
        return Section(part=Part.SINCE, title=title, sentences=(words("report_since.none"),))
    movements, revisions = found.movements(source.area), found.revisions(source.area)
    return Section(
        part=Part.SINCE,
        title=title,
        sentences=(
            _lead(source, found),
            *(_moved(words, item) for item in movements),
            *_corrections(words, revisions),
        ),
        figures=tuple(
            Figure(
                key=f"since_{item.figure}_{part}",
                label=words(f"report_since.{part}_figure", figure=words(f"number.{item.figure}")),
                value=item.new if part == "new" else item.revised,
                shape=Shape.SIGNED,
                help=f"since_{part}",
            )
            for item in movements
            for part in ("new", "revised")
        ),
        tables=(
            _figures(source, found, movements),
            *(() if source.area else (_areas(source, found),)),
            _days(source, revisions),
        ),
    )


def _lead(source: Source, found: Since) -> str:
    """What is compared, and what the two words mean here."""
    words = source.words
    return words(
        "report_since.lead",
        snapshot=found.before.snapshot,
        hash=found.before.content_hash[:12],
        as_of=fmt.as_of(found.before.as_of, words, source.studio.zone),
        closed=fmt.day(found.closed, words.language),
    )


def _moved(words: Words, item: Movement) -> str:
    language = words.language
    return words(
        "report_since.moved",
        figure=words(f"number.{item.figure}"),
        before=fmt.whole(item.before, language),
        now=fmt.whole(item.now, language),
        difference=fmt.signed(item.difference, words.language),
        new=fmt.signed(item.new, words.language),
        revised=fmt.signed(item.revised, words.language),
    )


def _corrections(words: Words, revisions: Sequence[Revision]) -> tuple[str, ...]:
    """The largest, as a correction log writes them: 'dd/mm: X revised -12,340'."""
    told = [item for item in revisions if item.day is not None and item.change][:TOLD]
    if not revisions:
        return (words("report_since.no_revisions"),)
    return tuple(
        words(
            "report_since.correction",
            day=fmt.day_short(item.day, words.language) if item.day else fmt.UNKNOWN,
            figure=words(f"number.{item.figure}"),
            change=fmt.signed(item.change, words.language),
        )
        for item in told
    )


def _columns(words: Words, parts: Sequence[str], *, figure: str = "") -> tuple[Column, ...]:
    """figure: whose columns these are, where a table has those of several."""
    return tuple(
        Column(
            key=f"{figure}_{part}" if figure else part,
            label=words(f"report_since.{part}_of_{figure}" if figure else f"report_since.{part}"),
            shape=Shape.SIGNED if part in SIGNED else Shape.WHOLE,
            help=f"since_{part}",
        )
        for part in parts
    )


def _values(item: Movement | None, parts: Sequence[str]) -> tuple[Value, ...]:
    return tuple(None if item is None else getattr(item, part) for part in parts)


def _figures(source: Source, found: Since, movements: Sequence[Movement]) -> Table:
    """Figures without a day have a difference alone."""
    words = source.words
    rows: list[tuple[Value, ...]] = [(words(f"number.{item.figure}"), *_values(item, PARTS)) for item in movements]
    for name in UNDATED:
        before, now = (counts.undated.get((name, source.area)) for counts in (found.before, found.now))
        if before is not None and now is not None:
            rows.append((words(f"number.{name}"), before, None, None, None, None, now, now - before))
    return Table(
        key="since",
        title=words("report_since.figures_title"),
        columns=(Column(key="figure", label=words("column.figure"), shape=Shape.TEXT), *_columns(words, PARTS)),
        rows=tuple(rows),
        note=words("report_since.undated"),
    )


def _areas(source: Source, found: Since) -> Table:
    """Every area whose figures may be told, in the pages' order; the nation's sum below."""
    words = source.words
    shown = [
        row.area.code for row in source.board.areas if source.scope.covers(row.area.code) or row.area.code in APART
    ]
    parts = {"doses": ("before", "new", "revised", "now"), "dose1_people": ("new", "revised"),
             "full_people": ("new", "revised")}  # fmt: skip
    of_area = {code: {str(item.figure): item for item in found.movements(code)} for code in ("", *shown)}

    def line(name: str, code: str) -> tuple[Value, ...]:
        return (name, *(value for figure in parts for value in _values(of_area[code].get(figure), parts[figure])))

    return Table(
        key="since_areas",
        title=words("report_since.areas_title"),
        columns=(
            Column(key="area", label=words("column.area"), shape=Shape.TEXT),
            *(column for figure, own in parts.items() for column in _columns(words, own, figure=figure)),
        ),
        rows=(*(line(source.name(code), code) for code in shown), line(words("table.nation"), "")),
        totals=1,
    )


def _days(source: Source, revisions: Sequence[Revision]) -> Table:
    """Grain: closed day and figure, the largest change first."""
    words = source.words
    return Table(
        key="since_days",
        title=words("report_since.days_title"),
        columns=(
            Column(key="day", label=words("column.day"), shape=Shape.DAY),
            Column(key="figure", label=words("column.figure"), shape=Shape.TEXT),
            *_columns(words, ("before", "now")),
            Column(key="change", label=words("column.change"), shape=Shape.SIGNED, help="since_revised"),
            *(
                ()
                if source.area
                else (
                    Column(key="most", label=words("report_since.most"), shape=Shape.TEXT),
                    Column(
                        key="most_change", label=words("report_since.most_change"), shape=Shape.SIGNED,
                        help="since_revised",
                    ),
                )
            ),
        ),
        rows=tuple(
            (
                item.day,
                words(f"number.{item.figure}"),
                item.before,
                item.now,
                item.change,
                *(() if source.area else (source.name(item.most), item.most_change)),
            )
            for item in revisions
        ),
        printed=source.rules.rows,
        note="" if revisions else words("report_since.no_revisions"),
    )  # fmt: skip
