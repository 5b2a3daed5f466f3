"""Doses by whether the identity on the record matches the population register; the three add up to all doses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import html

from campaign.coverage import Coverage
from campaign.shares import tenths
from campaign.trust import IdentityCount, Merges
from layouts import format as fmt
from layouts.parts import Child, attributes
from layouts.plain_table import plain_table
from layouts.words import Words

HUNDRED_THOUSAND = 100_000
STATUSES = ("matched", "mismatched", "none")


def identity(counts: Sequence[IdentityCount], *, names: Mapping[str, str], words: Words) -> list[Child]:
    """National figures, then a row a place of vaccination, the most mismatched first."""
    if not counts:
        return [html.Div(words("empty.identity"), className="empty")]
    head = ("place", "doses", "mismatched", "mismatched_share", "no_identity")
    rows: list[list[Child]] = [
        [
            html.B(names.get(item.area_code, item.area_code)),
            fmt.whole(item.doses, words.language),
            fmt.whole(item.mismatched, words.language),
            _share(item.mismatched, item.doses, words),
            fmt.whole(item.none, words.language),
        ]
        for item in counts
    ]
    total = sum(item.doses for item in counts)
    return [
        html.P(words("identity.lead", doses=fmt.whole(total, words.language)), className="note"),
        html.Dl(_facts(counts, words), className="facts"),
        plain_table("identity", head, rows, words, numeric={1, 2, 3, 4}, first=8),
    ]


def merged(found: Merges | None, words: Words) -> list[Child]:
    """How many identities turned out to be one person's; nothing where the source does not tell."""
    if found is None:
        return []
    language = words.language
    facts = (
        ("in_force", fmt.whole(found.in_force, language)),
        ("rate", fmt.decimal(found.in_force * HUNDRED_THOUSAND / found.people, language)),
        ("lately", fmt.whole(found.lately, language)),
        ("undone", fmt.whole(found.undone, language)),
    )
    return [
        html.H3(words("merges.title"), className="card-part"),
        html.P(words("merges.lead", people=fmt.whole(found.people, language)), className="note"),
        html.Dl(
            [
                html.Div(
                    [html.Dt(words(f"merges.{name}")), html.Dd(text, **attributes(data_number=f"merges/{name}"))],
                    className="fact",
                )
                for name, text in facts
            ],
            className="facts",
        ),
    ]


def _facts(counts: Sequence[IdentityCount], words: Words) -> list[Child]:
    """Three parts of all doses side by side: their shares add up to 100.0 %."""
    language = words.language
    doses: list[int] = [sum(getattr(item, status) for item in counts) for status in STATUSES]
    shares = [fmt.tenths(part, language) for part in tenths(doses)] if any(doses) else [fmt.UNKNOWN] * len(doses)
    return [
        html.Div(
            [html.Dt(words.named("identity", status)), html.Dd(f"{fmt.whole(number, language)} ({share})")],
            className="fact",
        )
        for status, number, share in zip(STATUSES, doses, shares, strict=True)
    ]


def _share(part: int, whole: int, words: Words) -> str:
    return fmt.percent(Coverage(people=part, population=whole), words.language)
