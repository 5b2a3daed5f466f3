"""Below the map: the districts of the chosen province, the sites of a district, one site; or what an area of 2025 was
made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dash import html

from campaign.access import Scope
from campaign.coverage import CENTRAL_UNITS, UNKNOWN_AREA, Measure, PopulationGroup
from campaign.map_metrics import SHARES, Kind, Metric
from campaign.places import DistrictRow
from campaign.readings import AreaRow
from dashboard.dossier import dossier_of
from dashboard.params import BadParameter
from dashboard.seen import Seen
from dashboard.views import Studio, csv_address, named_colours
from geo.areas import District, Site
from geo.gazetteer import DISTRICT_DENOMINATOR
from layouts import format as fmt
from layouts import scales
from layouts.district_page import district_points, district_table, member_table, points_key
from layouts.graph import Figure, blank
from layouts.parts import Child
from layouts.place_parts import Step, crumbs, heading, told
from layouts.site_dossier import dossier
from layouts.site_page import day_bars, day_table, hour_table, site_facts, site_table
from layouts.view import Grain, View
from layouts.words import Words
from warehouse import reads, reads_places


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request for a place, checked: the site lies in the district, the district in the province."""

    studio: Studio
    version: int
    view: View
    scope: Scope
    words: Words
    row: AreaRow
    district: District | None
    site: Site | None

    @property
    def today(self) -> date:
        """The last day that counts: the one asked for, or the campaign's day at the instant of the snapshot."""
        return self.view.day or reads.day_of(self.studio.readings.snapshots, self.version)


def place(studio: Studio, version: int, view: View, scope: Scope) -> dict[str, Any]:
    """`level` says what is shown. Raises OutsideScope, and BadParameter for a district or site that is not there."""
    seen = Seen(studio.readings, scope)
    seen.check(view.area, view.grain)
    board = seen.board(version, view.denominator, view.day, view.grain)
    row = next(row for row in board.areas if row.area.code == view.area)
    words = studio.catalogues[view.language]
    if view.grain is Grain.OF_2025:
        return _members(studio, version, view, seen, row, words)
    district, site = located(studio, view)
    asked = Asked(
        studio=studio, version=version, view=view, scope=scope, words=words, row=row, district=district, site=site
    )
    if site is not None:
        return _site(asked, site)
    return _district(asked, district) if district is not None else _province(asked)


def located(studio: Studio, view: View) -> tuple[District | None, Site | None]:
    """The district and site that a view asks for. A site alone tells its district. Raises BadParameter."""
    places = studio.gazetteer
    inside = places.districts_of(view.area)
    site = places.sites.get(view.site) if view.site else None
    if view.site and (site is None or site.province_code != view.area):
        raise BadParameter("site", view.site, ())
    code = view.district or (site.district_code if site else "")
    district = next((item for item in inside if item.code == code), None)
    if code and district is None:
        raise BadParameter("district", code, tuple(item.code for item in inside))
    if site is not None and district is not None and site.district_code != district.code:
        raise BadParameter("site", view.site, ())
    return district, site


def districts_of(studio: Studio, version: int, view: View, row: AreaRow) -> tuple[DistrictRow, ...] | None:
    """The districts of a province under a view; None where the snapshot keeps none."""
    today = view.day or reads.day_of(studio.readings.snapshots, version)
    return reads_places.districts(
        studio.readings.snapshots,
        version,
        area=view.area,
        on=today,
        past=view.day is not None and view.day != studio.readings.known(version).last_day,
        codes=[item.code for item in studio.gazetteer.districts_of(view.area)],
        populations=_populations(studio, view, row),
    )


def _populations(studio: Studio, view: View, row: AreaRow) -> dict[str, int]:
    cell = row.coverage.get((PopulationGroup.ALL, Measure.DOSE1))
    return studio.gazetteer.populations(
        view.area, people=cell.population if cell else None, denominator=view.denominator
    )


def _steps(asked: Asked) -> list[Step]:
    area, words = asked.row.area, asked.words
    steps = [Step(name=words("table.nation")), Step(name=words.pick(area.name_vi, area.name_en), area=area.code)]
    if asked.district:
        steps.append(Step(name=asked.district.name_vi, area=area.code, district=asked.district.code))
    if asked.site:
        steps.append(Step(name=words.marked(asked.site.name_vi), area=area.code, site=asked.site.code))
    return steps


def _answer(
    asked: Asked, level: str, body: Sequence[Child], *, title: str, note: str, plot: Figure | None = None, csv: str = ""
) -> dict[str, Any]:
    head = heading(title, note, csv=csv, words=asked.words)
    return {
        "version": asked.version,
        "level": level,
        "body": [crumbs(_steps(asked), asked.words), head, *body],
        "plot": plot or blank(),
        "has_plot": plot is not None,
        **named_colours(_scale(asked), asked.view),
    }


def _province(asked: Asked) -> dict[str, Any]:
    words, studio, view = asked.words, asked.studio, asked.view
    name = words.pick(asked.row.area.name_vi, asked.row.area.name_en)
    title = words("place.districts_of", area=name)
    if view.area in (CENTRAL_UNITS, UNKNOWN_AREA) or not studio.gazetteer.districts_of(view.area):
        return _answer(asked, "province", [told(words("place.no_districts"))], title=title, note="")
    rows = districts_of(studio, asked.version, view, asked.row)
    if rows is None:
        return _answer(asked, "province", [told(words("place.old_snapshot"))], title=title, note="")
    places = {item.code: item for item in studio.gazetteer.districts_of(view.area)}
    table = district_table(rows, province=asked.row, places=places, words=words)
    csv = csv_address("districts", asked.version, asked.scope, view)
    plot = _points(asked, rows, places)
    # People by district are not kept day by day: the points of a past day have no colour to explain.
    key = [points_key(_scale(asked) if view.day is None else None, view, words)] if plot else []
    return _answer(asked, "province", [*key, table], title=title, note=_district_note(asked, rows), plot=plot, csv=csv)


def _district_note(asked: Asked, rows: Sequence[DistrictRow]) -> str:
    words = asked.words
    parts = [words("place.residence_and_place")]
    if asked.view.day and not any(row.coverage for row in rows):
        parts.append(words("place.no_people_by_day", day=fmt.day(asked.view.day, words.language)))
    elif asked.view.denominator != DISTRICT_DENOMINATOR:
        parts.append(words("place.no_denominator", name=words.named("denominator", asked.view.denominator)))
    else:
        parts.append(words("place.denominator"))
    return " · ".join(parts)


def _scale(asked: Asked) -> scales.Scale:
    """Of the points: everyone's share under the measure of the map, or at least one dose where it shows no share."""
    measure = SHARES.get(asked.view.metric, Measure.DOSE1)
    breaks = asked.studio.breaks[Kind.RATIO]
    return scales.Scale(metric=Metric(measure.value), group=PopulationGroup.ALL, breaks=breaks, over=True)


def _points(asked: Asked, rows: Sequence[DistrictRow], places: dict[str, District]) -> Figure | None:
    shape = asked.studio.shapes.get(Grain.OF_2021)
    if shape is None or asked.view.area not in shape.points:
        return None
    scale = _scale(asked)
    return district_points(
        rows,
        area=asked.view.area,
        places=places,
        shape=shape,
        measure=SHARES[scale.metric],
        scale=scale,
        view=asked.view,
        words=asked.words,
    )


def _district(asked: Asked, district: District) -> dict[str, Any]:
    words, studio, view = asked.words, asked.studio, asked.view
    snapshots, version = studio.readings.snapshots, asked.version
    places = {item.code: item for item in studio.gazetteer.sites_of(district.code)}
    title = words("place.sites_of", district=district.name_vi)
    rows = reads_places.sites(snapshots, version, codes=tuple(places), on=asked.today)
    first = studio.readings.sites_kept_from(version)
    if rows is None:
        return _answer(asked, "district", [told(words("place.old_snapshot"))], title=title, note="")
    if first is None or first > asked.today:
        return _answer(asked, "district", [told(words("place.no_site_days"))], title=title, note="")
    total = (
        reads_places.district_doses(snapshots, version, district=district.code, first=first, last=asked.today)
        if reads_places.has(snapshots, version, "doses_by_district_day")
        else None
    )
    table = site_table(rows, places=places, area=view.area, district=district.code, total=total, words=words)
    note = words("place.sites_note", first=fmt.day(first, words.language), last=fmt.day(asked.today, words.language))
    csv = csv_address("sites", version, asked.scope, view)
    return _answer(asked, "district", [table], title=title, note=note, csv=csv)


def _site(asked: Asked, site: Site) -> dict[str, Any]:
    words, studio = asked.words, asked.studio
    first = studio.readings.sites_kept_from(asked.version)
    record = reads_places.site(studio.readings.snapshots, asked.version, code=site.code, kept_from=first)
    if record is None:
        return _answer(
            asked, "site", [told(words("place.old_snapshot"))], title=asked.words.marked(site.name_vi), note=""
        )
    info = studio.readings.info(asked.version)
    today = reads.day_of(studio.readings.snapshots, asked.version)
    note = words("site.note", first=fmt.day(record.kept_from, words.language))
    body = [
        site_facts(site, record, today=today, now=info.as_of.astimezone(studio.zone), words=words),
        *hour_table(record, words),
        *([day_table(record, words)] if record.days else []),
        # Below what is said of the site and its figure, over the whole width.
        html.Div(
            dossier(dossier_of(studio, asked.version, asked.view, asked.scope, site, record), words),
            className="place-more",
        ),
    ]
    plot = day_bars(record, last=today, view=asked.view, words=words) if record.days else None
    return _answer(asked, "site", body, title=asked.words.marked(site.name_vi), note=note, plot=plot)


def _members(studio: Studio, version: int, view: View, seen: Seen, row: AreaRow, words: Words) -> dict[str, Any]:
    """The provinces that went into an area of 2025, each with its own figures."""
    members = set(seen.members(view.area, view.grain))
    board = seen.board(version, view.denominator, view.day)
    rows = [item for item in board.areas if item.area.code in members]
    name = words.pick(row.area.name_vi, row.area.name_en)
    steps = [Step(name=words("table.nation"), grain=Grain.OF_2025), Step(name=name, area=view.area)]
    body: list[Child] = [
        crumbs(steps, words),
        heading(words("place.members_of", area=name), words("place.members_note"), csv="", words=words),
        member_table(rows, words=words),
    ]
    return {"version": version, "level": "merged", "body": body, "plot": blank(), "has_plot": False}
