"""The page about the cold chain: of the nation or one province, in one answer. Lists hold what the scope covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from campaign.access import Scope
from campaign.device_tables import NATION, DeviceNames, area_rows, device_rows, out_of_range, run_rows
from campaign.devices import Device, DeviceState, Judged, counts, judge_all
from campaign.people_places import APART
from dashboard.seen import Seen
from dashboard.trust import area_names
from dashboard.views import Studio
from layouts.coldchain_cards import ColdChainPage, body, not_told
from layouts.ids import ColdChain as Ids
from layouts.sites_page import area_choice
from layouts.view import View
from layouts.words import Words
from warehouse.reads_coldchain import ColdChain

FILES = ("devices", "runs", "places")
NEEDS_NOBODY = frozenset({DeviceState.GOOD, DeviceState.NEVER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What page and files are made from. judged: every device of the place; listed: those that the reader may see one
    by one."""

    chain: ColdChain
    judged: tuple[Judged, ...]
    listed: tuple[Judged, ...]
    names: DeviceNames

    @property
    def devices(self) -> dict[str, Device]:
        return {item.device.equipment_id: item.device for item in self.listed}


def told(studio: Studio, version: int, view: View, scope: Scope) -> Told:
    """Raises OutsideScope for an area that is not covered."""
    Seen(studio.readings, scope).check(view.area)
    chain = studio.readings.cold_chain(version)
    own = [item for item in chain.devices if view.area in ("", item.area_code)]
    judged = tuple(judge_all(own, chain.runs, now=chain.now, limits=studio.limits))
    words = studio.catalogues[view.language]
    areas = area_names(studio.readings, version, view, words)
    return Told(
        chain=chain,
        judged=judged,
        listed=tuple(item for item in judged if scope.covers(item.device.area_code)),
        names=_names(studio, areas, words),
    )


def _names(studio: Studio, areas: Mapping[str, str], words: Words) -> DeviceNames:
    """A store is called by what it serves: the registry's own names of stores are not in the figures."""
    places = studio.gazetteer

    def store(device: Device) -> str:
        if device.site_code and device.site_code in places.sites:
            return places.sites[device.site_code].name_vi
        if device.district_code and device.district_code in places.districts:
            return words("coldchain.store_of", place=places.districts[device.district_code].name_vi)
        if device.store_level == "province":
            return words("coldchain.store_of", place=areas.get(device.area_code, device.area_code))
        return words(
            "coldchain.store_level", level=words.named("store_level", device.store_level), code=device.store_code
        )

    return DeviceNames(
        area=lambda code: words("table.nation") if code == NATION else areas.get(code, code), store=store
    )


def cold_chain(studio: Studio, version: int, view: View, scope: Scope) -> dict[str, Any]:
    """Everything of one place. Raises OutsideScope."""
    found = told(studio, version, view, scope)
    words = studio.catalogues[view.language]
    areas = area_names(studio.readings, version, view, words)
    visible = {code: name for code, name in areas.items() if code not in APART and scope.covers(code)}
    page = _page(studio, version, view, scope, found, words)
    return {
        "version": version,
        "chosen": view.area,
        "place": area_choice(visible, words, select_id=Ids.CHOSEN),
        "body": body(page) if found.chain.told else not_told(words),
    }


def _page(studio: Studio, version: int, view: View, scope: Scope, found: Told, words: Words) -> ColdChainPage:
    wrong = [item for item in found.listed if item.state not in NEEDS_NOBODY]
    return ColdChainPage(
        area=view.area,
        name=found.names.area(view.area or NATION),
        now=found.chain.now,
        zone=studio.zone,
        part=not scope.nationwide,
        days=studio.run_days,
        counts=counts(found.judged),
        wrong=device_rows(wrong, found.names, now=found.chain.now),
        runs=run_rows(out_of_range(found.chain.runs), found.devices, found.names),
        places=area_rows(found.judged, found.names.area),
        files={name: _file(version, view, scope, name) for name in FILES},
        most=studio.site_rows,
        words=words,
    )


def _file(version: int, view: View, scope: Scope, name: str) -> str:
    chosen = {"area": view.area, "lang": view.language.value}
    query = urlencode({key: value for key, value in chosen.items() if value})
    return f"/snap/{version}/{scope.key}/day-chuyen-lanh/{name}.csv?{query}"
