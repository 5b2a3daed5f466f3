"""From registered to fully vaccinated, the priority groups, and who is due or overdue."""

from __future__ import annotations

from campaign.funnel_tables import funnel_rows, wait_rows
from campaign.people_tables import Row, due_rows, group_rows
from campaign.report import Chart, ChartKind, Column, Part, Section, Shape, Share, Table, Value
from dashboard import people
from dashboard.reported.source import Source, table_of


def people_section(source: Source) -> Section:
    """Of the place of the report; what the source does not tell is left out, and said."""
    words = source.words
    told = people.told(source.studio, source.version, source.view, source.scope)
    tables: list[Table] = []
    charts: list[Chart] = []
    if told.people.states is not None:
        rows = funnel_rows(told.people, (told.place,), people.stage_names(words))
        tables.append(_funnel(source, rows))
        charts.append(_steps(source, rows))
    if told.people.waits is not None or told.people.open is not None:
        tables.append(_waits(source, wait_rows(told.people, (told.place,), told.limits)))
    if told.people.due is not None:
        named = people.with_products(source.studio, due_rows(told.people, (told.place,), told.limits), words)
        tables.append(_due(source, named))
    if told.people.groups is not None:
        tables.append(_groups(source, group_rows(told.people, (told.place,), people.group_names(source.studio, words))))
    missing = () if tables else (words("people.not_told"),)
    return Section(
        part=Part.PEOPLE,
        title=words("report_part.people"),
        sentences=missing,
        tables=tuple(tables),
        charts=tuple(charts),
    )


def _label(source: Source, key: str, shape: Shape = Shape.WHOLE) -> Column:
    return Column(key=key, label=source.words(f"people_column.{key}"), shape=shape)


def _funnel(source: Source, rows: list[Row]) -> Table:
    words = source.words
    registered = rows[0]["count"]

    def share(row: Row) -> Value:
        count = row["count"]
        return Share(count, registered) if isinstance(count, int) and isinstance(registered, int) else None

    return table_of(
        "funnel",
        words("people_caption.funnel"),
        (
            _label(source, "stage_name", Shape.TEXT),
            Column(key="counted", label=words("report_column.counted"), shape=Shape.TEXT),
            _label(source, "count"),
            _label(source, "of_registered_share", Shape.SHARE),
            Column(key="above", label=words("report_column.above"), shape=Shape.WHOLE),
        ),
        rows,
        cells={
            "of_registered_share": share,
            "counted": lambda row: words(f"people.unit_{row['counted']}"),
        },
        note=words("people.funnel_note"),
    )


def _steps(source: Source, rows: list[Row]) -> Chart:
    known = [row for row in rows if isinstance(row["count"], int)]
    return Chart(
        key="funnel",
        title=source.words("people_caption.funnel"),
        kind=ChartKind.BARS,
        shape=Shape.WHOLE,
        label=source.words("people_column.count"),
        categories=tuple(str(row["stage_name"]) for row in known),
        values=tuple(row["count"] if isinstance(row["count"], int) else None for row in known),
    )


def _waits(source: Source, rows: list[Row]) -> Table:
    words = source.words
    keys = ("served", "median_days", "p90_days", "waiting", "deferred", "long")
    labels = {
        "served": words("report_column.served"),
        "long": words("people.over", days=source.studio.limits.unserved_days),
    }
    return table_of(
        "waiting",
        words("people.wait_title"),
        [Column(key=key, label=labels.get(key) or words(f"people_column.{key}"), shape=Shape.WHOLE) for key in keys],
        rows,
    )


def _due(source: Source, rows: list[Row]) -> Table:
    words = source.words
    ordered = [*rows[1:], rows[0]]
    return table_of(
        "overdue",
        words("people.due_title"),
        (
            _label(source, "product_name", Shape.TEXT),
            _label(source, "overdue"),
            _label(source, "due"),
            _label(source, "people"),
        ),
        ordered,
        totals=1,
    )


def _groups(source: Source, rows: list[Row]) -> Table:
    return table_of(
        "groups",
        source.words("people.group_short"),
        (
            _label(source, "group_name", Shape.TEXT),
            *(_label(source, key) for key in ("dose1", "full", "boosted", "member_dose1", "member_full")),
        ),
        rows,
        totals=1,
        note=source.words("people.group_note"),
    )
