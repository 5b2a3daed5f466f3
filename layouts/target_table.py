"""The provinces under the chosen reading: who is behind, by how many people, and when they will be there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dash import html

from campaign.coverage import UNKNOWN_AREA
from campaign.targets import Standing
from geo.text import collation_key
from layouts import format as fmt
from layouts import target_words as say
from layouts.help_layer import define
from layouts.parts import Child, attributes, head_with_sign, icon
from layouts.target_words import Excess, Place
from layouts.words import Words

COLUMNS = ("area", "share", "not_yet", "gap", "pace_needed", "pace", "when")
# A date that is not told sorts after every date that is.
NEVER = date.max.toordinal()


def target_table(
    standings: Sequence[Standing],
    *,
    nation: Standing | None,
    excesses: Mapping[Place, Excess],
    names: Mapping[str, str],
    area: str,
    words: Words,
) -> html.Div:
    """Who misses the most people first; people of unknown residence and the nation stand below, out of the order."""
    places = [found for found in standings if found.area_code != UNKNOWN_AREA]
    apart = [found for found in standings if found.area_code == UNKNOWN_AREA]
    ordered = sorted(places, key=lambda found: (-(found.gap or 0), _rank(found), collation_key(names[found.area_code])))
    by_name = sorted(places, key=lambda found: collation_key(names[found.area_code]))
    rank = {found.area_code: place for place, found in enumerate(by_name)}
    rows = [
        _row(
            found,
            names[found.area_code],
            rank[found.area_code],
            excesses.get((found.area_code, found.group, found.measure)),
            area,
            words,
        )
        for found in ordered
    ]
    rows += [_row(found, names[found.area_code], None, None, area, words) for found in apart]
    if nation is not None:
        rows.append(_row(nation, words("table.nation"), None, None, area, words))
    table = html.Table(
        [
            html.Caption(words("targets.table_caption"), className="sr-only"),
            html.Thead(html.Tr([_head(column, words) for column in COLUMNS])),
            html.Tbody(rows),
        ],
        className="plain-table target-table",
        id="target-table",
    )
    scroll = html.Div(
        table,
        className="table-scroll",
        tabIndex=0,
        role="region",
        **attributes(aria_label=words("targets.table_caption")),
    )
    return html.Div([_worst(ordered, names, words), scroll])


def _rank(found: Standing) -> float:
    return found.coverage.ratio if found.coverage.ratio is not None else float("inf")


def _known(found: Standing) -> bool:
    return found.coverage.people > 0 or found.coverage.population is not None


def _worst(ordered: Sequence[Standing], names: Mapping[str, str], words: Words) -> html.Div:
    """The answer to "who is behind", in words: by share and by number of people, which are rarely the same place."""
    language = words.language
    open_ones = [found for found in ordered if found.gap]
    if not open_ones:
        told = any(found.gap is not None for found in ordered)
        return html.Div(words("targets.nobody_behind" if told else "targets.when_unknown"), className="card-note")
    lowest = min(open_ones, key=_rank)
    most = open_ones[0]
    facts = [
        ("lowest", words("targets.lowest"), lowest, fmt.percent(lowest.coverage, language)),
        ("most", words("targets.most"), most, words("verdict.left", people=fmt.whole(most.gap, language))),
    ]
    count = words("targets.behind", behind=len(open_ones), all=len([f for f in ordered if f.gap is not None]))
    return html.Div(
        [
            html.Dl(
                [
                    html.Div(
                        [html.Dt(name), html.Dd([html.B(names[item.area_code]), f" · {text}"], id=f"target-{key}")]
                    )
                    for key, name, item, text in facts
                ],
                className="facts",
            ),
            html.P(count, className="card-note"),
        ]
    )


def _head(column: str, words: Words) -> html.Th:
    """A button sorts: by the numbers behind the texts, largest first, then smallest first."""
    start = {"gap": "descending"}.get(column, "none")
    button = html.Button(
        words(f"target_column.{column}"),
        n_clicks=0,
        className="sort",
        **attributes(data_action="target-sort", data_column=column),
    )
    about = define(column, words(f"target_column.{column}"), words)
    return html.Th(
        head_with_sign(button, about),
        scope="col",
        className="" if column == "area" else "num",
        **attributes(aria_sort=start),
    )


def _row(found: Standing, name: str, rank: int | None, excess: Excess | None, area: str, words: Words) -> html.Tr:
    """`rank` among the names; None for a row that stays below the others."""
    language = words.language
    fixed = rank is None
    interval = say.interval(found, words)
    cause = say.cause(found, excess, words)
    cells: dict[str, tuple[list[Child], float | None]] = {
        "area": ([_place(found, name, area, fixed=fixed)], rank),
        "share": (
            [
                html.B(fmt.percent(found.coverage, language)),
                # Nobody of no population: as little is known as where there is no count at all.
                *([html.Span(fmt.fraction(found.coverage, language))] if _known(found) else []),
            ],
            _rank(found) if found.coverage.ratio is not None else None,
        ),
        "not_yet": ([fmt.whole(found.not_yet, language)], found.not_yet),
        "gap": ([fmt.whole(found.gap, language)], found.gap),
        "pace_needed": ([say.pace(found.pace_needed, words)], found.pace_needed),
        "pace": ([say.recent(found.pace, words)], found.pace),
        "when": (
            [
                html.B(say.when(found, words)),
                *([html.Span(interval)] if interval else []),
                *([html.Span([icon("info"), *cause], className="target-cause")] if cause else []),
            ],
            _day(found),
        ),
    }
    return html.Tr(
        [
            html.Td(
                html.Div(content, className="stack"),
                className="" if column == "area" else "num",
                **attributes(
                    data_label=words(f"target_column.{column}"),
                    data_sort="" if value is None else str(float(value)),
                    data_cell=f"{found.area_code}/{column}",
                ),
            )
            for column, (content, value) in cells.items()
        ],
        className=" ".join(["row-fixed"] * fixed + ["row-picked"] * (found.area_code == area and not fixed)),
        **attributes(data_code=found.area_code),
    )


def _place(found: Standing, name: str, area: str, *, fixed: bool) -> Child:
    if fixed:
        return html.B(name)
    picked = found.area_code == area
    return html.Button(
        name,
        n_clicks=0,
        className="place",
        **attributes(
            data_action="target-area", data_area="" if picked else found.area_code, aria_pressed=str(picked).lower()
        ),
    )


def _day(found: Standing) -> float | None:
    """None where nobody can tell; what is not foreseen comes after every day that is."""
    if found.coverage.ratio is None:
        return None
    if found.reached:
        return float(found.reached_on.toordinal()) if found.reached_on else 0.0
    middle = found.projection.middle if found.projection else None
    return float(middle.toordinal() if middle else NEVER)
