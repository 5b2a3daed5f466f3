"""`app.py status`: what the last snapshot says about its feeds."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from campaign.readings import FeedStatus, SnapshotInfo
from settings import Settings
from warehouse import reads
from warehouse.snapshot import Snapshots

Commands = Any
NOT_WELL = frozenset({"failed", "held"})


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    status = commands.add_parser("status", parents=[common], help="feeds, rows, lag and the snapshot's version")
    status.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    status.set_defaults(handler=run)


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Exit code 3 where a feed is held or has failed. Raises SnapshotUnavailable before the first publication."""
    snapshots = Snapshots(settings.snapshot_dir)
    version = snapshots.current()
    about, feeds = reads.info(snapshots, version), reads.feed_statuses(snapshots, version)
    if chosen.json:
        sys.stdout.buffer.write(orjson.dumps(as_json(about, feeds)) + b"\n")
    else:
        Console().print(as_table(about, feeds))
    return 3 if any(feed.state in NOT_WELL for feed in feeds) else 0


def as_json(about: SnapshotInfo, feeds: tuple[FeedStatus, ...]) -> dict[str, object]:
    """The shape that scripts rely on."""
    return {
        "version": about.version,
        "as_of": about.as_of.isoformat(),
        "feeds": {
            feed.name: {
                "last_success": feed.last_success.isoformat() if feed.last_success else None,
                "lag_seconds": feed.lag_seconds,
                "rows_in": feed.rows_in,
                "accepted": feed.accepted,
                "quarantined": feed.quarantined,
                "state": feed.state,
                "message": feed.message,
            }
            for feed in feeds
        },
    }


def as_table(about: SnapshotInfo, feeds: tuple[FeedStatus, ...]) -> Table:
    table = Table(title=f"snapshot {about.version}, as of {about.as_of:%d/%m/%Y %H:%M}")
    for heading in ("feed", "state", "last success", "lag s", "rows in", "accepted", "set aside", "message"):
        table.add_column(heading)
    for feed in feeds:
        when = f"{feed.last_success:%H:%M:%S}" if feed.last_success else "-"
        lag = f"{feed.lag_seconds:.0f}" if feed.lag_seconds is not None else "-"
        counts = [f"{count:,}" for count in (feed.rows_in, feed.accepted, feed.quarantined)]
        table.add_row(feed.name, feed.state, when, lag, *counts, feed.message)
    return table
