"""Live and locked side by side, and what between them is new and what is a revision of the locked day."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from dash import html

from campaign.first import Change
from layouts import format as fmt
from layouts.first_model import First
from layouts.help_layer import define
from layouts.parts import Child, attributes, icon, with_sign
from layouts.words import Words


def tile(title: str, help_id: str, body: list[Child], words: Words, *, name: str) -> html.Article:
    return html.Article(
        [html.H2(with_sign(title, define(help_id, title, words))), *body],
        className=f"tile first-{name}",
        id=f"first-{name}",
    )


def locked(found: First, words: Words, zone: ZoneInfo) -> html.Article:
    """Live and locked side by side, and what between them is new and what is a revision of the locked day."""
    lock = found.lock
    if lock is None:
        body: list[Child] = [
            html.P([icon("info"), " ", words("first.nothing_locked")], className="first-none"),
            html.P(words("first.lock_rule"), className="card-note"),
        ]
        return tile(words("first.changed"), "locked", body, words, name="locked")
    language = words.language
    heads = ("locked", "live", "revision", "since")
    table = html.Table(
        [
            html.Caption(words("first.changed"), className="sr-only"),
            html.Thead(
                html.Tr(
                    [
                        html.Td(""),
                        *(
                            html.Th(
                                with_sign(words(f"first.{name}"), define(name, words(f"first.{name}"), words)),
                                scope="col",
                                className="num",
                            )
                            for name in heads
                        ),
                    ]
                )
            ),
            html.Tbody([_change(item, words) for item in found.changes]),
        ],
        className="plain-table first-changes",
    )
    late = (found.today - lock.reporting_day).days > 1
    by = words(
        "first.locked_by",
        day=fmt.day(lock.reporting_day, language),
        name=lock.locked_by,
        at=fmt.instant(lock.locked_at, words, zone),
    )
    body = [
        *([html.P([icon("warn"), " ", words("first.not_yesterday")], className="first-none")] if late else []),
        html.Div(
            table, className="table-scroll", tabIndex=0, role="region", **attributes(aria_label=words("first.changed"))
        ),
        html.P(
            [
                by,
                " · ",
                html.A(
                    words("locks.version", version=fmt.whole(lock.snapshot_version, language)),
                    href=f"?v={lock.snapshot_version}",
                ),
            ],
            className="card-note",
        ),
    ]
    return tile(words("first.changed"), "locked", body, words, name="locked")


def _change(item: Change, words: Words) -> html.Tr:
    language = words.language
    cells: list[tuple[str, Child]] = [
        ("locked", fmt.whole(item.locked, language)),
        ("live", html.B(fmt.whole(item.live, language))),
        ("revision", fmt.signed(item.revision, words.language)),
        ("since", fmt.signed(item.since, words.language)),
    ]
    return html.Tr(
        [
            html.Th(words(f"tile.{item.name}"), scope="row"),
            *(
                html.Td(
                    text,
                    className="num",
                    **attributes(data_number=f"lock/{item.name}/{name}", data_label=words(f"first.{name}")),
                )
                for name, text in cells
            ),
        ]
    )
