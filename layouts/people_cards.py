"""The cards of the page about people: what each table shows, and what is said where a snapshot does not have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dash import html

from campaign.due import WEEKS, week_starts
from campaign.funnel_tables import REGISTRATIONS, bucket_columns
from campaign.people import PeopleLimits, Place
from campaign.people_tables import ALL_PRODUCTS, WEEK_COLUMNS, Row
from layouts import format as fmt
from layouts.parts import Child, card, icon, tag
from layouts.people_table import Table, people_table
from layouts.words import Words

Rows = Sequence[Row]
# Weeks of which the list of provinces has room.
NEAR_WEEKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What all cards of one drawing share. `picked`: the area that is looked at; `files`: address of a table's file."""

    place: Place
    today: date
    limits: PeopleLimits
    words: Words
    picked: str
    files: Mapping[str, str]

    @property
    def fixed(self) -> frozenset[str]:
        """The row of the whole stays below the others."""
        return frozenset({self.place.code, "nation"} - {self.picked})


def not_told(title: str, words: Words, *, anchor: str) -> html.Section:
    return card(title, [html.Div(words("people.not_told"), className="empty")], anchor=anchor)


def due_card(sheet: Sheet, rows: Rows) -> html.Section:
    """`rows`: of each listed place with all products, and of the chosen one product by product."""
    words, grace = sheet.words, sheet.limits.overdue_days
    labels = week_labels(sheet.today, words)
    products = [row for row in rows if row["area"] == sheet.place.code]
    places = [row for row in rows if row["product"] == ALL_PRODUCTS]
    by_product = Table(
        name="overdue",
        key="product",
        head=("product_name", "overdue", "due", *WEEK_COLUMNS, "later", "people"),
        labels=labels,
        fixed=frozenset({ALL_PRODUCTS}),
    )
    by_place = Table(
        name="overdue_places",
        key="area",
        head=("name", "overdue", "due", *WEEK_COLUMNS[:NEAR_WEEKS], "people"),
        labels=labels,
        fixed=sheet.fixed,
        places=True,
        sort="overdue",
    )
    return card(
        words("people.due_title"),
        [
            html.P(
                words("people.due_note", days=grace, day=fmt.day(sheet.today, words.language)), className="card-note"
            ),
            html.H3(words("people.by_product", place=sheet.place.name), className="sub-head"),
            people_table(by_product, products, words),
            html.H3(words("people.by_province"), className="sub-head"),
            html.P(
                f"{words('people.due_no_district')} {words('people.near_weeks', weeks=NEAR_WEEKS)}",
                className="card-note",
            ),
            people_table(by_place, places, words, picked=sheet.picked, file=sheet.files["overdue"]),
        ],
        anchor="mui-tiep-theo",
    )


def week_labels(today: date, words: Words) -> dict[str, str]:
    """A week by its first and last day; the first is what is left of the present one."""
    starts = week_starts(today)
    ends = (*(start - timedelta(1) for start in starts[1:]), starts[-1] + timedelta(6))
    # A place to break the line behind the dash, and none within a day: eleven columns stand beside one another.
    spans = [
        "–\u200b".join(fmt.day_short(day, words.language) for day in week) for week in zip(starts, ends, strict=True)
    ]
    named = dict(zip(WEEK_COLUMNS, spans, strict=True))
    return named | {"later": words("people.later", weeks=WEEKS)}


def funnel_card(sheet: Sheet, rows: Rows) -> html.Section:
    words = sheet.words
    top = max((row["count"] for row in rows if isinstance(row["count"], int)), default=0)

    def counted(row: Row) -> Child:
        if not isinstance(row["count"], int):
            return tag(words("people.stage_not_told"), kind="none", icon_name="dash")
        unit = words("people.unit_registrations" if row["counted"] == REGISTRATIONS else "people.unit_people")
        return html.Span([html.B(fmt.whole(row["count"], words.language)), f" {unit}"])

    def bar(row: Row) -> Child:
        count = row["count"] if isinstance(row["count"], int) else 0
        kind = "people-bar people-bar-doses" if row["counted"] != REGISTRATIONS else "people-bar"
        return html.Div(
            html.Div(className=kind, style={"width": f"{count / top:.2%}" if top else "0%"}), className="people-track"
        )

    def above(row: Row) -> Child | None:
        more = row["above"]
        if not isinstance(more, int) or not more:
            return ""
        return tag(words("people.above", people=fmt.whole(more, words.language)), kind="open", icon_name="warn")

    # A column in which no row says anything is left out.
    noted = ("above",) if any(row["above"] for row in rows) else ()
    table = Table(
        name="funnel",
        key="stage",
        head=("stage_name", "count", "bar", "of_registered_share", *noted),
        cells={"count": counted, "bar": bar, "above": above},
    )
    return card(
        words("people.funnel_title", place=sheet.place.name),
        [
            html.P(words("people.funnel_note"), className="card-note"),
            people_table(table, rows, words, file=sheet.files["funnel"]),
        ],
        anchor="dang-ky",
    )


def wait_card(sheet: Sheet, rows: Rows, reasons: Rows) -> html.Section:
    words, days = sheet.words, sheet.limits.unserved_days
    buckets = bucket_columns(sheet.limits)
    table = Table(
        name="waiting",
        key="area",
        head=("name", "median_days", "p90_days", "waiting", *buckets, "long", "deferred"),
        labels={name: bucket_label(name, words) for name in buckets} | {"long": words("people.over", days=days)},
        fixed=sheet.fixed,
        places=True,
        sort="long",
    )
    deferred = Table(name="deferrals", key="reason", head=("reason_name", "registrations"))
    return card(
        words("people.wait_title"),
        [
            html.P(words("people.wait_note", days=days), className="card-note"),
            people_table(table, rows, words, picked=sheet.picked, file=sheet.files["waiting"]),
            html.H3(words("people.deferral_title", place=sheet.place.name), className="sub-head"),
            html.P(words("people.deferral_note"), className="card-note"),
            people_table(deferred, reasons, words, file=sheet.files["deferrals"])
            if reasons
            else html.Div(words("people.no_deferrals"), className="empty"),
        ],
        anchor="cho-tiem",
    )


def bucket_label(name: str, words: Words) -> str:
    """ "days_8_14" -> "8–14 ngày"."""
    _, low, high = name.split("_")
    return words("people.bucket_up", low=low) if high == "up" else words("people.bucket", low=low, high=high)


def flow_card(sheet: Sheet, rows: Rows, moves: Rows) -> html.Section:
    words = sheet.words
    table = Table(
        name="flows",
        key="area",
        head=(
            "name", "by_residence", "by_place", "at_home", "inflow", "inflow_share", "outflow", "outflow_share", "net",
            "to_central", "of_unknown",
        ),
        fixed=sheet.fixed,
        places=True,
        sort="inflow",
    )  # fmt: skip
    largest = Table(name="moves", key="key", head=("residence_name", "place_name", "doses"))
    listed = [row | {"key": f"{row['residence']}-{row['place']}"} for row in moves]
    return card(
        words("people.flow_title"),
        [
            html.P(words("people.flow_note"), className="card-note"),
            people_table(table, rows, words, picked=sheet.picked, file=sheet.files["flows"]),
            html.H3(words("people.moves_title", place=sheet.place.name), className="sub-head"),
            people_table(largest, listed, words, file=sheet.files["moves"])
            if listed
            else html.Div(words("people.no_moves"), className="empty"),
        ],
        anchor="noi-o-noi-tiem",
    )


def group_card(sheet: Sheet, rows: Rows) -> html.Section:
    words = sheet.words
    table = Table(
        name="groups",
        key="group",
        head=("group_name", "dose1", "full", "boosted", "doses", "member_dose1", "member_full"),
        fixed=frozenset({"0", "all"}),
    )
    return card(
        words("people.group_title", place=sheet.place.name),
        [
            html.P(words("people.group_note"), className="card-note"),
            people_table(table, rows, words, file=sheet.files["groups"]),
        ],
        anchor="nhom",
    )


def tier_card(sheet: Sheet, rows: Rows) -> html.Section:
    words = sheet.words
    table = Table(
        name="tiers",
        key="tier",
        head=(
            "name", "provinces", "dose1_18plus_share", "full_18plus_share", "dose1_18plus", "full_18plus",
            "population_18plus", "dose1", "full", "overdue",
        ),
        fixed=frozenset({"tier-0", "nation"}),
    )  # fmt: skip
    return card(
        words("people.tier_title"),
        [
            html.P(words("people.tier_note"), className="card-note"),
            people_table(table, rows, words, picked=sheet.place.code, file=sheet.files["tiers"]),
        ],
        anchor="bac-tinh",
    )


def age_card(sheet: Sheet, rows: Rows, places: Rows) -> html.Section:
    """`rows`: of the chosen place by band; `places`: of each listed place, its bands side by side."""
    words = sheet.words
    table = Table(
        name="ages",
        key="age_band",
        head=("band_name", "none", "dose1", "full", "boosted", "population", "dose1_share", "full_share"),
        fixed=frozenset({"18plus", "all"}),
    )
    columns = [column for column in (places[0] if places else {}) if column.startswith(("dose1_", "full_"))]
    wide = Table(
        name="ages_places",
        key="area",
        head=("name", *columns),
        labels={column: age_label(column, words) for column in columns},
        fixed=sheet.fixed,
        places=True,
    )
    return card(
        words("people.age_title", place=sheet.place.name),
        [
            html.P(words("people.age_note"), className="card-note"),
            people_table(table, rows, words),
            html.H3(words("people.age_by_province"), className="sub-head"),
            people_table(wide, places, words, picked=sheet.picked, file=sheet.files["ages"]),
        ],
        anchor="tuoi",
    )


def age_label(column: str, words: Words) -> str:
    """ "dose1_65plus" -> "65 tuổi trở lên, ít nhất 1 mũi"."""
    measure, band = column.split("_", 1)
    return words("people.age_column", band=words.named("band_short", band), measure=words(f"people_measure.{measure}"))


def above_card(place: str, lines: Sequence[str], words: Words) -> html.Section:
    """Why more people are counted than the population has."""
    return card(
        words("people.above_title", place=place),
        [html.Ul([html.Li([icon("info"), html.Span(line)]) for line in lines], className="people-why")],
        anchor="tren-100",
    )
