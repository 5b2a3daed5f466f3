"""The page that lists the open data: files of the newest publication and of each day, columns, changes, licence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from campaign.open_tables import TABLES, OpenChange, OpenTable
from campaign.publication import Publication
from layouts import format as fmt
from layouts.markup import Content, Markup, el
from layouts.public_page import OPEN_ADDRESS as ADDRESS
from layouts.public_page import Setting, facts_of, page
from layouts.words import Words

LATEST = "latest"
FORMS = ("csv", "json", "parquet")
LICENCE = "CC-BY-4.0"
# Days that the page lists; index.json has all of them.
LISTED = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What there is. days: of publications, the newest first."""

    publication: Publication
    days: Sequence[date]
    changes: Sequence[OpenChange]


def open_page(offer: Offer, setting: Setting) -> Markup:
    words = setting.words
    main = [
        _title(offer, setting),
        _latest(words),
        _archive(offer, words, hour=setting.hour),
        *(_columns(table, words) for table in TABLES.values()),
        _changes(offer, words),
    ]
    return page(main, setting, address=ADDRESS, title=words("open.title"))


def waiting_page(setting: Setting) -> Markup:
    words = setting.words
    main = [el("h1", words("public.waiting")), el("p", words("public.waiting_text"), class_="note")]
    return page(main, setting, address=ADDRESS, title=words("open.title"))


def _title(offer: Offer, setting: Setting) -> Content:
    words, about = setting.words, offer.publication.about
    ratio = fmt.whole(about.one_in, words.language)
    return [
        el("p", words("public.title"), class_="eyebrow"),
        el("h1", words("open.title")),
        facts_of(offer.publication, setting),
        el("p", words("open.lead", hour=setting.hour, step=offer.publication.step), class_="note"),
        el("p", words("open.licence"), class_="note"),
        el("p", el("b", words("demo.title", one_in=ratio)), " ", words("demo.text", one_in=ratio), class_="notice")
        if about.is_demo
        else None,
    ]


def _latest(words: Words) -> Content:
    head = el(
        "tr", el("th", words("open.table"), scope="col"), *(el("th", form.upper(), scope="col") for form in FORMS)
    )
    rows = [
        el(
            "tr",
            el("th", words(f"open_table.{name}"), scope="row"),
            [el("td", _link(LATEST, name, form)) for form in FORMS],
        )
        for name in TABLES
    ]
    more = [
        el("a", words(f"open.{name}"), href=f"{ADDRESS}/{name}.json") for name in ("dictionary", "changelog", "index")
    ]
    return el(
        "section",
        el("h2", words("open.latest")),
        el("p", words("open.latest_note"), class_="note"),
        _scroll(el("table", el("thead", head), el("tbody", rows), class_="words"), words("open.latest")),
        el("p", more[0], " · ", more[1], " · ", more[2], class_="more"),
        class_="sheet",
    )


def _archive(offer: Offer, words: Words, *, hour: int) -> Content:
    head = el(
        "tr",
        el("th", words("open.day"), scope="col"),
        [el("th", words(f"open_table.{name}"), scope="col") for name in TABLES],
    )
    rows = [
        el(
            "tr",
            el("th", fmt.day(day, words.language), scope="row"),
            [el("td", [[_link(day.isoformat(), name, form), " "] for form in FORMS]) for name in TABLES],
        )
        for day in offer.days[:LISTED]
    ]
    left = len(offer.days) - LISTED
    return el(
        "section",
        el("h2", words("open.archive")),
        el("p", words("open.archive_note", hour=hour), class_="note"),
        # Three files for each of three tables: a phone has no room for them side by side.
        el("p", words("public.sideways"), class_="note sideways"),
        _scroll(el("table", el("thead", head), el("tbody", rows), class_="words"), words("open.archive")),
        el("p", words("open.archive_more", count=fmt.whole(left, words.language)), class_="note") if left > 0 else None,
        class_="sheet",
    )


def _columns(table: OpenTable, words: Words) -> Content:
    title = words("open.columns", table=words(f"open_table.{table.name}"))
    head = el("tr", [el("th", words(f"open.{name}"), scope="col") for name in ("column", "type", "meaning")])
    rows = [
        el(
            "tr",
            el("th", _code(column.name), scope="row"),
            el("td", words(f"open_type.{column.kind}")),
            el("td", words(f"open_column.{column.name}"), class_="prose"),
        )
        for column in table.columns
    ]
    return el(
        "section", el("h2", title), _scroll(el("table", el("thead", head), el("tbody", rows), class_="words"), title),
        class_="sheet",
    )  # fmt: skip


def _changes(offer: Offer, words: Words) -> Content:
    items = [
        el("li", el("b", fmt.day(change.on, words.language), ":"), " ", words.pick(change.text_vi, change.text_en))
        for change in offer.changes
    ]
    return el("section", el("h2", words("open.changes")), el("ul", items), class_="rule")


def _code(name: str) -> Markup:
    """Where the line is short it breaks after a stroke; what is copied is the name as it is."""
    first, *others = name.split("_")
    return el("code", first, [["_", el("wbr"), part] for part in others])


def _link(edition: str, table: str, form: str) -> Markup:
    return el("a", form.upper(), href=f"{ADDRESS}/{edition}/{table}.{form}")


def _scroll(table: Markup, label: str) -> Markup:
    return el("div", table, class_="scroll", tabindex=0, role="region", aria_label=label)
