"""The area that was picked, with its numbers; before that, a word on how to pick one."""

from __future__ import annotations

from dash import html

from campaign.coverage import Coverage, Measure, PopulationGroup
from campaign.readings import AreaRow
from layouts import format as fmt
from layouts.parts import Child, attributes, icon, why, with_sign
from layouts.table import COUNTED, pair_id
from layouts.view import GROUPS, Grain
from layouts.words import Words


def hint(words: Words, *, has_map: bool) -> html.Div:
    text = words("card.hint" if has_map else "card.hint_bars")
    return html.Div([icon("pointer"), html.Span(text)], className="area-hint")


def area_card(row: AreaRow, words: Words, grain: Grain = Grain.OF_2021, *, sampled: bool = False) -> html.Div:
    """Both readings of both groups with numerator and denominator, then doses and stock. Small enough for the sea.
    sampled: people and doses are one in so many, stock is whole."""
    groups = [group for group in GROUPS if any((group, measure) in row.coverage for measure in COUNTED)]
    return html.Div(
        [
            _head(row, words),
            *([_readings(row, groups, words)] if groups else []),
            html.Dl(_counts(row, words, sampled=sampled)),
            *_over_note(row, words),
            _way_down(words, grain),
        ],
        className="area-card",
    )


def _way_down(words: Words, grain: Grain) -> html.Button:
    """To the places inside, which stand below the map."""
    text = words("card.down" if grain is Grain.OF_2021 else "card.down_2025")
    return html.Button(
        [html.Span(text), icon("down")], n_clicks=0, className="way-down", **attributes(data_action="go-place")
    )


def _head(row: AreaRow, words: Words) -> html.Div:
    name = words.pick(row.area.name_vi, row.area.name_en)
    region = words.pick(row.area.region_vi, row.area.region_en)
    close = html.Button(
        icon("close"),
        n_clicks=0,
        className="icon-button",
        title=words("card.close"),
        **attributes(aria_label=words("card.close"), data_action="close-area"),
    )
    return html.Div([html.Div([html.H3(name), html.Span(region)]), close], className="area-card-head")


def _readings(row: AreaRow, groups: list[PopulationGroup], words: Words) -> html.Table:
    head = [html.Th(""), *(html.Th(words(f"metric.{measure}"), scope="col") for measure in COUNTED)]
    return html.Table(
        [
            html.Thead(html.Tr(head)),
            html.Tbody(
                [
                    html.Tr([html.Th(words(f"group.{group}"), scope="row"), *_cells(row, group, words)])
                    for group in groups
                ]
            ),
        ]
    )


def fraction(cell: Coverage | None, words: Words) -> list[Child]:
    """Numerator and denominator, each in one piece: where room is short the line breaks between them."""
    people, _, population = fmt.fraction(cell, words.language).partition(" / ")
    return [html.Span(people), " ", html.Span(f"/ {population}")] if population else [html.Span(people)]


def _cells(row: AreaRow, group: PopulationGroup, words: Words) -> list[Child]:
    return [_cell(row, group, measure, words) for measure in COUNTED]


def _cell(row: AreaRow, group: PopulationGroup, measure: Measure, words: Words) -> html.Td:
    cell = row.coverage.get((group, measure))
    name = words("reading", measure=words(f"metric.{measure}"), group=words.named("group", group.value))
    button = why(pair_id(group, measure), name, words, area=row.area.code)
    return html.Td([html.B([fmt.percent(cell, words.language), button]), html.Span(fraction(cell, words))])


def _counts(row: AreaRow, words: Words, *, sampled: bool) -> list[Child]:
    counts = {"doses": row.doses, "doses_last_7_days": row.doses_last_7_days, "on_hand": row.on_hand}
    return [
        html.Div(
            [
                html.Dt(
                    with_sign(
                        f"{words(f'table.{name}')}:", why(name, words(f"table.{name}"), words, area=row.area.code)
                    )
                ),
                html.Dd(
                    [
                        html.B(fmt.whole(value, words.language)),
                        *([html.Span(f" ({words('card.full_size')})")] if sampled and name == "on_hand" else []),
                    ]
                ),
            ]
        )
        for name, value in counts.items()
        if value is not None
    ]


def _over_note(row: AreaRow, words: Words) -> list[Child]:
    """More people than the population counts: shown as it is, with the reasons it may have."""
    over = any((cell.ratio or 0.0) > 1.0 for cell in row.coverage.values())
    return [html.P([icon("info"), words("card.over")], className="area-note")] if over else []
