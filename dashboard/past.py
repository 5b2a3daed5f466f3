"""Which kept snapshot answers "what did we show at that moment"; the answer to /versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from campaign.readings import SnapshotInfo
from dashboard.params import BadParameter
from dashboard.readings import Readings
from layouts import format as fmt
from layouts.past import kept_versions, past_banner
from layouts.words import Words
from warehouse.files import SnapshotUnavailable, versions

NAMES = ("v", "at", "lang")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The snapshot to show. `exact`: it is the very one that was asked for, or that was on the screen then."""

    info: SnapshotInfo
    exact: bool


def kept(readings: Readings, numbers: Sequence[int]) -> tuple[SnapshotInfo, ...]:
    """Snapshots by number, oldest first; one that was deleted meanwhile is left out."""
    found: list[SnapshotInfo] = []
    for version in numbers:
        try:
            found.append(readings.info(version))
        except SnapshotUnavailable:
            continue
    return tuple(found)


def by_version(infos: Sequence[SnapshotInfo], version: int) -> Choice:
    """That version, else the kept one whose number is nearest. Raises SnapshotUnavailable where none is kept."""
    _some(infos)
    nearest = min(infos, key=lambda info: (abs(info.version - version), info.version))
    return Choice(info=nearest, exact=nearest.version == version)


def by_instant(infos: Sequence[SnapshotInfo], at: datetime) -> Choice:
    """The newest published at or before `at` (wall time). Where the one shown then was deleted since, the kept one
    published nearest to that moment. Raises SnapshotUnavailable where none is kept."""
    _some(infos)
    before = [info for info in infos if info.published_at <= at]
    after = [info for info in infos if info.published_at > at]
    # Numbers follow one another: with the next one kept too, none was between them at that moment.
    if before and (not after or after[0].version == before[-1].version + 1):
        return Choice(info=before[-1], exact=True)
    nearest = min((*before[-1:], *after[:1]), key=lambda info: abs(info.published_at - at))
    return Choice(info=nearest, exact=False)


def answer(
    args: Mapping[str, str],
    readings: Readings,
    *,
    words: Words,
    zone: ZoneInfo,
    folder: Path,
    key: Callable[[SnapshotInfo], str],
) -> dict[str, Any]:
    """The list of kept snapshots and, where `v` or `at` asks for one, that one with its banner.

    Raises BadParameter and SnapshotUnavailable.
    """
    for name in args:
        if name not in NAMES:
            raise BadParameter("name", name, NAMES)
    infos = kept(readings, versions(folder))
    told: dict[str, Any] = {
        "list": kept_versions(infos, words=words, zone=zone),
        "versions": [_told(info, key) for info in infos],
    }
    chosen, asked = _chosen(args, infos, words, zone)
    if chosen is not None:
        told["chosen"] = _told(chosen.info, key)
        told["exact"] = chosen.exact
        told["banner"] = past_banner(chosen.info, asked="" if chosen.exact else asked, words=words, zone=zone)
    return told


def _chosen(
    args: Mapping[str, str], infos: Sequence[SnapshotInfo], words: Words, zone: ZoneInfo
) -> tuple[Choice | None, str]:
    version, at = args.get("v", ""), args.get("at", "")
    if version:
        if not version.isdecimal():
            raise BadParameter("v", version, tuple(str(info.version) for info in infos))
        return by_version(infos, int(version)), words("past.number", version=version)
    if at:
        instant = _instant(at, zone)
        return by_instant(infos, instant), fmt.instant(instant, words, zone)
    return None, ""


def _instant(text: str, zone: ZoneInfo) -> datetime:
    """Without an offset it is a clock on the wall here."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadParameter("at", text, ("2021-11-05T07:00",)) from error
    return read if read.tzinfo else read.replace(tzinfo=zone)


def _told(info: SnapshotInfo, key: Callable[[SnapshotInfo], str]) -> dict[str, Any]:
    return {"version": info.version, "key": key(info), "published_at": info.published_at, "as_of": info.as_of}


def _some(infos: Sequence[SnapshotInfo]) -> None:
    if not infos:
        raise SnapshotUnavailable("no snapshot has been published yet")
