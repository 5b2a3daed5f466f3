"""Long lists of sites and the table of provinces as rows for the browser, which sorts, searches and draws a part of
them (assets/sites.js): a thousand rows drawn at once would make a phone wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from campaign.coverage import Coverage
from campaign.ranks import Ranked, RankRow
from campaign.sites import PLANNED, Judged, Pace, minutes
from layouts import format as fmt
from layouts.first_words import cause_text
from layouts.help_layer import define
from layouts.parts import attributes, head_with_sign
from layouts.people_table import ratio_text
from layouts.place_parts import csv_link
from layouts.sites_model import SitePage, site_address
from layouts.words import Words

# A row of a list: key, address of its page, texts, numbers that they are sorted by, whether it stays below the others,
# and how it is marked.
ListRow = list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """name: also of its title, sites_column.<name>. help: its definition; '' for a name that needs none."""

    name: str
    help: str = ""

    @property
    def number(self) -> bool:
        return bool(self.help)


PLACE = (Column(name="name", help=""), Column(name="district_name"), Column(name="area_name"))
SILENT = (
    *PLACE,
    Column(name="planned", help="site_planned"),
    Column(name="last_record", help="site_last_record"),
    Column(name="quiet", help="site_silent"),
    Column(name="missed", help="site_missed"),
    Column(name="session", help="site_session"),
)
FLAGGED = (
    *PLACE,
    Column(name="planned", help="site_planned"),
    Column(name="doses_whole", help="site_doses"),
    Column(name="doses_an_hour", help="site_rate"),
    Column(name="capacity_an_hour", help="site_capacity"),
    Column(name="capacity_share", help="site_share"),
)
RANKS = (
    Column(name="name"),
    Column(name="usage_share", help="rank_usage"),
    Column(name="doses", help="rank_doses"),
    Column(name="received", help="rank_received"),
    Column(name="coverage_share", help="rank_coverage"),
    Column(name="dose1_18plus", help="rank_people"),
    Column(name="left_out", help="rank_left_out"),
)


def frame(table: str, columns: Sequence[Column], words: Words, *, file: str) -> html.Div:
    """The table without its rows, and its file."""
    caption = words(f"sites_caption.{table}")
    head = [_head(table, place, column, words) for place, column in enumerate(columns)]
    return html.Div(
        [
            html.Div(
                html.Table(
                    [
                        html.Caption(caption, className="sr-only"),
                        html.Thead(html.Tr(head)),
                        html.Tbody(id=f"sites-{table}-rows"),
                    ],
                    className="plain-table target-table people-table sites-table",
                    **attributes(data_table=table),
                ),
                className="table-scroll",
                tabIndex=0,
                role="region",
                **attributes(aria_label=caption),
            ),
            html.P(id=f"sites-{table}-foot", className="card-note sites-foot", role="status"),
            html.Button(
                words("sites.more"),
                n_clicks=0,
                className="choice",
                id=f"sites-{table}-more",
                **attributes(data_action="sites-more", data_list=table),
            ),
            html.P(csv_link(file, words), className="sites-file"),
        ]
    )


def _head(table: str, place: int, column: Column, words: Words) -> html.Th:
    title = words(f"sites_column.{column.name}")
    button = html.Button(
        title,
        n_clicks=0,
        className="sort",
        **attributes(data_action="sites-sort", data_list=table, data_column=str(place)),
    )
    parts = head_with_sign(button, define(column.help, title, words)) if column.help else button
    return html.Th(parts, scope="col", className="num" if column.number else "", **attributes(aria_sort="none"))


def silent_list(page: SitePage) -> list[ListRow]:
    """As they come, the most missed doses first; at most `page.most`."""
    words = page.words
    return [
        [
            item.site.code,
            site_address(item, page.sites.__contains__),
            [
                *_place(item, page),
                fmt.whole(item.site.planned, words.language),
                _last(item, page),
                duration(minutes(item.quiet), words),
                fmt.decimal(item.missed, words.language),
                words("sites.not_opened" if item.site.session == PLANNED else "sites.opened"),
            ],
            [
                *(None, None, None),
                item.site.planned,
                item.site.last_record.timestamp() if item.site.last_record else None,
                minutes(item.quiet),
                item.missed,
                int(item.site.session == PLANNED),
            ],
            0,
            "not-opened" if item.site.session == PLANNED else "",
        ]
        for item in page.silent[: page.most]
    ]


def flagged_list(page: SitePage) -> list[ListRow]:
    words = page.words
    return [
        [
            item.site.code,
            site_address(item, page.sites.__contains__),
            [
                *_place(item, page),
                fmt.whole(item.site.planned, words.language),
                fmt.whole(item.site.doses_whole, words.language),
                fmt.decimal(item.rate, words.language),
                fmt.decimal(item.capacity, words.language),
                words(f"sites_pace.{item.pace}", share=ratio_text(item.share or 0.0, words.language)),
            ],
            [None, None, None, item.site.planned, item.site.doses_whole, item.rate, item.capacity, item.share],
            0,
            "fast" if item.pace is Pace.FAST else "slow",
        ]
        for item in page.flagged[: page.most]
    ]


def rank_list(page: SitePage) -> list[ListRow]:
    """Provinces by use, the highest first; those with red data stay below, whatever the order."""
    words, language = page.words, page.words.language
    ordered = sorted(page.ranks, key=lambda row: (bool(row.doubts), -(row.value(Ranked.USAGE) or -1.0), row.area_code))
    return [
        [
            row.area_code,
            f"/diem-tiem?area={row.area_code}",
            [
                page.area_name(row.area_code),
                share_text(row, Ranked.USAGE, words),
                fmt.whole(row.doses, language),
                fmt.whole(row.received, language),
                share_text(row, Ranked.COVERAGE, words),
                fmt.fraction(row.reached, language),
                "; ".join(reasons(row, page)) or words("sites.ranked"),
            ],
            [
                None,
                row.value(Ranked.USAGE),
                row.doses,
                row.received,
                row.value(Ranked.COVERAGE),
                row.reached.people if row.reached else None,
                len(reasons(row, page)),
            ],
            int(bool(row.doubts)),
            "red" if row.doubts else "",
        ]
        for row in ordered
    ]


def share_text(row: RankRow, ranked: Ranked, words: Words) -> str:
    """Coverage as on every other page, rounded down from whole numbers."""
    if ranked is Ranked.COVERAGE:
        return fmt.percent(row.reached, words.language)
    used = Coverage(people=row.doses or 0, population=row.received) if row.value(ranked) is not None else None
    return fmt.percent(used, words.language)


def reasons(row: RankRow, page: SitePage) -> list[str]:
    """Why it is left out of one order or both, in words."""
    words = page.words
    doubts = [cause_text(cause, page.now.date(), words, other="") for cause in row.doubts]
    missing = [words(f"sites_missing.{found}") for ranked in Ranked if (found := row.missing(ranked)) is not None]
    return [*doubts, *missing]


def duration(found: int | None, words: Words) -> str:
    """Minutes as hours and minutes."""
    if found is None:
        return fmt.UNKNOWN
    return words("sites.duration", hours=found // 60, minutes=f"{found % 60:02d}")


def _place(item: Judged, page: SitePage) -> tuple[str, str, str]:
    own = item.site
    return page.site_name(own.code), page.district_name(own.district_code), page.area_name(own.area_code)


def _last(item: Judged, page: SitePage) -> str:
    if item.site.last_record is None:
        return page.words("sites.no_record")
    local = item.site.last_record.astimezone(page.now.tzinfo)
    if local.date() == page.now.date():
        return f"{local:%H:%M}"
    return fmt.minute(local, page.words.language)
