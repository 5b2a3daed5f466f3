"""Whose figures the page about people shows, and what they come to in a few sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import html

from campaign.coverage import NATION
from campaign.people import Place
from campaign.people_tables import Row
from geo.text import collation_key
from layouts import format as fmt
from layouts.ids import People as Ids
from layouts.parts import Child, attributes
from layouts.people_table import ratio_text
from layouts.words import Words


def place_choice(
    place: Place, *, tiers: Sequence[Place], areas: Mapping[str, str], words: Words, unconfirmed: bool
) -> html.Div:
    """The nation, a tier, or one of `areas` (name by code, those that the reader may see). unconfirmed: the list of
    provinces by tier comes from no document at hand, which is said beside it."""
    whole = [
        _button(words("table.nation"), pressed=place.code == NATION, area="", tier=""),
        *(
            _button(tier.name, pressed=place.code == tier.code, area="", tier=tier.code.removeprefix("tier-"))
            for tier in tiers
        ),
    ]
    by_name = sorted(areas.items(), key=lambda item: collation_key(item[1]))
    options = [html.Option(words("people.any_province"), value="")]
    options += [html.Option(name, value=code, selected=code == place.code) for code, name in by_name]
    province = html.Select(
        options, id=Ids.CHOSEN, className="people-select", **attributes(aria_label=words("people.choose_province"))
    )
    note: list[Child] = [html.P(words("people.tiers_unconfirmed"), className="card-note")] if unconfirmed else []
    return html.Div(
        [
            html.Div(
                [
                    _group(words("people.choose_whole"), whole),
                    _group(words("people.choose_province"), [province]),
                ],
                className="filters target-choices",
            ),
            *note,
        ]
    )


def _group(name: str, items: Sequence[Child]) -> html.Div:
    return html.Div(
        [html.Span(name, className="filter-name"), html.Div(list(items), className="choice-row")],
        className="filter",
        role="group",
        **attributes(aria_label=name),
    )


def _button(text: str, *, pressed: bool, area: str, tier: str) -> html.Button:
    return html.Button(
        text,
        n_clicks=0,
        className="choice",
        **attributes(data_action="people-place", aria_pressed=str(pressed).lower(), data_area=area, data_tier=tier),
    )


def facts(
    place: Place, *, due: Row | None, wait: Row | None, flow: Row | None, words: Words, days: int
) -> html.Section:
    """What an official asks first of a place, each in a sentence that names it; a part that is not there is left out.
    days: from when on a registration waits long."""
    language = words.language
    # The name of a fact says what is counted, its number in what.
    told: list[tuple[str, str, str, str]] = []
    people, registrations = words("unit.people"), words("unit.registrations")
    if due is not None:
        told += [
            ("overdue", fmt.whole(_whole(due["overdue"]), language), words("people.fact_overdue"), people),
            ("due", fmt.whole(_whole(due["due"]), language), words("people.fact_due"), people),
        ]
    if wait is not None:
        long = fmt.whole(_whole(wait["long"]), language)
        told.append(("long", long, words("people.fact_long", days=days), registrations))
        median, p90 = _whole(wait["median_days"]), _whole(wait["p90_days"])
        if median is not None:
            told.append(
                (
                    "median",
                    words("people.days", days=median),
                    words("people.fact_median", days=fmt.whole(p90, language)),
                    "",
                )
            )
    if flow is not None and isinstance(flow["inflow_share"], float) and place.code != NATION:
        told.append(("inflow", ratio_text(flow["inflow_share"], language), words("people.fact_inflow"), ""))
    return html.Section(
        [
            html.H2(place.name, id="people-place-name"),
            html.Dl(
                [
                    html.Div(
                        [
                            html.Dt(text),
                            html.Dd(
                                [
                                    html.Span(value, **attributes(data_fact=name)),
                                    *([html.Span(f" {unit}", className="figure-unit")] if unit else []),
                                ]
                            ),
                        ],
                        className="people-fact",
                    )
                    for name, value, text, unit in told
                ],
                className="people-facts",
            ),
            *([html.P(_overdue(place, due, words), id="people-overdue")] if due is not None else []),
        ],
        className="card",
        **attributes(aria_labelledby="people-place-name"),
    )


def _overdue(place: Place, due: Row, words: Words) -> str:
    people = fmt.whole(_whole(due["overdue"]), words.language)
    return words("people.overdue_sentence", place=place.name, people=people)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
