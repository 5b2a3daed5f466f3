"""Dated publications in their order: all of them at once (`replay`), or the next one at each refresh (`apply_next`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from etl.declared import TakingRules, take_up
from etl.feeds.files import BadRowLimit
from etl.feeds.publications import NoPublications, Publication, publications, take
from etl.profile import Profile
from etl.replay_line import ReplayLine, from_json, told_before
from settings import EtlSettings
from warehouse import declared_log
from warehouse.declared_log import Recorded
from warehouse.writer import Warehouse


def replay(
    warehouse: Warehouse,
    profile: Profile,
    folder: Path,
    *,
    clock: Callable[[], datetime],
    etl: EtlSettings,
    timezone: str,
) -> Iterator[ReplayLine]:
    """Take up every publication of `folder`, one refresh each, and report each; `clock` is wall time.

    What an earlier replay took up is reported as it stood. Where the folder's history differs from the one taken up,
    by a byte of an old file or of the profile, everything is read again from the first publication on.
    Raises NoPublications.
    """
    zone = profile.timezone or timezone
    found = publications(folder, profile, timezone=zone)
    if not found:
        raise NoPublications(f"{folder}: holds no dated folders; expected names such as 2021-08-18T0107")
    if not _continues(warehouse, profile, found):
        _start_over(warehouse)
    publish_committed(warehouse, etl)
    known = _recorded(warehouse)
    for publication in found:
        if publication.name in known:
            yield told_before(from_json(known[publication.name].line))
        else:
            yield take_up(warehouse, profile, take(publication, profile), _rules(etl, zone), now=clock())


def publish_committed(warehouse: Warehouse, etl: EtlSettings) -> None:
    """Publish what stands: a process that died between its commit and the end of its publication left that to do."""
    if declared_log.recorded(warehouse.connection):
        warehouse.publish(keep_last=etl.keep_last_snapshots, keep_hourly_hours=etl.keep_hourly_hours)


def apply_next(
    warehouse: Warehouse, profile: Profile, folder: Path, *, now: datetime, etl: EtlSettings, timezone: str
) -> ReplayLine | None:
    """Take up the next publication of `folder`; None where there is none. Raises NoPublications without a folder.

    The newest one is taken up once more when its files have changed since: it was half-written, or repaired in place.
    """
    zone = profile.timezone or timezone
    if declared_log.profile_in_use(warehouse.connection) not in ("", profile.name):
        _start_over(warehouse)
    known = _recorded(warehouse)
    found = publications(folder, profile, timezone=zone)
    newest = max(known, default="")
    for publication in found:
        if publication.name < newest:
            continue
        taken = take(publication, profile)
        if publication.name > newest or taken.digest != known[newest].digest:
            return take_up(warehouse, profile, taken, _rules(etl, zone), now=now)
    return None


def _continues(warehouse: Warehouse, profile: Profile, found: tuple[Publication, ...]) -> bool:
    """Every publication up to the newest one taken up is known, with these very bytes."""
    known = _recorded(warehouse)
    if not known:
        return declared_log.profile_in_use(warehouse.connection) in ("", profile.name)
    past = [publication for publication in found if publication.name <= max(known)]
    return all(
        publication.name in known and take(publication, profile).digest == known[publication.name].digest
        for publication in past
    )


def _start_over(warehouse: Warehouse) -> None:
    with warehouse.transaction() as connection:
        declared_log.start_over(connection)


def _recorded(warehouse: Warehouse) -> dict[str, Recorded]:
    return {entry.name: entry for entry in declared_log.recorded(warehouse.connection)}


def _rules(etl: EtlSettings, timezone: str) -> TakingRules:
    return TakingRules(
        limit=BadRowLimit(max_share=etl.max_bad_share, min_rows=etl.bad_share_min_rows),
        timezone=timezone,
        keep_last_snapshots=etl.keep_last_snapshots,
        keep_hourly_hours=etl.keep_hourly_hours,
    )
