"""Acts of named persons: the stage of the monitor of heat (VVM) that somebody read on the vials of a lot in a store.

When it was read is campaign time, when it was written down wall time. A reading is appended, never changed: whoever
looked again says so with a later one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from campaign.access import Permission
from campaign.vial_monitors import STAGES
from operations.action_log import LONGEST_TEXT, ActRefused, acting, connect, said, write_log
from operations.decisions import Actor
from operations.ems import Window

OCCASIONS = ("receipt", "count", "other")
STORE = "SELECT province_code FROM registry.store WHERE code = %s"
LOT = "SELECT product_code FROM registry.lot WHERE lot_number = %s"
READ = (
    "INSERT INTO registry.vial_reading "
    "(store_code, lot_number, read_at, stage, doses, occasion, note, read_by, set_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) "
    "ON CONFLICT (store_code, lot_number, read_at) DO NOTHING"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VialSeen:
    """The worst stage on the vials of `lot` in `store`, to the minute. doses: how many are at it; None: all there."""

    store: str
    lot: str
    stage: int
    read_at: datetime
    doses: int | None = None
    occasion: str = "other"
    note: str = ""


def take(url: str, seen: VialSeen, *, window: Window, without: Collection[str], by: Actor) -> None:
    """without: products whose vials carry no monitor. `window.until`: the campaign's present. Raises ActRefused."""
    store, lot = said("store", seen.store), said("lot", seen.lot)
    note = said("note", seen.note[: LONGEST_TEXT + 1]) if seen.note.strip() else ""
    at = seen.read_at.replace(second=0, microsecond=0)
    _check(seen, at, window)
    with connect(url) as connection:
        there = connection.execute(STORE, [store]).fetchone()
    with acting(
        url,
        actor=by.name,
        permission=Permission.HANDLE_ALERT,
        action="vial_reading",
        subject=f"{store} {lot}",
        area=there["province_code"] if there else None,
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        if there is None:
            raise ActRefused(f"no store is called '{store}'", "unknown_store", name=store)
        known = act.connection.execute(LOT, [lot]).fetchone()
        if known is None:
            raise ActRefused(f"no lot has the number {lot}", "no_lot", lot=lot)
        if known["product_code"] in without:
            raise ActRefused(f"vials of lot {lot} carry no monitor", "no_monitor", lot=lot)
        row = [store, lot, at, seen.stage, seen.doses, seen.occasion, note or None, act.author.name, by.now]
        if not act.connection.execute(READ, row).rowcount:
            raise ActRefused(f"{store} {lot} has a reading of that minute already", "vial_read_there", lot=lot, at=at)
        detail = {
            "stage": seen.stage,
            "vaccine_doses": seen.doses or "",
            "occasion": seen.occasion,
            "read_at": at.isoformat(),
            "note": note,
        }
        write_log(act.connection, by.now, act.author, "vial_reading", f"{store} {lot}", detail)


def _check(seen: VialSeen, at: datetime, window: Window) -> None:
    if seen.stage not in STAGES:
        raise ActRefused(f"{seen.stage} is no stage: write 1, 2, 3 or 4", "no_stage", text=str(seen.stage)[:20])
    if seen.doses is not None and seen.doses < 1:
        raise ActRefused(
            "the number of doses must be 1 or more; leave it out for all", "no_vial_doses", text=str(seen.doses)[:20]
        )
    if seen.occasion not in OCCASIONS:
        raise ActRefused(f"'{seen.occasion}' is none of {', '.join(OCCASIONS)}", "no_occasion", text=seen.occasion[:20])
    if at > window.until:
        raise ActRefused(f"{at} is later than the present", "reading_later", at=at)
    if at < window.since:
        raise ActRefused(f"{at} is before the campaign", "reading_early", at=at)
