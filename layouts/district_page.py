"""A province and its districts, and the points that stand for them: no clean boundaries of districts exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from statistics import median
from typing import Any

from dash import html

from campaign.coverage import Coverage, Measure, PopulationGroup
from campaign.places import DistrictRow
from campaign.readings import AreaRow
from geo.areas import District
from geo.text import collation_key
from layouts import format as fmt
from layouts.area_map import MapShape
from layouts.graph import Figure, base_layout
from layouts.parts import Child
from layouts.place_parts import Step, place_button
from layouts.scales import Scale, class_labels
from layouts.sorted_table import Cell, Head, Line, sorted_table, stacked
from layouts.table import pair_id
from layouts.theme import FONT, PALETTES, pixels, sized
from layouts.view import Size, View
from layouts.words import Words

MEASURES = (Measure.DOSE1, Measure.FULL)
GROUPS = (PopulationGroup.ALL, PopulationGroup.ADULTS, PopulationGroup.SENIORS)
PAIRS = tuple((group, measure) for group in GROUPS for measure in MEASURES)
MARGIN_DEGREES = 0.3
# A line of the boundary must not lie on the edge of the drawing.
EDGE_DEGREES = 0.03
# An archipelago is drawn beside its province, as on printed maps: at its own place it would make the mainland a dot.
FAR_DEGREES = 2.5
POINT_PIXELS = {Size.PHONE: 13, Size.DESK: 16, Size.WALL: 30}


def district_table(
    rows: Sequence[DistrictRow], *, province: AreaRow, places: Mapping[str, District], words: Words
) -> html.Div:
    """One row a district in dictionary order, what is of no known district, and the province: the sum of all rows."""
    has_people = any(row.coverage for row in rows)
    heads = [Head(name="name", text=words("place.district"), number=False), *_heads(words, people=has_people)]
    ordered = sorted(
        (row for row in rows if row.code in places), key=lambda row: collation_key(places[row.code].name_vi)
    )
    lines = [
        _line(row, places[row.code], rank, province.area.code, words, people=has_people)
        for rank, row in enumerate(ordered)
    ]
    for row in rows:
        if row.code not in places:
            name = words("place.unknown_district") if not row.code else row.code
            lines.append(_fixed(row.code or "unknown", name, row, words, people=has_people))
    lines.append(
        _fixed("province", words.pick(province.area.name_vi, province.area.name_en), province, words, people=has_people)
    )
    return sorted_table("district-table", words("place.districts_caption"), heads, lines)


def _heads(words: Words, *, people: bool) -> list[Head]:
    pairs = [
        Head(
            name=pair_id(group, measure),
            text=words("reading", measure=words(f"metric.{measure}"), group=words.named("group", group.value)),
        )
        for group, measure in (PAIRS if people else ())
    ]
    counts = [Head(name=name, text=words(f"table.{name}")) for name in ("doses", "doses_last_7_days")]
    return [*pairs, *counts]


def _line(row: DistrictRow, place: District, rank: int, area: str, words: Words, *, people: bool) -> Line:
    name = Cell(place_button(Step(name=place.name_vi, area=area, district=row.code)), rank)
    return Line(key=row.code, cells=[name, *_cells(row, words, people=people)], search=place.name_vi)


def _fixed(key: str, name: str, row: DistrictRow | AreaRow, words: Words, *, people: bool) -> Line:
    return Line(key=key, cells=[Cell(name, None), *_cells(row, words, people=people)], fixed=True)


def _cells(row: DistrictRow | AreaRow, words: Words, *, people: bool) -> list[Cell]:
    language = words.language
    cells = [_cell(row.coverage.get(pair), pair[0], words) for pair in (PAIRS if people else ())]
    counts = [Cell(fmt.whole(value, language), value) for value in (row.doses, row.doses_last_7_days)]
    return [*cells, *counts]


def _cell(cell: Coverage | None, group: PopulationGroup, words: Words) -> Cell:
    """A rate for everyone, a count for the groups without a sourced denominator."""
    if cell is None:
        return Cell(fmt.UNKNOWN, None)
    if group is PopulationGroup.ALL and cell.population is not None:
        return Cell(stacked(fmt.percent(cell, words.language), fmt.fraction(cell, words.language)), cell.ratio)
    return Cell(fmt.whole(cell.people, words.language), cell.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The part of the map that is drawn, in degrees: the mainland, and room beside it for what lies far out at sea."""

    west: float
    east: float
    south: float
    north: float
    inset: tuple[float, float] | None

    @staticmethod
    def around(points: Sequence[tuple[float, float]], corners: Sequence[tuple[float, float]] = ()) -> Window:
        """corners: of the province's mainland, all of which is in sight."""
        middle = median(lon for lon, _ in points) if points else 0.0
        near = [(lon, lat) for lon, lat in points if abs(lon - middle) <= FAR_DEGREES] or [(106.0, 16.0)]
        lons = [lon - MARGIN_DEGREES for lon, _ in near] + [lon + MARGIN_DEGREES for lon, _ in near]
        lats = [lat - MARGIN_DEGREES for _, lat in near] + [lat + MARGIN_DEGREES for _, lat in near]
        lons += [lon + side * EDGE_DEGREES for lon, _ in corners for side in (-1, 1)]
        lats += [lat + side * EDGE_DEGREES for _, lat in corners for side in (-1, 1)]
        west, east, south, north = min(lons), max(lons), min(lats), max(lats)
        far = len(near) < len(points)
        room = max(east - west, north - south) * 0.55 if far else 0.0
        inset = (east + room * 0.55, south + (north - south) * 0.4) if far else None
        return Window(west=west, east=east + room, south=south, north=north, inset=inset)

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a point is drawn."""
        outside = not self.west <= lon <= self.east
        return self.inset if outside and self.inset is not None else (lon, lat)

    def geo(self) -> dict[str, Any]:
        return {
            "visible": False,
            "projection": {"type": "mercator"},
            "lonaxis": {"range": [self.west, self.east]},
            "lataxis": {"range": [self.south, self.north]},
            "bgcolor": "rgba(0,0,0,0)",
            "domain": {"x": [0, 1], "y": [0, 1]},
        }


def district_points(
    rows: Sequence[DistrictRow],
    *,
    area: str,
    places: Mapping[str, District],
    shape: MapShape,
    measure: Measure,
    scale: Scale,
    view: View,
    words: Words,
) -> Figure:
    """The province's outline, and a point a district coloured by everyone's share; a ring where there is no figure."""
    palette = PALETTES[view.theme]
    colours = scale.colours(palette)
    drawn = [row for row in rows if row.code in places]
    ratios = [
        cell.ratio if (cell := row.coverage.get((PopulationGroup.ALL, measure))) is not None else None for row in drawn
    ]
    outline = {
        "type": "choropleth",
        "geojson": shape.url,
        "featureidkey": "id",
        "locations": [area],
        "z": [0],
        "colorscale": [[0, palette.line], [1, palette.line]],
        "showscale": False,
        "hoverinfo": "skip",
        "marker": {"line": {"color": palette.muted, "width": 1}},
    }
    window = Window.around(
        [(places[row.code].lon, places[row.code].lat) for row in drawn], shape.mainlands.get(area, ())
    )
    at = [window.place(places[row.code].lon, places[row.code].lat) for row in drawn]
    points = {
        "type": "scattergeo",
        "mode": "markers",
        "lon": [lon for lon, _ in at],
        "lat": [lat for _, lat in at],
        "customdata": [row.code for row in drawn],
        "hovertext": [_hover(row, places[row.code], measure, words) for row in drawn],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "size": sized(view.size, lambda size: POINT_PIXELS[size]),
            "color": [palette.surface if ratio is None else colours[scale.class_of(ratio)] for ratio in ratios],
            "line": {"color": palette.text, "width": 1.4},
        },
    }
    sea = [label for label in shape.labels if label.code == area]
    names = {
        "type": "scattergeo",
        "mode": "text",
        "lon": [window.place(label.lon, label.lat)[0] for label in sea],
        "lat": [window.place(label.lon, label.lat)[1] for label in sea],
        # A line lower: the point of the district that it is lies at the same place.
        "text": ["<br>" + escape(words.pick(label.name_vi, label.name_en)).replace(" (", "<br>(", 1) for label in sea],
        "textposition": "bottom center",
        "textfont": {"family": FONT, "size": pixels(view.size, plus=-2), "color": palette.muted},
        "hoverinfo": "skip",
    }
    layout = {**base_layout(palette, view.size, words.language), "geo": window.geo()}
    return {"data": [outline, points, names], "layout": layout}


def points_key(scale: Scale | None, view: View, words: Words) -> html.Div:
    """What the colours of the points mean: the classes of the map above, which may show something else. None: why they
    have none."""
    if scale is None:
        return html.Div(html.Span(words("place.points_plain")), className="points-key")
    colours = scale.colours(PALETTES[view.theme])
    reading = words("reading", measure=words(f"metric.{scale.metric}"), group=words.named("group", "all"))
    items = [
        html.Li([html.Span(className="swatch", style={"backgroundColor": colour}), html.Span(label)])
        for colour, label in zip(colours, class_labels(scale, words), strict=True)
    ]
    return html.Div([html.Span(words("place.points", reading=reading)), html.Ul(items)], className="points-key")


def _hover(row: DistrictRow, place: District, measure: Measure, words: Words) -> str:
    lines = [f"<b>{escape(place.name_vi)}</b>"]
    cell = row.coverage.get((PopulationGroup.ALL, measure))
    if cell is not None:
        reading = words("reading", measure=words(f"metric.{measure}"), group=words.named("group", "all"))
        value = fmt.percent(cell, words.language)
        lines += [f"{reading}: <b>{value}</b>", words("map.people", fraction=fmt.fraction(cell, words.language))]
    doses, weekly = (fmt.whole(value, words.language) for value in (row.doses, row.doses_last_7_days))
    return "<br>".join([*lines, words("map.doses", doses=doses, weekly=weekly)])


def member_table(rows: Sequence[AreaRow], *, words: Words) -> html.Div:
    """The provinces of 2021 that an area of 2025 was made of; each leads to its own districts."""
    pairs = [pair for pair in PAIRS if pair[0] is not PopulationGroup.SENIORS]
    heads = [
        Head(name="name", text=words("table.area"), number=False),
        *(
            Head(
                name=pair_id(group, measure),
                text=words("reading", measure=words(f"metric.{measure}"), group=words.named("group", group.value)),
            )
            for group, measure in pairs
        ),
        Head(name="doses", text=words("table.doses")),
        Head(name="doses_last_7_days", text=words("table.doses_last_7_days")),
    ]
    ordered = sorted(rows, key=lambda row: collation_key(row.area.name_vi))
    return sorted_table(
        "member-table",
        words("place.members_caption"),
        heads,
        [Line(key=row.area.code, cells=_member_cells(row, rank, pairs, words)) for rank, row in enumerate(ordered)],
    )


def _member_cells(
    row: AreaRow, rank: int, pairs: Sequence[tuple[PopulationGroup, Measure]], words: Words
) -> list[Cell]:
    language = words.language
    button: Child = place_button(
        Step(name=words.pick(row.area.name_vi, row.area.name_en), area=row.area.code, grain="63")
    )
    shares = [
        Cell(stacked(fmt.percent(cell, language), fmt.fraction(cell, language)), cell.ratio)
        if cell
        else Cell("–", None)
        for cell in (row.coverage.get(pair) for pair in pairs)
    ]
    counts = [Cell(fmt.whole(value, language), value) for value in (row.doses, row.doses_last_7_days)]
    return [Cell(button, rank), *shares, *counts]
