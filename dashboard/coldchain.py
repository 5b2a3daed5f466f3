"""The page about the cold chain: of the nation or one province, in one answer. Lists hold what the scope covers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from campaign.access import Scope
from campaign.capacity_tables import apart_of, capacity_place_rows, capacity_store_rows
from campaign.cold_capacity import Capacity
from campaign.device_tables import NATION, DeviceNames, area_rows, device_rows, out_of_range, run_rows
from campaign.devices import Device, DeviceState, Judged, counts, judge_all
from campaign.equipment_tables import (
    Registered,
    history_rows,
    job_rows,
    offender_rows,
    register_rows,
    registered,
    uptime_model_rows,
    uptime_place_rows,
)
from campaign.equipment_tables import counts as register_counts
from campaign.holdover import hold_of
from campaign.people_places import APART
from campaign.people_tables import Row
from dashboard.params import BadParameter
from dashboard.seen import Seen
from dashboard.store_names import store_name
from dashboard.trust import area_names
from dashboard.views import Studio, capacity_now
from layouts.capacity_cards import CapacityPart
from layouts.coldchain_cards import ColdChainPage, body, not_told
from layouts.equipment_device import DevicePage, device_body
from layouts.ids import ColdChain as Ids
from layouts.sites_page import area_choice
from layouts.view import View
from layouts.words import Words
from warehouse import reads_coldchain
from warehouse.reads_coldchain import ColdChain

FILES = (
    *("devices", "runs", "places", "register", "offenders", "uptime_places", "uptime_models"),
    *("capacity_places", "capacity_stores"),
)
NEEDS_NOBODY = frozenset({DeviceState.GOOD, DeviceState.NEVER, DeviceState.NOT_IN_USE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """The devices of a place. judged: every one; listed: those that the reader may see one by one."""

    chain: ColdChain
    judged: tuple[Judged, ...]
    listed: tuple[Judged, ...]
    names: DeviceNames
    area: str

    @property
    def devices(self) -> dict[str, Device]:
        return {item.device.equipment_id: item.device for item in self.listed}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Devices):
    """What page and files are made from."""

    registered: tuple[Registered, ...]
    least_alarms: int
    covers: Callable[[str], bool]
    capacity: Capacity | None

    @property
    def own(self) -> list[Registered]:
        """Those that the reader may see one by one, in the order of the register."""
        return [item for item in self.registered if self.covers(item.device.area_code)]


def devices_told(studio: Studio, version: int, view: View, scope: Scope) -> Devices:
    """Without the register's past and the rooms, which take longer than all else. Raises OutsideScope for an area that
    is not covered."""
    Seen(studio.readings, scope).check(view.area)
    chain = studio.readings.cold_chain(version)
    own = [item for item in chain.devices if view.area in ("", item.area_code)]
    judged = tuple(judge_all(own, chain.runs, now=chain.now, limits=studio.limits))
    return Devices(
        chain=chain,
        judged=judged,
        listed=tuple(item for item in judged if scope.covers(item.device.area_code)),
        names=device_names(studio, version, view),
        area=view.area,
    )


def told(studio: Studio, version: int, view: View, scope: Scope) -> Told:
    """Raises OutsideScope for an area that is not covered."""
    found = devices_told(studio, version, view, scope)
    now = found.chain.now
    past, begin = studio.readings.equipment_past(version), now - timedelta(days=studio.equipment.uptime_days)
    return Told(
        chain=found.chain,
        judged=found.judged,
        listed=found.listed,
        names=found.names,
        area=found.area,
        registered=tuple(registered(found.judged, past, begin=begin, end=now)),
        least_alarms=studio.equipment.offender_alarms,
        covers=scope.covers,
        capacity=capacity_now(studio, version),
    )


def place_counts(found: Told) -> list[Row]:
    """Of one province there is no row of the nation: it would have the province's numbers."""
    return area_rows(found.judged, found.names.area, whole=not found.area)


def place_uptime(found: Told) -> list[Row]:
    return uptime_place_rows(found.registered, found.names.area, whole=not found.area)


def place_room(found: Told) -> list[Row]:
    return [] if found.capacity is None else capacity_place_rows(found.capacity, found.names.area, area=found.area)


def store_room(found: Told) -> list[Row]:
    """Of the stores of the place that the reader may see one by one."""
    if found.capacity is None:
        return []
    by_store = {device.store_code: device for device in found.chain.devices}

    def covers(area: str) -> bool:
        return found.covers(area) and found.area in ("", area)

    return capacity_store_rows(
        found.capacity, lambda code: found.names.store(by_store[code]), found.names.area, covers=covers
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
    """Everything of one place, or of one device. Raises OutsideScope, and BadParameter for a device that is none."""
    if view.device:
        return _device(studio, version, view, scope)
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


def _device(studio: Studio, version: int, view: View, scope: Scope) -> dict[str, Any]:
    found = told(studio, version, replace(view, area=""), scope)
    item = next((item for item in found.registered if item.device.equipment_id == view.device), None)
    if item is None:
        raise BadParameter("device", view.device, ())
    Seen(studio.readings, scope).check(item.device.area_code)
    words, snapshots = studio.catalogues[view.language], studio.readings.snapshots
    own = [run for run in found.chain.runs if run.equipment_id == view.device]
    page = DevicePage(
        row=register_rows([item], found.names, now=found.chain.now)[0],
        judged=device_rows([item.judged], found.names, now=found.chain.now)[0],
        history=history_rows(reads_coldchain.histories(snapshots, version, equipment=view.device).get(view.device, [])),
        jobs=job_rows(reads_coldchain.repair_jobs(snapshots, version, equipment=view.device)),
        runs=run_rows(out_of_range(own), found.devices, found.names),
        hours=item.device.holdover_hours,
        hold=hold_of(item.device, own),
        rules=studio.equipment,
        days=studio.run_days,
        zone=studio.zone,
        words=words,
    )
    return {"version": version, "chosen": item.device.area_code, "place": [], "body": device_body(page)}


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
        places=place_counts(found),
        files={name: _file(version, view, scope, name) for name in FILES},
        register=register_rows(found.own, found.names, now=found.chain.now),
        statuses=register_counts(found.registered),
        uptime_places=place_uptime(found),
        uptime_models=uptime_model_rows(found.registered),
        offenders=offender_rows(found.own, found.names, least=found.least_alarms),
        rules=studio.equipment,
        uptime_told=studio.readings.equipment_past(version).told,
        most=studio.site_rows,
        capacity=_capacity(version, view, scope, found, words),
        words=words,
    )


def _capacity(version: int, view: View, scope: Scope, found: Told, words: Words) -> CapacityPart | None:
    if found.capacity is None:
        return None
    places = [view.area] if view.area else found.capacity.apart
    return CapacityPart(
        picked=view.area,
        places=place_room(found),
        stores=store_room(found),
        apart=apart_of(found.capacity, places),
        files={name: _file(version, view, scope, name) for name in ("capacity_places", "capacity_stores")},
        words=words,
    )


def _file(version: int, view: View, scope: Scope, name: str) -> str:
    chosen = {"area": view.area, "lang": view.language.value}
    query = urlencode({key: value for key, value in chosen.items() if value})
    return f"/snap/{version}/{scope.key}/day-chuyen-lanh/{name}.csv?{query}"
