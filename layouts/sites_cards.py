"""The cards of the page about sites: how many are silent, doses an hour against the plan, both ends of provinces."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from campaign.ranks import Ranked, RankRow, bottom, left_out, top
from campaign.sites import HourRate
from layouts import format as fmt
from layouts.help_layer import define
from layouts.ids import Sites as Ids
from layouts.parts import Child, attributes, card, icon, native, tag, with_sign
from layouts.people_table import ratio_text
from layouts.sites_lists import FLAGGED, RANKS, SILENT, frame, reasons, share_text
from layouts.sites_model import SitePage
from layouts.words import Words

# Characters of a number that fit above a bar on a phone.
UPRIGHT = 3


def body(page: SitePage) -> list[Child]:
    return [*_notes(page), tiles(page), silent_card(page), pace_card(page), rank_card(page)]


def not_told(page_words: Words, ranked: Child) -> list[Child]:
    """Of a snapshot without plans of sessions: that is said, and the rest goes on."""
    text = html.Div(page_words("sites.not_told"), className="empty")
    return [card(page_words("sites.silent_title"), [text], anchor="im-lang"), ranked]


def _notes(page: SitePage) -> list[Child]:
    words = page.words
    told = [words("sites.part")] if page.part and not page.area else []
    if page.one_in > 1:
        told.append(words("sites.sample", one_in=page.one_in))
    return [html.P([icon("info"), html.Span(text)], className="banner banner-note sites-note") for text in told]


def tiles(page: SitePage) -> html.Section:
    """Planned sites are the sum of active, silent, waiting and done ones: all five stand there."""
    words, found, hours = page.words, page.counts, fmt.decimal(page.rules.silent_hours, page.words.language, digits=0)
    told = fmt.day(page.now.date(), words.language)
    at = words("asof.full", hour=f"{page.now:%H}", minute=f"{page.now:%M}", day=told)
    return html.Section(
        [
            html.H2(words("sites.tiles", place=page.name, at=at)),
            html.Div(
                [
                    _tile(
                        "planned",
                        found.planned,
                        words("sites.planned_people", people=_n(found.planned_people, words)),
                        words,
                    ),
                    _tile("active", found.active, words("sites.active_note", hours=hours), words),
                    _tile("silent", found.silent, words("sites.silent_note", count=_n(found.not_opened, words)), words),
                    _tile("waiting", found.waiting, words("sites.waiting_note", hours=hours), words),
                    _tile("done", found.done, words("sites.done_note"), words),
                    _tile(
                        "unplanned",
                        found.unplanned,
                        words("sites.unplanned_note", doses=_n(found.doses_unplanned, words)),
                        words,
                    ),
                ],
                className="sites-tiles",
            ),
            _file(page, "activity", page.words("sites.all_file")),
        ],
        className="sites-counts",
    )


def _tile(name: str, value: int, note: str, words: Words) -> html.Article:
    title = words(f"sites_tile.{name}")
    return html.Article(
        [
            html.H3(with_sign(title, define(f"site_{name}", title, words))),
            html.P(_n(value, words), className="big", **attributes(data_number=f"site_{name}")),
            html.P(note, className="card-note"),
        ],
        # A red edge beside a zero cries wolf.
        className=f"tile sites-tile sites-tile-{name}" if value else "tile sites-tile",
    )


def silent_card(page: SitePage) -> html.Section:
    words = page.words
    return card(
        words("sites.silent_title"),
        [
            html.P(
                words(
                    "sites.silent_lead",
                    hours=fmt.decimal(page.rules.silent_hours, words.language, digits=0),
                    opens=page.rules.opens_hour,
                    closes=page.rules.closes_hour,
                ),
                className="card-note",
            ),
            html.Label(
                [
                    html.Span(words("sites.search"), className="sr-only"),
                    html.Span(icon("search")),
                    _search(words),
                ],
                className="sites-search",
            ),
            frame("silent", SILENT, words, file=page.files["silent"]),
        ],
        anchor="im-lang",
    )


def _search(words: Words) -> Child:
    """A plain field: the script listens to it, and keeps what is typed in the address."""
    return native(
        "Input",
        id=Ids.SEARCH.value,
        type="search",
        placeholder=words("sites.search"),
        className="sites-query",
        autocomplete="off",
    )


def pace_card(page: SitePage) -> html.Section:
    words, rules, found = page.words, page.rules, page.counts
    language = words.language
    note = words(
        "sites.pace_note",
        hours=len(rules.hours),
        opens=rules.opens_hour,
        closes=rules.closes_hour,
        fast=fmt.share(rules.fast_share, language),
        slow=fmt.share(rules.slow_share, language),
    )
    counted = words(
        "sites.pace_counts",
        fast=_n(found.fast, words),
        slow=_n(found.slow, words),
        few=_n(found.too_few, words),
        least=rules.least_planned,
        fast_share=fmt.share(rules.fast_share, language),
        slow_share=fmt.share(rules.slow_share, language),
    )
    return card(
        words("sites.pace_title", place=page.name),
        [
            html.P(note, className="card-note"),
            hour_chart(page.hours, page.rules.fast_share, words),
            html.Details(
                [
                    html.Summary(words("sites.hour_table")),
                    hour_table(page.hours, words),
                    _file(page, "hours", words("table.csv")),
                ],
                className="more",
                open=False,
            ),
            html.H3(words("sites.flagged_title"), className="sub-head"),
            html.P(counted, className="card-note", id="sites-pace-counts"),
            frame("pace", FLAGGED, words, file=page.files["pace"]),
        ],
        anchor="nhip-tiem",
    )


def _file(page: SitePage, name: str, text: str) -> html.P:
    link = html.A([icon("down"), html.Span(text)], href=page.files[name], className="csv-link", download="")
    return html.P(link, className="sites-file")


def hour_chart(hours: Sequence[HourRate], fast_share: float, words: Words) -> html.Div:
    """A bar an hour, and the plan's level across the session; the table below says the same."""
    language = words.language
    top_of = max([1.0, *(float(item.doses or 0) for item in hours), *(item.capacity or 0.0 for item in hours)])
    fast = words("sites.key_fast", share=fmt.share(fast_share, language))
    keys: list[Child] = [
        html.Li([html.Span(className="key key-reported"), words("sites.key_doses")]),
        html.Li([html.Span(className="key hours-key-fast"), fast]),
        html.Li([html.Span(className="key hours-key-plan"), words("sites.key_plan")]),
    ]
    if any(item.doses and not item.whole for item in hours):
        keys.insert(1, html.Li([html.Span(className="key key-partial"), words("sites.key_open")]))
    # Three digits stand upright on a phone, longer numbers lie there.
    short = max((len(fmt.whole(item.doses, language)) for item in hours if item.doses), default=0) <= UPRIGHT
    return html.Div(
        [
            html.Ul(keys, className="keys"),
            html.Ol(
                [_hour(item, top_of, fast_share, words) for item in hours],
                className="hours hours-upright" if short else "hours",
                role="img",
                **attributes(aria_label=words("sites.chart_label")),
            ),
            html.P(words("sites.axis_hour"), className="hours-axis", **attributes(aria_hidden="true")),
        ]
    )


def _hour(item: HourRate, top_of: float, fast_share: float, words: Words) -> html.Li:
    kinds = ["hours-bar"]
    if item.share is not None and item.share > fast_share:
        kinds.append("hours-fast")
    if not item.whole:
        kinds.append("hours-open")
    plan: list[Child] = []
    if item.capacity is not None:
        plan = [html.Span(className="hours-plan", style={"bottom": f"{item.capacity / top_of:.2%}"})]
    height = f"{(item.doses or 0) / top_of:.2%}"
    bar = html.Span(className=" ".join(kinds), style={"height": height})
    text = fmt.whole(item.doses, words.language)
    # Upon its bar.
    number = [html.Span(text, className="hours-number", style={"bottom": height})] if item.doses else []
    return html.Li(
        [
            html.Span([bar, *plan, *number], className="hours-track"),
            html.Span(f"{item.hour:02d}", className="hours-name"),
        ]
    )


def hour_table(hours: Sequence[HourRate], words: Words) -> html.Div:
    language = words.language
    heads = (
        ("hour", ""),
        ("hour_doses", "site_doses"),
        ("hour_capacity", "site_capacity"),
        ("hour_share", "site_share"),
    )
    head = [
        html.Th(
            with_sign(title, define(help_id, title, words)) if help_id else title,
            scope="col",
            className="num" if help_id else "",
        )
        for name, help_id in heads
        for title in [words(f"sites_column.{name}")]
    ]
    rows = [
        html.Tr(
            [
                html.Th(
                    words("site.hour_from", start=f"{item.hour:02d}", end=f"{item.hour + 1:02d}")
                    + ("" if item.whole or item.doses is None else f" ({words('sites.in_progress')})"),
                    scope="row",
                ),
                _cell(f"hours/{item.hour}/doses", fmt.whole(item.doses, language), words("sites_column.hour_doses")),
                _cell(
                    f"hours/{item.hour}/capacity",
                    fmt.decimal(item.capacity, language),
                    words("sites_column.hour_capacity"),
                ),
                _cell(
                    f"hours/{item.hour}/capacity_share",
                    fmt.UNKNOWN if item.share is None else ratio_text(item.share, language),
                    words("sites_column.hour_share"),
                ),
            ]
        )
        for item in hours
    ]
    caption = words("sites_caption.hours")
    table = html.Table(
        [html.Caption(caption, className="sr-only"), html.Thead(html.Tr(head)), html.Tbody(rows)],
        className="plain-table sites-hours",
    )
    return html.Div(table, className="table-scroll", tabIndex=0, role="region", **attributes(aria_label=caption))


def _cell(name: str, text: str, label: str) -> html.Td:
    return html.Td(text, className="num", **attributes(data_cell=name, data_label=label))


def rank_card(page: SitePage) -> html.Section:
    """The lists are the ends of the table below, sorted: whoever is left out of them stays at its foot."""
    words = page.words
    out = sorted({row.area_code: row for ranked in Ranked for row in left_out(page.ranks, ranked)}.values(), key=_code)
    return card(
        words("sites.rank_title"),
        [
            html.P(words("sites.rank_note"), className="card-note"),
            *(
                [html.P(words("sites.rank_sample", one_in=page.one_in), className="card-note")]
                if page.one_in > 1
                else []
            ),
            html.Div([_ends(page, ranked) for ranked in Ranked], className="sites-ranks"),
            html.H3(words("sites.left_out_title", count=len(out)), className="sub-head"),
            html.P(words("sites.left_out_note"), className="card-note"),
            html.Ul(
                [
                    html.Li(
                        [html.B(page.area_name(row.area_code)), ": ", "; ".join(reasons(row, page))],
                        **attributes(data_left_out=row.area_code),
                    )
                    for row in out
                ],
                className="sites-left-out",
            )
            if out
            else html.P(words("sites.nobody_left_out"), className="card-note"),
            html.H3(words("sites.rank_table"), className="sub-head"),
            frame("ranks", RANKS, words, file=page.files["ranks"]),
        ],
        anchor="xep-hang",
    )


def _code(row: RankRow) -> str:
    return row.area_code


def _ends(page: SitePage, ranked: Ranked) -> html.Div:
    words = page.words
    title = words(f"sites_rank.{ranked}")
    parts: list[Child] = [html.H3(with_sign(title, define(f"rank_{ranked}", title, words)))]
    for end, rows in (
        ("top", top(page.ranks, ranked, page.places)),
        ("bottom", bottom(page.ranks, ranked, page.places)),
    ):
        heading = tag(
            words(f"sites.{end}", count=len(rows)),
            kind="good" if end == "top" else "open",
            icon_name="up" if end == "top" else "down",
        )
        items = [
            html.Li(
                [
                    html.A(page.area_name(row.area_code), href=f"/diem-tiem?area={row.area_code}"),
                    html.B(share_text(row, ranked, words)),
                    html.Span(_fraction(row, ranked, words), className="line-of"),
                ],
                **attributes(data_rank=f"{ranked}/{end}/{row.area_code}"),
            )
            for row in rows
        ]
        drawn: Child = (
            html.Ol(items, className="sites-rank") if items else html.P(words("sites.nobody"), className="card-note")
        )
        parts.append(html.Div([html.P(heading), drawn]))
    return html.Div(parts, className="sites-ends")


def _fraction(row: RankRow, ranked: Ranked, words: Words) -> str:
    if ranked is Ranked.COVERAGE:
        return fmt.fraction(row.reached, words.language)
    return f"{fmt.whole(row.doses, words.language)} / {fmt.whole(row.received, words.language)}"


def _n(value: int, words: Words) -> str:
    return fmt.whole(value, words.language)
