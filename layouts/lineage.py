"""Where a number comes from: what it counts, the query that yields it, the value that the query answered just now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dash import html

from campaign.coverage import Coverage
from campaign.readings import SnapshotInfo
from layouts import format as fmt
from layouts.ids import Shell
from layouts.parts import Child, attributes, icon
from layouts.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One number, recomputed. `place` is the name of its area; `bound` are the values that the query was given."""

    number_id: str
    value: int | None
    coverage: Coverage | None
    query: str
    bound: Mapping[str, str | int]
    place: str
    info: SnapshotInfo
    facts: Sequence[tuple[str, str]] = ()  # what the help layer says of it


def origin(found: Origin, *, words: Words, zone: ZoneInfo) -> list[Child]:
    name = words.named("number", found.number_id)
    info = found.info
    facts = [
        *found.facts,
        (words("lineage.place"), found.place),
        (words("data.version"), fmt.whole(info.version, words.language)),
        (words("data.as_of"), fmt.instant(info.as_of, words, zone)),
        (words("data.hash"), html.Code(info.content_hash[:16])),
    ]
    bound = ", ".join(f"${key} = {value!r}" for key, value in found.bound.items())
    return [
        html.H2(name, id="lineage-title"),
        html.P(_value(found, words), className="lineage-value"),
        html.P(words.named("definition", found.number_id), className="lineage-definition"),
        html.Dl([html.Div([html.Dt(label), html.Dd(value)]) for label, value in facts], className="facts"),
        html.H3(words("lineage.query")),
        html.P(words("lineage.run"), className="note"),
        html.Pre(html.Code(found.query), lang="en", tabIndex=0, className="query"),
        *([html.P([words("lineage.bound"), " ", html.Code(bound)], className="note")] if bound else []),
    ]


def _value(found: Origin, words: Words) -> list[Child]:
    """As the page writes it, so that the two can be compared at a glance."""
    if found.coverage is None:
        return [html.B(fmt.whole(found.value, words.language), **attributes(data_value="1"))]
    return [
        html.B(fmt.percent(found.coverage, words.language), **attributes(data_value="1")),
        html.Span(words("tile.people", fraction=fmt.fraction(found.coverage, words.language))),
    ]


def dialog(words: Words) -> html.Dialog:
    """Empty until a number is asked about."""
    return html.Dialog(
        [close_button("close-lineage", words), html.Div(id=Shell.LINEAGE_BODY)],
        id=Shell.LINEAGE,
        className="dialog",
        **attributes(aria_labelledby="lineage-title"),
    )


def close_button(action: str, words: Words) -> html.Button:
    return html.Button(
        icon("close"),
        n_clicks=0,
        className="icon-button dialog-close",
        title=words("dialog.close"),
        **attributes(aria_label=words("dialog.close"), data_action=action),
    )
