"""The page of the targets without its numbers: where cards, switches, curve and table will stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import html

from campaign.targets import Standing
from layouts import target_words as say
from layouts.graph import graph
from layouts.ids import Targets as Ids
from layouts.parts import Child, attributes, awaited, card
from layouts.pictures import picture_buttons
from layouts.words import Words

__all__ = ["Ids", "method", "place_choice", "reading_choice", "targets_page"]


def targets_page(words: Words) -> list[Child]:
    curve: list[Child] = [
        html.P(id=Ids.CURVE_NOTE, className="card-note"),
        graph(Ids.CURVE, language=words.language, label=words("targets.curve_label"), class_name="curve target-curve"),
    ]
    pictures = picture_buttons(Ids.CURVE, words)
    return [
        html.Div(id=Ids.PROBLEM, role="status"),
        html.Div(id=Ids.PLACE),
        awaited(Ids.CARDS, words),
        html.Div(id=Ids.CHOICES),
        card(words("targets.curve_title"), curve, side=pictures),
        card(words("targets.table_title"), [html.Div(id=Ids.TABLE)], anchor="cac-tinh"),
        card(words("targets.method_title"), [method(words)], anchor="cach-tinh"),
    ]


def method(words: Words) -> html.Dl:
    """What each number counts, in words: the definitions that the page stands on."""
    names = ("share", "dose1", "full", "not_yet", "gap", "pace_needed", "pace", "when", "record")
    return html.Dl(
        [
            html.Div([html.Dt(words(f"target_define.{name}")), html.Dd(words(f"target_definition.{name}"))])
            for name in names
        ],
        className="definitions",
    )


def place_choice(*, denominators: Mapping[str, str], denominator: str, place: str, area: str, words: Words) -> html.Div:
    """Of which place the cards tell, and over which population. `place` is its name, `area` '' for the nation."""
    populations = [
        _button(label, pressed=name == denominator, action="target-denominator", denominator=name)
        for name, label in denominators.items()
    ]
    here: list[Child] = [html.B(place, className="place-now", id="targets-place")]
    if area:
        here.append(_button(words("targets.whole_nation"), pressed=False, action="target-area", area=""))
    return html.Div(
        [_group(words("targets.choose_place"), here), _group(words("filter.denominator"), populations)],
        className="filters target-choices",
    )


def reading_choice(
    readings: Sequence[Standing], chosen: Standing | None, *, words: Words, does: str = "target-reading"
) -> html.Div:
    """Which reading curve and table show. `does`: what a button of it does."""
    key = (chosen.target.target_id, chosen.measure) if chosen else None
    buttons = [
        _button(
            f"{say.goal(found.target, words)} · {words(f'metric.{found.measure}').lower()}",
            pressed=(found.target.target_id, found.measure) == key,
            action=does,
            target=found.target.target_id,
            measure=found.measure.value,
        )
        for found in readings
        if found.own
    ]
    return html.Div([_group(words("targets.choose_reading"), buttons)], className="filters target-choices")


def _group(name: str, items: Sequence[Child]) -> html.Div:
    return html.Div(
        [html.Span(name, className="filter-name"), html.Div(list(items), className="choice-row")],
        className="filter",
        role="group",
        **attributes(aria_label=name),
    )


def _button(text: str, *, pressed: bool, action: str, **data: str) -> html.Button:
    named = {f"data_{name}": value for name, value in data.items()}
    return html.Button(
        text,
        n_clicks=0,
        className="choice",
        **attributes(data_action=action, aria_pressed=str(pressed).lower(), **named),
    )
