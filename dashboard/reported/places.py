"""The map of adults with at least one dose, and the provinces ranked as the page about sites ranks them."""

from __future__ import annotations

from dataclasses import replace

from campaign.coverage import CENTRAL_UNITS, UNKNOWN_AREA, Measure, PopulationGroup
from campaign.map_metrics import Metric, own_target
from campaign.ranks import Ranked, RankRow, order
from campaign.report import AreaMap, Chart, ChartKind, Column, Part, Section, Shape, Share, Table, Value
from dashboard import sites
from dashboard.reported.source import Source, share_of
from dashboard.views import scale_for
from layouts import map_words, scales
from layouts.area_map import EAST_SEA
from layouts.first_words import cause_text
from layouts.theme import PALETTES
from layouts.view import Grain

# Names of the archipelagos break before their bracket: the sea is wide, but not that wide.
BRACKET = " ("


def map_section(source: Source) -> Section:
    """Without a map where the areas have no boundaries: the table of provinces says the same."""
    words = source.words
    view = replace(source.view, metric=Metric.DOSE1, group=PopulationGroup.ADULTS, area="")
    board = source.board
    scale = scale_for(source.studio, board, view)
    title = words("report_part.map")
    shape = source.studio.shapes.get(Grain.OF_2021)
    if shape is None or not board.headline.info.has_boundaries:
        return Section(part=Part.MAP, title=title, sentences=(words("report.no_map"),))
    places = [row for row in (*board.areas, *board.outside) if row.area.code not in (CENTRAL_UNITS, UNKNOWN_AREA)]
    of_area = {
        row.area.code: None if (value := scale.value_of(row)) is None else scale.class_of(value) for row in places
    }
    palette = PALETTES[view.theme]
    found = AreaMap(
        title=words("report.map_title"),
        note=map_words.note(view, words, targets=board.targets, has_map=True, blank=bool(board.outside)),
        classes=scales.class_labels(scale, words),
        colours=scale.colours(palette),
        unknown=words("legend.unknown"),
        unknown_colour=palette.unknown,
        counts=scales.counts(places, scale),
        of_area=of_area,
        outlined=source.area,
        sea=(
            *(
                (words.pick(item.name_vi, item.name_en).replace(BRACKET, "\n(", 1), item.lon, item.lat)
                for item in shape.labels
            ),
            (words("map.east_sea"), *EAST_SEA),
        ),
    )
    return Section(part=Part.MAP, title=title, area_map=found)


def provinces(source: Source) -> Section:
    """Every province of the scope by coverage; those whose figures are doubted below, with the reason."""
    words = source.words
    ranks = list(sites.ranked(source.studio, source.version, replace(source.view, area=""), source.scope))
    by_use = {row.area_code: place for place, row in enumerate(order(ranks, Ranked.USAGE), start=1)}
    by_reach = {row.area_code: place for place, row in enumerate(order(ranks, Ranked.COVERAGE), start=1)}
    ordered = sorted(ranks, key=lambda row: (by_reach.get(row.area_code, len(ranks) + 1), row.area_code))
    shown = [row for row in ordered if source.area in ("", row.area_code)]
    columns = (
        Column(key="coverage_rank", label=words("report_column.rank"), shape=Shape.WHOLE, help="rank_coverage"),
        Column(key="name", label=words("people_column.name"), shape=Shape.TEXT),
        Column(
            key="coverage_share", label=words("sites_column.coverage_share"), shape=Shape.SHARE, help="rank_coverage"
        ),
        Column(key="dose1_18plus", label=words("report_column.dose1_18plus"), shape=Shape.WHOLE, help="rank_people"),
        Column(
            key="population_18plus", label=words("report_column.population_18plus"), shape=Shape.WHOLE,
            help="rank_people",
        ),
        Column(key="full_18plus", label=words("report_column.full_18plus"), shape=Shape.SHARE, help="full_18plus"),
        Column(key="usage_rank", label=words("report_column.usage_rank"), shape=Shape.WHOLE, help="rank_usage"),
        Column(key="usage_share", label=words("sites_column.usage_share"), shape=Shape.SHARE, help="rank_usage"),
        Column(key="left_out", label=words("sites_column.left_out"), shape=Shape.TEXT, help="rank_left_out"),
    )  # fmt: skip
    full = {
        row.area.code: share_of(row.coverage.get((PopulationGroup.ADULTS, Measure.FULL))) for row in source.board.areas
    }
    day = source.studio.readings.info(source.version).as_of.astimezone(source.studio.zone).date()

    def line(row: RankRow) -> tuple[Value, ...]:
        used = Share(row.doses or 0, row.received) if row.value(Ranked.USAGE) is not None else None
        reasons = [cause_text(cause, day, words, other="") for cause in row.doubts]
        reasons += [
            words(f"sites_missing.{missing}") for ranked in Ranked if (missing := row.missing(ranked)) is not None
        ]
        return (
            by_reach.get(row.area_code),
            source.name(row.area_code),
            share_of(row.reached),
            row.reached.people if row.reached else None,
            row.reached.population if row.reached else None,
            full.get(row.area_code),
            by_use.get(row.area_code),
            used,
            "; ".join(reasons),
        )

    nation = source.board.nation
    reached = nation.get((PopulationGroup.ADULTS, Measure.DOSE1))
    total: tuple[Value, ...] = (
        None,
        words("table.nation"),
        share_of(reached),
        reached.people if reached else None,
        reached.population if reached else None,
        share_of(nation.get((PopulationGroup.ADULTS, Measure.FULL))),
        None,
        None,
        "",
    )
    left_out = sum(row.excluded(Ranked.COVERAGE) for row in shown)
    rows = (*(line(row) for row in shown), total)
    # A column without a word in it says nothing.
    doubted = any(row[-1] for row in rows)
    table = Table(
        key="provinces",
        title=words("report_table.provinces"),
        columns=columns if doubted else columns[:-1],
        rows=rows if doubted else tuple(row[:-1] for row in rows),
        totals=1,
        note=words("sites.left_out_note") if left_out else "",
    )
    return Section(
        part=Part.PROVINCES,
        title=words("report_part.provinces"),
        sentences=(
            words(
                "report.provinces" if len(ranks) > len(by_reach) else "report.provinces_all",
                ranked=len(by_reach),
                left_out=len(ranks) - len(by_reach),
            ),
        ),
        tables=(table,),
        charts=() if source.area else tuple(_lowest(source, [row for row in ordered if row.area_code in by_reach])),
    )


def _lowest(source: Source, ranked: list[RankRow]) -> list[Chart]:
    """The last ones of the order, the lowest on top, against the target of their group."""
    words = source.words
    last = list(reversed(ranked))[: source.rules.chart_areas]
    if not last:
        return []
    target = own_target(source.board.targets, PopulationGroup.ADULTS)
    return [
        Chart(
            key="lowest",
            title=words("report_chart.lowest", count=len(last)),
            kind=ChartKind.BARS,
            shape=Shape.SHARE,
            label=words("sites_column.coverage_share"),
            categories=tuple(source.name(row.area_code) for row in last),
            values=tuple(
                Share(row.reached.people, row.reached.population).mille if row.reached else None for row in last
            ),
            goal=round(target.ratio * 1000) if target else None,
            goal_label=words("report_chart.goal") if target else "",
        )
    ]
