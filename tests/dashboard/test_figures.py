"""Figures are plain dicts for speed; plotly's own classes check each of them here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import dash
import plotly.graph_objects as go
import pytest

from campaign.coverage import PopulationGroup, band
from campaign.map_metrics import COUNTED, kind_of
from dashboard.factory import breaks_of
from dashboard.pages import coverage as coverage_page
from layouts import shell
from layouts.ids import Coverage
from layouts.scales import scale_of
from layouts.theme import PALETTES, SIZES, THEMES
from layouts.view import GROUPS, MAP_GROUPS, Metric, Size, Theme, View
from layouts.words import Language, load_catalogues
from tests.dashboard.conftest import Site
from tests.support.snapshots import Recipe
from tests.support.webserver import settings_for

FIGURES = ("map", "curves", "daily")
# What is open becomes a figure in the browser: tests/browser/test_dress.py.
LOOKS = list(product(Metric, MAP_GROUPS, THEMES, Language, SIZES))


@pytest.mark.parametrize(("metric", "group", "theme", "language", "size"), LOOKS)
def test_every_figure_is_one_that_plotly_knows(
    site: Site, metric: Metric, group: str, theme: Theme, language: Language, size: Size
) -> None:
    answer = site.coverage(metric=metric, group=group, theme=theme, lang=language, size=size)
    for name in FIGURES:
        go.Figure(answer[name])


def test_bars_stand_in_for_the_map_where_there_are_no_shapes(make_site: Any) -> None:
    site: Site = make_site(Recipe(version=7, has_boundaries=False))
    answer = site.coverage()
    figure = go.Figure(answer["map"])
    assert not answer["is_map"]
    assert [trace.type for trace in figure.data] == ["bar"]
    assert len(figure.data[0].y) == 63


def test_the_map_names_both_archipelagos(site: Site) -> None:
    for language, names in {"vi": ("Hoàng Sa", "Trường Sa"), "en": ("Paracel", "Spratly")}.items():
        texts = [str(text) for trace in site.coverage(lang=language)["map"]["data"] for text in trace.get("text", [])]
        for name in names:
            assert any(name in text for text in texts), (language, name, texts)


def test_every_province_has_a_shape(site: Site) -> None:
    answer = site.coverage()
    shape = site.client.get(answer["map"]["data"][0]["geojson"])
    codes = {feature["id"] for feature in shape.get_json()["features"]}
    assert codes == {row["code"] for row in answer["table"]}
    assert codes == set(answer["map"]["data"][0]["locations"])


def test_a_colour_means_the_class_of_the_value(site: Site) -> None:
    """The slow twin: each area's colour on the map, in the table and in the legend, worked out from its ratio alone."""
    breaks = breaks_of(site.deps.settings.campaign)
    for metric, group, theme in product(Metric, MAP_GROUPS, Theme):
        answer = site.coverage(metric=metric, group=group, theme=theme)
        palette = PALETTES[theme]
        kind = kind_of(metric, group)
        edges = [edge / 100 if kind in COUNTED else edge for edge in breaks[kind]]
        colours = scale_of(view_of(metric, group), breaks, one_in=100).colours(palette)
        trace = answer["map"]["data"][0]
        rows = {row["code"]: row for row in answer["table"]}
        for code, place, value in zip(trace["locations"], trace["z"], trace["customdata"], strict=True):
            expected = palette.unknown if value is None else colours[slow_band(value, edges)]
            assert rows[code]["swatch"] == expected
            assert colour_at(trace, place) == expected


def view_of(metric: Metric, group: PopulationGroup) -> View:
    return View(
        metric=metric,
        group=group,
        denominator="est_2021",
        language=Language.VI,
        theme=Theme.LIGHT,
        size=Size.DESK,
    )


def slow_band(ratio: float, breaks: Sequence[float]) -> int:
    for index in range(len(breaks), 0, -1):
        if ratio >= breaks[index - 1]:
            return index
    return 0


def colour_at(trace: dict[str, Any], value: float) -> str:
    """The colour that plotly gives to `value`: the last step of the scale that does not lie above it."""
    place = (value - trace["zmin"]) / (trace["zmax"] - trace["zmin"])
    return [colour for edge, colour in trace["colorscale"] if edge <= place][-1]


@pytest.mark.parametrize("ratio", [0.0, 0.4999, 0.5, 0.7, 0.95, 0.999999, 1.0, 1.42])
def test_band_equals_its_slow_twin(ratio: float) -> None:
    breaks = (0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
    assert band(ratio, breaks) == slow_band(ratio, breaks)


# What is left of a colour without one kind of cone, on linear light (Vienot, Brettel and Mollon 1999, and a linear form
# near it for the third kind); grey is what a copier leaves.
SIGHTS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "grey": ((0.2126, 0.7152, 0.0722),) * 3,
    "protan": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deutan": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
    "tritan": ((1.0, 0.15236, -0.15236), (0.0, 0.86717, 0.13283), (0.0, 0.86717, 0.13283)),
}


@pytest.mark.parametrize("sees", SIGHTS)
@pytest.mark.parametrize(("theme", "metric", "group"), list(product(THEMES, Metric, MAP_GROUPS)))
def test_classes_can_be_told_apart_without_colour(
    theme: Theme, metric: Metric, group: PopulationGroup, sees: str
) -> None:
    """In grey, and to whoever lacks one kind of cone, each class is lighter or darker than the one before by a visible
    step."""
    breaks = breaks_of(settings_for(Path("unused")).campaign)
    colours = scale_of(view_of(metric, group), breaks).colours(PALETTES[theme])
    greys = [lightness(seen_by(SIGHTS[sees], colour)) for colour in colours]
    steps = [after - before for before, after in pairwise(greys)]
    assert all(step > 4 for step in steps) or all(step < -4 for step in steps), greys


def seen_by(sight: tuple[tuple[float, float, float], ...], colour: str) -> str:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    mixed = [min(max(sum(a * b for a, b in zip(row, linear, strict=True)), 0.0), 1.0) for row in sight]
    coded = [12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in mixed]
    return "#" + "".join(f"{round(c * 255):02x}" for c in coded)


def lightness(colour: str) -> float:
    """CIE L* of a colour, 0 to 100."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance


@pytest.mark.parametrize("language", list(Language))
def test_no_graph_can_send_data_to_a_cloud_or_fetch_a_world_map(language: Language) -> None:
    words = load_catalogues()[language]
    view = View(
        metric=Metric.DOSE1,
        group=GROUPS[0],
        denominator="est_2021",
        language=language,
        theme=Theme.LIGHT,
        size=Size.DESK,
    )
    graphs = list(graphs_in(shell.shell(view, words, pages=shell.PAGES.values(), name="")))
    assert len(graphs) == 6
    for graph in graphs:
        assert graph.config["showSendToCloud"] is False
        assert graph.config["topojsonURL"].startswith("/")
        assert graph.config["locale"] == language.value


def graphs_in(component: Any) -> Iterator[Any]:
    if isinstance(component, dash.dcc.Graph):
        yield component
    children = getattr(component, "children", None)
    for child in children if isinstance(children, list) else [children]:
        if isinstance(child, dash.development.base_component.Component):
            yield from graphs_in(child)


def test_the_script_knows_the_outputs_in_their_order(site: Site) -> None:
    """A callback's outputs have no names in the browser: the list of parts there must be the list here."""
    script = (Path(coverage_page.__file__).resolve().parents[1] / "assets" / "coverage.js").read_text(encoding="utf-8")
    parts = json.loads("[" + script.split("const PARTS = [")[1].split("];")[0] + "]")
    declared = [
        entry
        for entry in site.app._callback_list
        if (entry.get("clientside_function") or {}) == {"namespace": "coverage", "function_name": "draw"}
    ]
    assert len(declared) == 1
    outputs = declared[0]["output"].strip(".").split("...")
    assert outputs == [f"{component}.{prop}" for _, component, prop in parts]
    plain = json.loads("[" + script.split("const PLAIN = [")[1].split("];")[0] + "]")
    assert {part[0] for part in (*parts, *plain)} - {"options"} <= set(site.coverage())
    assert {element for _, element in plain} <= {str(name) for name in Coverage}
    assert not {element for _, element in plain} & {component for _, component, _ in parts}, "drawn by one of the two"
