"""The page about the cold chain: of the nation or one province, in one answer. Lists hold what the scope covers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from campaign.access import Scope
from campaign.device_tables import NATION, DeviceNames, area_rows, device_rows, out_of_range, run_rows
from campaign.devices import Device, DeviceState, Judged, counts, judge_all
from campaign.people_places import APART
from dashboard.seen import Seen
from dashboard.store_names import store_name
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
    return Told(
        chain=chain,
        judged=judged,
        listed=tuple(item for item in judged if scope.covers(item.device.area_code)),
        names=device_names(studio, version, view),
    )


def device_names(studio: Studio, version: int, view: View) -> DeviceNames:
    words = studio.catalogues[view.language]
    areas = area_names(studio.readings, version, view, words)

    def store(device: Device) -> str:
        return store_name(
            studio,
            areas,
            words,
            code=device.store_code,
            level=device.store_level,
            area=device.area_code,
            district=device.district_code or "",
            site=device.site_code or "",
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
