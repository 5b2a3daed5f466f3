"""Put readings and layouts together: what one request for a snapshot's view is answered with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import orjson

from campaign.access import Scope
from campaign.causes import CauseRules
from campaign.cold_capacity import Capacity, CapacityRules
from campaign.coverage import Coverage, Measure, PopulationGroup
from campaign.equipment import EquipmentRules
from campaign.map_metrics import OF_STOCK, Kind, NeedEdges
from campaign.people import DeferralReason, PriorityGroup
from campaign.readings import AreaRow
from campaign.sites import SiteRules
from campaign.stock_board import StockRules
from campaign.supplies import SupplyBook
from campaign.trust import ClockLimits, DataRule
from campaign.vial_monitors import Monitor
from campaign.wastage import WasteReason
from dashboard import payloads
from dashboard.kept import Kept
from dashboard.readings import Board, Readings, StockNow
from dashboard.seen import Seen, trust_within
from dashboard.trust import area_names, trust_of
from geo.gazetteer import Gazetteer
from layouts import curves, daily, map_words, scales, table, tiles
from layouts import format as fmt
from layouts.area_bars import area_bars
from layouts.area_card import area_card, hint
from layouts.area_map import MapShape, area_map
from layouts.banner import banner
from layouts.data_page import data_page
from layouts.extremes import extremes
from layouts.feed_board import Lag
from layouts.first_statements import mark_rows
from layouts.graph import blank
from layouts.help_layer import facts
from layouts.legend import legend
from layouts.lineage import Origin, origin
from layouts.view import MEASURES, Grain, Theme, View
from layouts.words import Catalogues, Language, Words
from warehouse import lineage, reads

TilesKey = tuple[int, str, str, date | None, Grain, Language, PopulationGroup]


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """What every view needs besides its request."""

    readings: Readings
    catalogues: Catalogues
    shapes: Mapping[Grain, MapShape]
    gazetteer: Gazetteer
    zone: ZoneInfo
    breaks: scales.Breaks
    lag: Lag
    rules: tuple[DataRule, ...]
    limits: ClockLimits
    priority_groups: tuple[PriorityGroup, ...]
    deferral_reasons: tuple[DeferralReason, ...]
    waste_reasons: tuple[WasteReason, ...]
    products: Mapping[str, str]
    causes: CauseRules
    places: int
    cutoff_hour: int
    site_rules: SiteRules
    rank_places: int
    site_rows: int
    run_days: int
    equipment: EquipmentRules
    capacity: CapacityRules
    stock: StockRules
    supply: SupplyBook
    monitors: tuple[Monitor, ...]
    need: NeedEdges
    # None where nothing is to be kept.
    texts: Kept[tuple[int, str, str, date | None, Grain, Language], table.Texts] | None = None
    tiles: Kept[TilesKey, dict[str, orjson.Fragment]] | None = None


def coverage(studio: Studio, version: int, view: View, scope: Scope) -> dict[str, Any]:
    """Map or bars, legend and table under one combination of filters; they have the areas of the scope."""
    words = studio.catalogues[view.language]
    seen = Seen(studio.readings, scope)
    board = stocked(studio, seen, seen.board(version, view.denominator, view.day, view.grain), version, view)
    view = readable(view, board)
    scale = scale_for(studio, board, view)
    places = [row for row in board.areas if row.area.code not in table.APART]
    outside = [row for row in board.outside if row.area.code not in table.APART]
    total = table.nation_row(board.nation, board.counts, board.stock)
    texts = _texts(studio, version, view, scope, [*board.areas, total], words)
    return {
        "version": version,
        "header": _header(studio, version, words),
        "map": _map(studio, board, [*places, *outside] if _has_map(studio, board) else places, view, scale, words),
        "is_map": _has_map(studio, board),
        "map_title": map_words.title(view, words, has_map=_has_map(studio, board)),
        "map_note": map_words.note(
            view,
            words,
            targets=board.targets,
            has_map=_has_map(studio, board),
            blank=bool(outside),
            need=studio.need,
        ),
        "extremes": extremes(places, scale=scale, words=words),
        "span": map_words.span(board.headline.info, view, merged=bool(studio.readings.known(version).merged)),
        "csv": csv_address("map", version, scope, view),
        "sorted_by": table.VALUE if scale.kind is not Kind.RATIO else table.pair_id(view.group, MEASURES[view.metric]),
        **named_colours(scale, view),
        "legend": legend(places, view=view, scale=scale, words=words),
        "table": mark_rows(
            table.table_rows(board.areas, texts, view=view, scale=scale, words=words),
            seen.statements(version, studio.cutoff_hour, studio.zone) or {},
            words,
        ),
        "pinned": table.pinned_rows(
            board.areas,
            texts,
            nation=total,
            view=view,
            scale=scale,
            words=words,
        ),
        "columns": table.columns(
            board.areas, view=view, scale=scale, words=words, sampled=studio.readings.info(version).one_in > 1
        ),
        "denominators": [
            {"value": name, "label": words.named("denominator", name)}
            for name in studio.readings.known(version).denominators
        ],
        "denominator": view.denominator,
        "card": hint(words, has_map=_has_map(studio, board)),
        # What the browser shows in these places as long as no area is chosen and nothing is compared.
        **{"plot": blank(), "place_hidden": True, "plot_hidden": True, "compare_hidden": True},
    }


def nation(studio: Studio, version: int, view: View, scope: Scope) -> dict[str, Any]:
    """Tiles and curves, which are the nation's in every scope and do not depend on what the map colours: whoever only
    colours it anew has them already, and the many combinations of filters share a few of these."""
    words = studio.catalogues[view.language]
    seen = Seen(studio.readings, scope)
    board = seen.board(version, view.denominator, view.day, view.grain)
    view = readable(view, board)

    def drawn() -> dict[str, Any]:
        return {
            "tiles": tiles.tiles(
                board.headline,
                days=seen.days(version, view.group),
                areas=[row.area for row in (*board.areas, *board.outside)],
                denominator=view.denominator,
                words=words,
                zone=studio.zone,
            ),
            "flow": tiles.flow(board.headline, words),
        }

    return {
        "version": version,
        **_tiles(studio, version, view, scope, drawn),
        **_curves(studio, seen, version, view, board, None),
    }


def _tiles(
    studio: Studio, version: int, view: View, scope: Scope, draw: Callable[[], dict[str, Any]]
) -> Mapping[str, Any]:
    """In neither theme nor size of the screen do they differ: written once for all of them."""
    if studio.tiles is None:
        return draw()
    key = (version, scope.key, view.denominator, view.day, view.grain, view.language, view.group)
    return studio.tiles.get(
        key, lambda: {name: orjson.Fragment(payloads.encode(part)) for name, part in draw().items()}
    )


def stocked(studio: Studio, seen: Seen, board: Board, version: int, view: View) -> Board:
    """The board with the stock of its areas, where the map asks for it; a past day has none."""
    if view.metric not in OF_STOCK or view.day is not None:
        return board
    return seen.with_stock(board, stock_now(studio, version), view.grain)


def stock_now(studio: Studio, version: int) -> StockNow:
    return studio.readings.stock(version, zone=studio.zone, rules=studio.stock)


def capacity_now(studio: Studio, version: int) -> Capacity | None:
    return studio.readings.capacity(version, zone=studio.zone, rules=studio.capacity)


def _texts(
    studio: Studio, version: int, view: View, scope: Scope, rows: Sequence[AreaRow], words: Words
) -> table.Texts:
    if studio.texts is None:
        return table.texts_of(rows, words)
    key = (version, scope.key, view.denominator, view.day, view.grain, view.language)
    return studio.texts.get(key, lambda: table.texts_of(rows, words))


def area(studio: Studio, version: int, view: View, scope: Scope) -> dict[str, Any]:
    """One area's card and curves. Raises OutsideScope."""
    words = studio.catalogues[view.language]
    seen = Seen(studio.readings, scope)
    seen.check(view.area, view.grain)
    board = seen.board(version, view.denominator, view.day, view.grain)
    view = readable(view, board)
    row = next(row for row in board.areas if row.area.code == view.area)
    return {
        "version": version,
        "card": area_card(row, words, view.grain, sampled=studio.readings.info(version).one_in > 1),
        **_curves(studio, seen, version, view, board, row),
    }


def frame(studio: Studio, version: int, view: View, _scope: Scope) -> dict[str, Any]:
    """What stands above every page."""
    words = studio.catalogues[view.language]
    info = studio.readings.info(version)
    invariants = reads.invariants(studio.readings.snapshots, version)
    return {**_header(studio, version, words), "banner": banner(info, invariants, words)}


def data(studio: Studio, version: int, view: View, scope: Scope) -> dict[str, Any]:
    """The page on the data themselves."""
    words = studio.catalogues[view.language]
    trust = trust_of(
        studio.readings,
        version,
        view,
        rules=studio.rules,
        lag=studio.lag,
        limits=studio.limits,
        zone=studio.zone,
        words=words,
    )
    return {"version": version, "body": data_page(trust_within(trust, scope), words=words, zone=studio.zone)}


def number(studio: Studio, version: int, view: View, scope: Scope, number_id: str) -> dict[str, Any]:
    """Where one number comes from, recomputed by its own query. `view` tells area and denominator. Raises
    OutsideScope."""
    seen = Seen(studio.readings, scope)
    seen.check(view.area)
    words = studio.catalogues[view.language]
    found = lineage.recompute(
        studio.readings.snapshots,
        version,
        lineage.NUMBERS[number_id],
        area=view.area,
        denominator=view.denominator,
    )
    names = area_names(studio.readings, version, view, words)
    shown = Origin(
        number_id=number_id,
        value=found.value,
        coverage=found.coverage,
        query=found.number.text,
        bound=found.bound,
        place=names[view.area] if view.area else words("table.nation"),
        info=studio.readings.info(version),
        facts=facts(number_id, denominators_of(seen, version, view, words), words),
    )
    return {
        "id": number_id,
        "version": version,
        "content_hash": shown.info.content_hash,
        "definition": words.named("definition", number_id),
        "sql": shown.query,
        "bound": dict(shown.bound),
        "value": found.value,
        "population": found.population,
        "body": origin(shown, words=words, zone=studio.zone),
    }


def denominators_of(seen: Seen, version: int, view: View, words: Words) -> dict[str, str]:
    """The version of the population in use, in words, by group: name, source, and the day from which it holds."""
    found = {item.group.value: item.denominator for item in seen.target_standings(version, view.denominator)}
    told = {
        group: words(
            "targets.denominator",
            name=words.named("denominator", used.version),
            source=", ".join(words.named("source", source) for source in used.sources) or fmt.UNKNOWN,
            day=fmt.day(used.valid_from, words.language),
        )
        for group, used in found.items()
    }
    plain = words("tile.denominator", name=words.named("denominator", view.denominator))
    return {"18plus": plain, "all": plain, **told, "chosen": told.get("all", plain)}


def scale_for(studio: Studio, board: Board, view: View) -> scales.Scale:
    """The classes that a view is drawn by; a sample's counts are held to as much smaller breaks."""
    return scales.scale_of(
        view, studio.breaks, one_in=board.headline.info.one_in, targets=board.targets, need=studio.need
    )


def csv_address(name: str, version: int, scope: Scope, view: View) -> str:
    """Where the table is found as a file, under the same filters."""
    chosen = {
        "metric": view.metric.value,
        "group": view.group.value,
        "denominator": view.denominator,
        "grain": "" if view.grain is Grain.OF_2021 else view.grain.value,
        "day": view.day.isoformat() if view.day else "",
        "area": "" if name == "map" else view.area,
        "district": "" if name == "map" else view.district,
        "lang": view.language.value,
    }
    return f"/csv/{version}/{scope.key}/{name}?{urlencode({key: value for key, value in chosen.items() if value})}"


def readable(view: View, board: Board) -> View:
    """The view, or that of everyone where the source tells no ages: a map of dashes would answer nobody."""
    told = {group for group, _ in board.nation}
    return view if view.group in told or not told else replace(view, group=PopulationGroup.ALL)


def _header(studio: Studio, version: int, words: Words) -> dict[str, Any]:
    info = studio.readings.info(version)
    return {
        "version": version,
        "title": words.pick(info.title_vi, info.title_en),
        "as_of": fmt.as_of(info.as_of, words, studio.zone),
        "published_at": info.published_at,
    }


def named_colours(scale: scales.Scale, view: View) -> dict[str, Any]:
    """What an answer of the open theme names its classes' colours by."""
    return {"classes": scale.colours_by_theme()} if view.theme is Theme.OPEN else {}


def _has_map(studio: Studio, board: Board) -> bool:
    return bool(studio.shapes) and board.headline.info.has_boundaries


def _map(
    studio: Studio, board: Board, places: Sequence[AreaRow], view: View, scale: scales.Scale, words: Words
) -> dict[str, Any]:
    if _has_map(studio, board):
        return area_map(places, shape=studio.shapes[view.grain], view=view, scale=scale, words=words)
    return area_bars(places, view=view, scale=scale, words=words)


def _curves(studio: Studio, seen: Seen, version: int, view: View, board: Board, row: AreaRow | None) -> dict[str, Any]:
    words = studio.catalogues[view.language]
    days = seen.days(version, view.group, row.area.code if row else "", view.grain)
    clock_days = seen.clock_days(version, row.area.code if row else "", view.grain)
    name = words.pick(row.area.name_vi, row.area.name_en) if row else words("table.nation")
    targets = {reading.target.target_id: reading.target for reading in board.headline.readings}
    return {
        "curves": curves.cumulative(
            days, targets=list(targets.values()), reached=_reached(view, board, row), view=view, words=words
        ),
        "curves_note": curves.note(name, view, words),
        "daily": daily.daily(clock_days, view=view, words=words),
        "daily_note": daily.note(clock_days, area=name, view=view, words=words),
    }


def _reached(view: View, board: Board, row: AreaRow | None) -> dict[Measure, Coverage]:
    """Where the readings of this group stand, of one area or of the nation."""
    cells = board.nation if row is None else row.coverage
    return {measure: cell for (group, measure), cell in cells.items() if group is view.group}
