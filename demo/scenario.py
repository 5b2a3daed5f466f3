"""Begin and end a fault in a running demonstration: a fact in the registry that its live clock obeys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import psycopg

from campaign.lots import LotState, next_moment
from demo.calendar import instant_of, seconds_of
from demo.facts import CLOCK_SPEED, LIVE_UNTIL, read_facts, write_facts
from demo.faults import Fault, Name, faults_of, written
from operations.action_log import ActRefused, connect, write_log
from operations.audit import Author
from operations.lots import LOCK, SET, changes_of, decide_lot

CLASSES = ("refrigerator", "freezer", "ultra_cold")
DISTRICT = """
    SELECT s.district_code FROM registry.equipment e JOIN registry.store s ON s.code = e.store_code
    WHERE s.district_code IS NOT NULL AND %(code)s IN ('', s.district_code)
    GROUP BY s.district_code ORDER BY count(*) DESC, s.district_code LIMIT 1
"""
DEVICES = """
    SELECT e.equipment_id, e.storage_class, e.reporting_mode
    FROM registry.equipment e JOIN registry.store s ON s.code = e.store_code
    WHERE %(district)s IN ('', s.district_code) AND %(province)s IN ('', s.province_code)
      AND %(device)s IN ('', e.equipment_id)
    ORDER BY e.equipment_id
"""
WARM = """
    SELECT equipment_id FROM registry.equipment
    WHERE storage_class = 'refrigerator' AND reporting_mode = 'live' AND %(code)s IN ('', equipment_id)
    ORDER BY equipment_id LIMIT 1
"""
PROVINCE = "SELECT code FROM registry.area WHERE level = 'province' AND code = %s"
SITES = "SELECT code FROM registry.site WHERE province_code = %s ORDER BY code"
STORES = "SELECT code FROM registry.store WHERE province_code = %s ORDER BY code"
# The lot with the largest ledger balance of those that may be used now: its recall is seen everywhere.
LOT = """
    SELECT l.lot_number FROM registry.lot l
    JOIN LATERAL (SELECT state FROM registry.lot_state t WHERE t.lot_number = l.lot_number AND t.valid_from <= %(at)s
                  ORDER BY valid_from DESC LIMIT 1) s ON true
    WHERE %(code)s IN ('', l.lot_number) AND s.state = %(state)s
    ORDER BY (SELECT sum(doses) FROM registry.stock_movement m WHERE m.lot_number = l.lot_number) DESC NULLS LAST,
             l.lot_number LIMIT 1
"""
ACTOR = "demo scenario"
# States that begin in one instant are a microsecond apart.
MOMENTS = timedelta(milliseconds=1)
# What ends by itself does so after so many campaign minutes.
USUAL_MINUTES = {Name.POWER_CUT: 240, Name.WARM_FRIDGE: 900, Name.SILENT_PROVINCE: 720}
NOT_DEMO = "this registry holds no live demonstration: start `app.py run` first"


class ScenarioRefused(Exception):
    """The message is one line that says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """`target`: district, device, province or lot. Campaign instants; `until` is None where nothing ends by itself.
    `speed`: campaign seconds a wall second."""

    name: Name
    target: str
    devices: int
    since: datetime
    until: datetime | None
    speed: float


def begin(url: str, name: Name, *, target: str, minutes: int | None, timezone: str) -> Begun:
    """Of `target`, or of one that shows it well where that is ''. Raises ScenarioRefused."""
    with psycopg.connect(url) as connection:
        facts = _facts(connection)
        now = datetime.fromisoformat(facts[LIVE_UNTIL])
        speed = float(facts[CLOCK_SPEED])
        if name is Name.LOT_RECALL:
            lot = _lot(connection, target, now, state="released")
            _recall(url, lot, now)
            return Begun(name=name, target=lot, devices=0, since=now, until=None, speed=speed)
        since = seconds_of(now, timezone)
        until = since + 60 * (minutes or USUAL_MINUTES[name])
        fault = _fault(connection, name, target, since, until)
        if any(item.fact == fault.fact for item in faults_of(facts)):
            raise ScenarioRefused(f"{name} of {fault.target} goes on already: end it with --undo")
        write_facts(connection, {fault.fact: written(fault)})
    return Begun(
        name=name,
        target=fault.target,
        devices=len(fault.devices),
        since=now,
        until=instant_of(until, timezone),
        speed=speed,
    )


def undo(url: str, name: Name, *, target: str, timezone: str) -> tuple[str, ...]:
    """What ended: targets. The live clock writes what was held back with its next tick. Raises ScenarioRefused."""
    with psycopg.connect(url) as connection:
        facts = _facts(connection)
        now = datetime.fromisoformat(facts[LIVE_UNTIL])
        if name is Name.LOT_RECALL:
            lot = _lot(connection, target, now + MOMENTS, state="recalled")
            _release(url, lot, now)
            return (lot,)
        going = [fault for fault in faults_of(facts) if fault.name is name and target in ("", fault.target)]
        if not going:
            raise ScenarioRefused(f"no {name}{f' of {target}' if target else ''} goes on")
        ends = seconds_of(now, timezone)
        facts = {fault.fact: written(replace(fault, until=min(fault.until, ends))) for fault in going}
        write_facts(connection, facts)
    return tuple(fault.target for fault in going)


def going_on(url: str) -> tuple[Fault, ...]:
    with psycopg.connect(url) as connection:
        return faults_of(_facts(connection))


def _recall(url: str, lot: str, now: datetime) -> None:
    try:
        decide_lot(
            url,
            lot_number=lot,
            state=LotState.RECALLED,
            reason="thu hồi (kịch bản minh họa)",
            actor=ACTOR,
            now=datetime.now(UTC),
            campaign_now=now,
        )
    except ActRefused as refused:
        raise ScenarioRefused(str(refused)) from refused


def _release(url: str, lot: str, now: datetime) -> None:
    """No person may release what is recalled: only the end of the scenario does."""
    reason = "hết thu hồi (kịch bản minh họa)"
    with connect(url) as connection:
        connection.execute(LOCK)
        at = next_moment(changes_of(connection, lot), now=now)
        connection.execute(SET, [lot, LotState.RELEASED.value, at, ACTOR, reason])
        detail = {"state": LotState.RELEASED.value, "before": LotState.RECALLED.value, "reason": reason}
        write_log(connection, datetime.now(UTC), Author(name=ACTOR), "lot_freed", lot, detail)


def _facts(connection: psycopg.Connection) -> dict[str, str]:
    """Raises ScenarioRefused where no live demonstration is there."""
    facts = read_facts(connection)
    if facts.get("kind") != "demo" or LIVE_UNTIL not in facts or CLOCK_SPEED not in facts:
        raise ScenarioRefused(NOT_DEMO)
    return facts


def _fault(connection: psycopg.Connection, name: Name, target: str, since: int, until: int) -> Fault:
    asked = {"district": "", "province": "", "device": ""}
    sites: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    if name is Name.POWER_CUT:
        found = asked["district"] = _one(connection, DISTRICT, target, "district with equipment")
    elif name is Name.WARM_FRIDGE:
        found = asked["device"] = _one(connection, WARM, target, "refrigerator that reports live")
    else:
        row = connection.execute(PROVINCE, [target or "79"]).fetchone()
        if row is None:
            raise ScenarioRefused(f"no province has the code '{target}'")
        found = asked["province"] = str(row[0])
        sites = tuple(str(site) for (site,) in connection.execute(SITES, [found]).fetchall())
        stores = tuple(str(store) for (store,) in connection.execute(STORES, [found]).fetchall())
    rows = connection.execute(DEVICES, asked).fetchall()
    return Fault(
        name=name,
        since=since,
        until=until,
        target=found,
        devices=tuple((str(device), CLASSES.index(kind)) for device, kind, _ in rows),
        live=tuple(str(device) for device, _, mode in rows if mode == "live"),
        province=asked["province"],
        sites=sites,
        stores=stores,
    )


def _one(connection: psycopg.Connection, query: str, code: str, what: str) -> str:
    row = connection.execute(query.encode(), {"code": code}).fetchone()
    if row is None:
        raise ScenarioRefused(f"'{code}' is no {what}")
    return str(row[0])


def _lot(connection: psycopg.Connection, code: str, at: datetime, *, state: str) -> str:
    row = connection.execute(LOT, {"code": code, "at": at, "state": state}).fetchone()
    if row is None:
        raise ScenarioRefused(f"no lot{f' {code}' if code else ''} is {state}")
    return str(row[0])
