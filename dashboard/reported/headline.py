"""The first section: doses and people, where each target stands, and what was locked beside what is known now."""

from __future__ import annotations

from collections.abc import Sequence

from campaign.coverage import NATION, Measure, PopulationGroup
from campaign.first import NATIONAL, Change, changes, last_closed
from campaign.readings import DayRow
from campaign.report import Chart, ChartKind, Column, Figure, Part, Section, Shape, Table, Value
from campaign.targets import Standing
from campaign.trust import FigureLock
from dashboard.reported.source import Source, share_of
from layouts import format as fmt
from layouts import target_words as say
from warehouse import reads_trust

LOCKS_LOOKED_AT = 40
HEADS = ("doses", "dose1_people", "full_people")


def headline(source: Source) -> Section:
    words = source.words
    lock = locked(source)
    found = _changes(source, lock)
    figures = _figures(source, None if source.live else lock, found)
    standings = source.seen.target_standings(source.version, source.view.denominator, source.area)
    tables = [_targets(source, [item for item in standings if item.own])]
    if lock is not None:
        tables.append(_locked(source, lock, found))
    if source.rules.days is not None:
        tables.append(_range(source))
    return Section(
        part=Part.HEADLINE,
        title=words("report_part.headline"),
        sentences=(_lead(source, figures, lock), *(_sentence(source, item) for item in standings if item.own)),
        figures=figures,
        tables=tuple(tables),
        charts=(_days(source),),
    )


def locked(source: Source) -> FigureLock | None:
    """What a named person locked of the last closed reporting day; None where nobody has, yet."""
    studio = source.studio
    info = studio.readings.info(source.version)
    closed = last_closed(info.as_of, cutoff_hour=studio.cutoff_hour, zone=studio.zone)
    scopes = frozenset({source.area}) if source.area else NATIONAL
    locks = reads_trust.figure_locks(studio.readings.snapshots, source.version, limit=LOCKS_LOOKED_AT)
    return next((lock for lock in locks if lock.reporting_day == closed and lock.scope in scopes), None)


def _changes(source: Source, lock: FigureLock | None) -> tuple[Change, ...]:
    live = live_figures(source)
    if lock is None or live["doses"] is None:
        return ()
    return changes(lock, doses=live["doses"], dose1_people=live["dose1_people"], full_people=live["full_people"])


def live_figures(source: Source) -> dict[str, int | None]:
    """The snapshot's own, as the tiles of the nation or the card of the area have them."""
    board = source.board
    if not source.area:
        head = board.headline
        return {"doses": head.doses, "dose1_people": head.dose1_people, "full_people": head.full_people}
    row = next(row for row in board.areas if row.area.code == source.area)
    people = {
        measure: cell.people if (cell := row.coverage.get((PopulationGroup.ALL, measure))) is not None else None
        for measure in (Measure.DOSE1, Measure.FULL)
    }
    return {"doses": row.doses, "dose1_people": people[Measure.DOSE1], "full_people": people[Measure.FULL]}


def _figures(source: Source, lock: FigureLock | None, found: Sequence[Change]) -> tuple[Figure, ...]:
    words, board = source.words, source.board
    held = {item.name: item.locked for item in found} if lock is not None else {}
    note = words("report.locked_on", day=fmt.day(lock.reporting_day, words.language)) if lock is not None else ""
    figures = [
        Figure(
            key=key,
            label=words(f"number.{key}"),
            value=held.get(key, value),
            shape=Shape.WHOLE,
            help="locked" if key in held else key,
            note=note if key in held else "",
        )
        for key, value in live_figures(source).items()
    ]
    if source.area:
        row = next(row for row in board.areas if row.area.code == source.area)
        more = {
            "doses_last_7_days": row.doses_last_7_days,
            "delivered": row.delivered,
            "registered": row.registered,
        }
    else:
        head = board.headline
        more = {
            "doses_today": head.doses_today,
            "doses_yesterday": head.doses_yesterday,
            "registered": head.registered,
            "delivered": head.delivered,
            "quarantined": head.quarantined,
        }
    # Deliveries of a demonstration are all there, beside people and doses of one in so many.
    whole = {"delivered": words("report.full_scale")} if source.studio.readings.info(source.version).is_demo else {}
    figures += [
        Figure(key=key, label=words(f"number.{key}"), value=value, shape=Shape.WHOLE, help=key, note=whole.get(key, ""))
        for key, value in more.items()
        if value is not None
    ]
    return tuple(figures)


def _lead(source: Source, figures: Sequence[Figure], lock: FigureLock | None) -> str:
    words, language = source.words, source.words.language
    told = {
        item.key: fmt.whole(item.value if isinstance(item.value, int) else None, language)
        for item in figures
        if item.key in HEADS
    }
    if lock is not None and not source.live:
        return words("report.lead_locked", place=source.place, day=fmt.day(lock.reporting_day, language), **told)
    info = source.studio.readings.info(source.version)
    as_of = fmt.as_of(info.as_of, words, source.studio.zone)
    return words(
        "report.lead",
        as_of=as_of[:1].upper() + as_of[1:],
        place=say.lower(source.place) if not source.area else source.place,
        **told,
    )


def _sentence(source: Source, found: Standing) -> str:
    """One reading of one target, with its numerator and denominator, the verdict, and when it is expected."""
    words, language = source.words, source.words.language
    return words(
        "report.target",
        goal=say.goal(found.target, words),
        due=fmt.day(found.target.due_on, language),
        reading=say.lower(words(f"metric.{found.measure}")),
        share=fmt.percent(found.coverage, language),
        fraction=fmt.fraction(found.coverage, language),
        verdict=say.lower(say.verdict_text(found, words)),
        when=say.lower(say.when(found, words)),
    )


def _targets(source: Source, standings: Sequence[Standing]) -> Table:
    words = source.words
    columns = (
        Column(key="target", label=words("report_column.target"), shape=Shape.TEXT),
        Column(key="measure", label=words("report_column.measure"), shape=Shape.TEXT),
        Column(key="share", label=words("report_column.share"), shape=Shape.SHARE, help="share"),
        Column(key="people", label=words("report_column.people"), shape=Shape.WHOLE, help="share"),
        Column(key="population", label=words("report_column.population"), shape=Shape.WHOLE, help="share"),
        Column(key="gap", label=words("report_column.gap"), shape=Shape.WHOLE, help="gap"),
        Column(key="pace", label=words("report_column.pace"), shape=Shape.WHOLE, help="pace"),
        Column(key="pace_needed", label=words("report_column.pace_needed"), shape=Shape.WHOLE, help="pace_needed"),
        Column(key="when", label=words("report_column.when"), shape=Shape.TEXT, help="when"),
    )
    missing = sorted({source.name(code) for item in standings for code in item.missing_areas})
    return Table(
        key="targets",
        title=words("report_table.targets"),
        columns=columns,
        rows=tuple(_target_row(source, item) for item in standings),
        note=words("tile.missing", areas=", ".join(missing)) if missing else "",
    )


def _target_row(source: Source, found: Standing) -> tuple[Value, ...]:
    """Paces as the page about targets writes them: the needed one rounded up, the recent one to the nearest."""
    words = source.words
    goal = words("report.goal", goal=say.goal(found.target, words), day=fmt.day(found.target.due_on, words.language))
    return (
        goal,
        words(f"metric.{found.measure}"),
        share_of(found.coverage),
        found.coverage.people,
        found.coverage.population,
        found.gap,
        None if found.pace is None else round(found.pace),
        None if found.pace_needed is None else int(-(-found.pace_needed // 1)),
        say.when(found, words),
    )


def _locked(source: Source, lock: FigureLock, found: Sequence[Change]) -> Table:
    """locked + revision + since = live, in every row: what was revised is never told as new."""
    words = source.words
    shapes = {"locked": Shape.WHOLE, "revision": Shape.SIGNED, "since": Shape.SIGNED, "live": Shape.WHOLE}
    columns = (
        Column(key="figure", label=words("column.figure"), shape=Shape.TEXT),
        *(Column(key=key, label=words(f"first.{key}"), shape=shape, help=key) for key, shape in shapes.items()),
    )
    return Table(
        key="locked",
        title=words("first.changed"),
        columns=columns,
        rows=tuple((words(f"tile.{item.name}"), item.locked, item.revision, item.since, item.live) for item in found),
        note=words(
            "first.locked_by",
            day=fmt.day(lock.reporting_day, words.language),
            name=lock.locked_by,
            at=fmt.instant(lock.locked_at, words, source.studio.zone),
        ),
    )


def _range(source: Source) -> Table:
    """The days that were asked about, and their sum: what was injected on them by what this snapshot knows."""
    words, days = source.words, _chosen_days(source)
    begin, end = (fmt.day(day, words.language) for day in source.rules.days or ())
    return Table(
        key="days",
        title=words("report_table.days", begin=begin, end=end),
        columns=(
            Column(key="day", label=words("column.day"), shape=Shape.DAY),
            Column(key="doses", label=words("number.doses"), shape=Shape.WHOLE, help="doses"),
        ),
        rows=(*((row.day, row.doses) for row in days), (None, sum(row.doses for row in days))),
        totals=1,
        note=words("report_table.days_note"),
    )


def _chosen_days(source: Source) -> Sequence[DayRow]:
    days = source.seen.days(source.version, PopulationGroup.ALL, source.area)
    asked = source.rules.days
    if asked is None:
        return days[-source.rules.chart_days :]
    return [row for row in days if asked[0] <= row.day <= asked[1]]


def _days(source: Source) -> Chart:
    words = source.words
    days = _chosen_days(source)
    return Chart(
        key="days",
        title=words("report_chart.days", place=source.names[source.area or NATION]),
        kind=ChartKind.COLUMNS,
        shape=Shape.WHOLE,
        label=words("number.doses"),
        categories=tuple(fmt.day_short(row.day, words.language) for row in days),
        values=tuple(row.doses for row in days),
    )
