"""`app.py reporter`: the process that makes the reports which fall due or are asked for, and sends them."""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import structlog

from cli.archive_keeping import keep_archive
from cli.archive_wiring import letter_writer
from cli.logs import configure_logs
from cli.notice_wiring import channels, send_rules
from cli.places import Places
from cli.report_making import Maker, maker_of
from cli.report_schedules import make_rules, schedules_of, zone_of
from cli.stopping import stop_event
from etl.coldchain_intake import present_of
from operations.action_log import connect
from operations.channels import Email
from operations.plan_answering import alone
from operations.report_mailing import send_next_report
from operations.report_making import make_next
from operations.report_planning import plan_due
from settings import Settings
from warehouse.files import SnapshotUnavailable
from warehouse.snapshot import Snapshots

Commands = Any
log = structlog.get_logger(__name__)
# The work of this process, as the registry's lock knows it.
REPORTER = 7305081526
# How often what is older than it is kept is looked for.
KEEPING_SECONDS = 3600.0


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser(
        "reporter", parents=[common], help="make and send reports that are due, until stopped; `app.py run` starts it"
    )
    command.add_argument("--once", action="store_true", help="make and send what waits now, then stop")
    command.set_defaults(handler=run)


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Sending has a thread of its own: a mail server that hangs holds up no report."""
    configure_logs(settings.logs.format)
    stop = stop_event()
    if chosen.once:
        _make(settings, stop, once=True)
        _send(settings, stop, once=True)
        return 0
    sender = threading.Thread(target=_send, args=(settings, stop), kwargs={"once": False}, name="mail")
    sender.start()
    _make(settings, stop, once=False)
    sender.join()
    return 0


def _make(settings: Settings, stop: threading.Event, *, once: bool) -> None:
    with closing(Snapshots(settings.snapshot_dir)) as snapshots:
        maker = maker_of(settings, snapshots)
        _until_stopped(
            settings, stop, lambda url: _make_alone(settings, maker, url, stop, once=once), once=once, what="reports"
        )


def _make_alone(settings: Settings, maker: Maker, url: str, stop: threading.Event, *, once: bool) -> None:
    """While this is the one process that makes reports, until the registry goes away. Raises psycopg.Error."""
    looked: float | None = None
    with alone(url, REPORTER) as mine:
        while mine and not stop.is_set():
            _plan(settings, maker.snapshots, url)
            if looked is None or time.monotonic() - looked > KEEPING_SECONDS:
                looked = time.monotonic()
                if gone := keep_archive(settings, url, now=_wall()):
                    log.info("reports let go", reports=gone)
            made = make_next(url, maker.make, rules=make_rules(settings), wall=_wall)
            if made is not None:
                log.info("report", outcome=made)
            elif once:
                return
            else:
                stop.wait(settings.archive.poll_seconds)


def _plan(settings: Settings, snapshots: Snapshots, url: str) -> None:
    with connect(url) as connection:
        now = present_of(connection)
    try:
        version = snapshots.current()
    except SnapshotUnavailable:
        version = None
    planned = plan_due(
        url,
        schedules_of(settings),
        version=version,
        campaign_now=now,
        zone=zone_of(settings),
        late=timedelta(minutes=settings.archive.late_minutes),
        wall=_wall(),
    )
    if planned:
        log.info("reports fell due", reports=planned, snapshot=version)


def _send(settings: Settings, stop: threading.Event, *, once: bool) -> None:
    server = next((item for item in channels(settings.notices) if isinstance(item, Email)), None)
    if server is None:
        log.info("no mail server is set up: reports are kept, and sent to nobody (config.yaml, notices)")
        return
    write, rules = letter_writer(settings), send_rules(settings.notices)

    def send(url: str) -> None:
        while not stop.is_set():
            done = send_next_report(url, server, write=write, rules=rules, wall=_wall)
            if done is not None:
                log.info("report mail", outcome=done)
            elif once:
                return
            else:
                stop.wait(settings.archive.poll_seconds)

    _until_stopped(settings, stop, send, once=once, what="mails of reports")


def _until_stopped(
    settings: Settings, stop: threading.Event, work: Callable[[str], None], *, once: bool, what: str
) -> None:
    """Again whenever the registry went away, or somebody else had the work."""
    while not stop.is_set():
        url = Places(settings).app_url()
        try:
            if url is not None:
                work(url)
        except psycopg.Error as error:
            log.warning("the registry does not answer", waits=what, reason=str(error).splitlines()[0])
        except Exception:
            # A thread must outlive one fault: nobody would notice that it is gone.
            log.exception("what waits could not be taken", waits=what)
        if once:
            return
        stop.wait(settings.archive.poll_seconds)


def _wall() -> datetime:
    return datetime.now(UTC)
