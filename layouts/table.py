"""The table that says what the map shows, area by area. Values are numbers, so that a column sorts as numbers; beside
each lies its text, so that map, tile and table cannot write the same number in two ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from campaign.coverage import CENTRAL_UNITS, NATION, UNKNOWN_AREA, Coverage, Measure, PopulationGroup
from campaign.map_metrics import WITHOUT_GROUP, Kind
from campaign.readings import Area, AreaRow, AreaStock
from geo.text import collation_key, fold_text
from layouts import format as fmt
from layouts import scales
from layouts.scales import Scale
from layouts.theme import PALETTES, sized
from layouts.view import GROUPS, MAP_GROUPS, MEASURES, Size, View
from layouts.words import Words

APART = (UNKNOWN_AREA, CENTRAL_UNITS)
COUNTED = (Measure.DOSE1, Measure.FULL)
VALUE = "value"
PAIRS = tuple((group, measure) for group in GROUPS for measure in COUNTED)
# With those that are counted only.
ALL_PAIRS = tuple((group, measure) for group in MAP_GROUPS for measure in COUNTED)
COUNTS = ("doses", "doses_last_7_days", "registered", "delivered", "on_hand")
# Whole where people and doses are one in so many.
FULL_SIZE = ("delivered", "on_hand")
NOT_ON_A_TIGHT_WALL = ("registered",)
Row = dict[str, Any]
Texts = Mapping[str, Row]
Colours = Sequence[str]
Totals = Mapping[tuple[PopulationGroup, Measure], Coverage]


def pair_id(group: PopulationGroup, measure: Measure) -> str:
    return f"{measure.value}_{group.value}"


def texts_of(rows: Iterable[AreaRow], words: Words) -> Texts:
    """What a row says whatever the map colours, by area: what is worked out once for all combinations of filters."""
    return {row.area.code: _texts(row, words) for row in rows}


def table_rows(rows: Sequence[AreaRow], texts: Texts, *, view: View, scale: Scale, words: Words) -> list[Row]:
    """Areas in dictionary order of their names, of need and have the most urgent first; unknown and central rows are
    not among them (see `pinned_rows`). `rank` is the place in the dictionary's order."""
    areas = [row for row in rows if row.area.code not in APART]
    ordered = sorted(areas, key=lambda row: collation_key(_name(row, words)))
    colours = scale.colours(PALETTES[view.theme])
    made = [
        {**_row(row, texts, colours, view=view, scale=scale, words=words), "rank": rank}
        for rank, row in enumerate(ordered)
    ]
    if scale.kind is Kind.NEED:
        made.sort(key=lambda row: -1 if row["value"] is None else row["value"], reverse=True)
    return made


def national_counts(rows: Sequence[AreaRow]) -> dict[str, int | None]:
    """Sums over all areas by name; None where no area has such a figure."""
    known = {name: [value for row in rows if (value := getattr(row, name)) is not None] for name in COUNTS}
    return {name: sum(values) if values else None for name, values in known.items()}


def pinned_rows(
    rows: Sequence[AreaRow],
    texts: Texts,
    *,
    nation: AreaRow,
    view: View,
    scale: Scale,
    words: Words,
) -> list[Row]:
    """Central units and unknown areas where the source has them, then the nation: the sum of all areas there are, of
    which `rows` may be a part."""
    colours = scale.colours(PALETTES[view.theme])
    apart = [_row(row, texts, colours, view=view, scale=scale, words=words) for row in rows if row.area.code in APART]
    total = _row(nation, texts, colours, view=view, scale=scale, words=words)
    return [*apart, {**total, "name": words("table.nation"), "swatch": ""}]


def nation_row(nation: Totals, counts: Mapping[str, int | None], stock: AreaStock | None = None) -> AreaRow:
    """The totals as one row more, so that it is read and written like every other."""
    return AreaRow(
        area=Area(code=NATION, name_vi="Cả nước", name_en="Whole country", region_vi="", region_en="", position=-1),
        coverage=nation,
        last_report_on=None,
        stock=stock,
        **{name: counts[name] for name in COUNTS},
    )


def _row(row: AreaRow, texts: Texts, colours: Colours, *, view: View, scale: Scale, words: Words) -> Row:
    """`colours`: one a class."""
    value = scale.value_of(row)
    palette = PALETTES[view.theme]
    return {
        **texts[row.area.code],
        "swatch": palette.unknown if value is None else colours[scale.class_of(value)],
        "value": value,
        "value_text": scales.value_text(row, scale, words),
    }


def _texts(row: AreaRow, words: Words) -> Row:
    cells: Row = {
        "code": row.area.code,
        "name": _name(row, words),
        "region": words.pick(row.area.region_vi, row.area.region_en),
        "search": _search(row, words),
    }
    for group, measure in PAIRS:
        cells |= _cell(group, measure, row.coverage.get((group, measure)), words)
    for name in COUNTS:
        cells |= _count(name, getattr(row, name), words)
    return cells


def _cell(group: PopulationGroup, measure: Measure, cell: Coverage | None, words: Words) -> Row:
    """The ratio as number, its text, and numerator over denominator: no percentage without them."""
    name = pair_id(group, measure)
    if cell is None:
        return {name: None, f"{name}_text": fmt.UNKNOWN, f"{name}_of": ""}
    # Nobody of no population: as little is known as where there is no count at all.
    known = cell.people > 0 or cell.population is not None
    return {
        name: cell.ratio,
        f"{name}_text": fmt.percent(cell, words.language),
        f"{name}_of": fmt.fraction(cell, words.language) if known else "",
    }


def _count(name: str, value: int | None, words: Words) -> Row:
    return {name: value, f"{name}_text": fmt.whole(value, words.language)}


def _name(row: AreaRow, words: Words) -> str:
    return words.pick(row.area.name_vi, row.area.name_en)


def _search(row: AreaRow, words: Words) -> str:
    return fold_text(f"{row.area.name_vi} {row.area.name_en} {words.pick(row.area.region_vi, row.area.region_en)}")


def columns(rows: Sequence[AreaRow], *, view: View, scale: Scale, words: Words, sampled: bool) -> Any:  # noqa: ANN401 - one list of definitions, or one for each size
    """Name, what the map colours unless it is a reading, both readings of both groups, then counts; columns that this
    source never fills are left out. sampled: people and doses are one in so many, which columns of stock are not.

    Widths are in pixels of a page whose type is 16 pixels; the browser scales them with its own.
    """
    return sized(view.size, lambda size: _columns(rows, replace(view, size=size), scale, words, sampled=sampled))


def _columns(rows: Sequence[AreaRow], view: View, scale: Scale, words: Words, *, sampled: bool) -> list[dict[str, Any]]:
    filled = {pair for row in rows for pair in row.coverage if pair in PAIRS}
    chosen = (view.group, MEASURES[view.metric]) if scale.kind is Kind.RATIO else None
    own = [] if chosen else [_value_column(view, scale, words)]
    # On a wall, which nobody scrolls, one column more must not push the last one off the card.
    tight = bool(own) and view.size is Size.WALL
    groups = [_pair_group(group, filled, chosen, view, words, tight=tight) for group in GROUPS]
    left_out = NOT_ON_A_TIGHT_WALL if tight else ()
    counts = [name for name in COUNTS if name not in left_out and any(getattr(row, name) is not None for row in rows)]
    name = _name_column(view, words)
    definitions = [
        # Under a head of its own: a row of heads without a head is no row to a screen reader.
        {"headerName": words(f"table.areas_{view.grain}"), "groupId": "areas", "children": [name]},
        *own,
        *(group for group in groups if group["children"]),
        {
            "headerName": words("table.counts"),
            "groupId": "counts",
            "children": [_count_column(name, view, words, sampled=sampled) for name in counts],
        },
    ]
    return _for_phone(definitions, chosen) if view.size is Size.PHONE else definitions


def _name_column(view: View, words: Words) -> dict[str, Any]:
    return {
        "colId": "name",
        "field": "rank",
        "headerName": words("table.area"),
        "pinned": "left",
        "width": 128 if view.size is Size.PHONE else 170,
        "cellRenderer": "AreaCell",
        "getQuickFilterText": {"function": "areaSearch(params)"},
        "sort": None,
    }


def _pair_group(
    group: PopulationGroup,
    filled: set[tuple[PopulationGroup, Measure]],
    chosen: tuple[PopulationGroup, Measure] | None,
    view: View,
    words: Words,
    *,
    tight: bool,
) -> dict[str, Any]:
    return {
        "headerName": words.named("group_long", group.value),
        "groupId": group.value,
        "children": [
            {
                "colId": pair_id(group, measure),
                "field": pair_id(group, measure),
                "headerName": words(f"metric.{measure}"),
                "cellRenderer": "ShareCell",
                "headerClass": "number-head chosen" if (group, measure) == chosen else "number-head",
                "cellClass": "number-cell chosen" if (group, measure) == chosen else "number-cell",
                "flex": 1,
                "minWidth": 106 if tight else 118 if view.size is Size.PHONE else 120,
                "sortingOrder": ["desc", "asc", None],
            }
            for measure in COUNTED
            if (group, measure) in filled
        ],
    }


def _count_column(name: str, view: View, words: Words, *, sampled: bool) -> dict[str, Any]:
    title = words(f"table.{name}")
    return {
        "colId": name,
        "field": name,
        "headerName": f"{title} ({words('card.full_size')})" if sampled and name in FULL_SIZE else title,
        "valueFormatter": {"function": "readyText(params)"},
        "headerClass": "number-head",
        "cellClass": "number-cell",
        "flex": 0.8,
        # Of the whole: "138,887,334".
        "minWidth": 124 if name in FULL_SIZE else 112 if view.size is Size.PHONE else 108,
        "sortingOrder": ["desc", "asc", None],
        "enableCellChangeFlash": True,
    }


def _value_column(view: View, scale: Scale, words: Words) -> dict[str, Any]:
    """What the map colours where it is no share: a count, or points from a target."""
    return {
        "colId": VALUE,
        "field": VALUE,
        "headerName": value_name(scale, words),
        "valueFormatter": {"function": "readyText(params)"},
        "headerClass": "number-head chosen",
        "cellClass": "number-cell chosen",
        "flex": 1,
        "minWidth": _value_width(view, scale),
        "sortingOrder": ["desc", "asc", None],
    }


def _value_width(view: View, scale: Scale) -> int:
    """In pixels; the name of a class is longer than any number."""
    if scale.kind is Kind.NEED:
        return 190 if view.size is Size.PHONE else 240
    return 120 if view.size is Size.PHONE else 136


def value_name(scale: Scale, words: Words) -> str:
    """ "Ít nhất 1 mũi, từ 65 tuổi" at the head of a column."""
    name = words(f"metric.{scale.metric}")
    if scale.metric in WITHOUT_GROUP:
        return name
    if scale.kind is Kind.POINTS:
        name = f"{name} ({words('unit.points')})"
    return words("reading", measure=name, group=words.named("group", scale.group.value))


def _for_phone(
    definitions: list[dict[str, Any]], chosen: tuple[PopulationGroup, Measure] | None
) -> list[dict[str, Any]]:
    """On a phone only what is on the map and the doses: the rest is one tap away in the area's own card."""
    wanted = {pair_id(*chosen)} if chosen else {VALUE}
    flat = [child for group in definitions[1:] for child in group.get("children", [group])]
    kept = [column for column in flat if column["colId"] in wanted | {"doses"}]
    return [definitions[0]["children"][0], *kept]
