"""A monitor of heat on vials (VVM) that somebody read, on the page where people bring things in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path

from campaign.vial_monitors import Carries, monitors_in_force
from operations import vial_readings
from operations.action_log import ActRefused
from operations.decisions import Actor
from operations.ems import Window
from warehouse.reference import load_vial_monitors

VIALS = "vvm"
SENT = ("store", "lot", "stage", "doses", "occasion", "read_at", "vial_note")


def without_monitor(folder: Path, today: date) -> frozenset[str]:
    """Products of which a source says that their vials carry none."""
    found = monitors_in_force(load_vial_monitors(folder), today=today)
    return frozenset(product for product, monitor in found.items() if monitor.carries is Carries.NO)


def read_vials(
    url: str, sent: Mapping[str, str], *, instant: Callable[[str], datetime], window: Window, folder: Path, by: Actor
) -> str:
    """The lot. Raises ActRefused."""
    seen = vial_readings.VialSeen(
        store=sent.get("store", "").strip(),
        lot=sent.get("lot", "").strip(),
        stage=_stage(sent.get("stage", "")),
        doses=_doses(sent.get("doses", "")),
        read_at=instant(sent.get("read_at", "")),
        occasion=sent.get("occasion", ""),
        note=sent.get("vial_note", ""),
    )
    without = without_monitor(folder, window.until.date())
    vial_readings.take(url, seen, window=window, without=without, by=by)
    return seen.lot


def _stage(text: str) -> int:
    """Raises ActRefused."""
    found = _whole(text)
    if found is None:
        raise ActRefused(f"'{text[:20]}' is no stage: write 1, 2, 3 or 4", "no_stage", text=text[:20])
    return found


def _doses(text: str) -> int | None:
    """None where nothing is written: all that are there. Raises ActRefused."""
    if not text.strip():
        return None
    found = _whole(text)
    if found is None:
        raise ActRefused(f"'{text[:20]}' is no number of doses", "no_vial_doses", text=text[:20])
    return found


def _whole(text: str) -> int | None:
    """With either mark between thousands."""
    bare = text.strip().replace(".", "").replace(",", "")
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) <= 9 else None
