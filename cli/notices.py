"""`app.py notices`: what was told to whom and whether it arrived; and the process that sends it."""

from __future__ import annotations

import argparse
import threading
from datetime import UTC, datetime
from typing import Any

import psycopg
import structlog

from cli.logs import configure_logs
from cli.notice_wiring import channels, send_rules, writer
from cli.places import Places
from cli.registry_command import answering
from cli.stopping import stop_event
from operations.channels import Channel
from operations.decisions import Actor
from operations.notice_log import NoticeRow, notices, retry
from operations.notice_sending import SendRules, Write, send_next
from settings import Settings

Commands = Any
log = structlog.get_logger(__name__)


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    printed = argparse.ArgumentParser(add_help=False)
    printed.add_argument("--json", action="store_true", help="compact JSON on standard output")
    found = commands.add_parser(
        "notices", parents=[common, printed], help="the delivery log of notices; send them, or try one again"
    )
    found.add_argument("--failed", action="store_true", help="only those that did not arrive")
    found.add_argument("--limit", type=int, default=100, metavar="N", help="newest first; default 100")
    found.set_defaults(handler=answering(_list))
    parts = found.add_subparsers(dest="part", metavar="[WHAT]")
    send = parts.add_parser("send", parents=[common], help="send what waits, until stopped; `app.py run` starts it")
    send.add_argument("--once", action="store_true", help="send what is due now, then stop")
    send.set_defaults(handler=run)
    again = parts.add_parser("retry", parents=[common, printed], help="try one that failed once more")
    again.add_argument("notice", type=int, metavar="ID")
    again.add_argument("--reason", required=True, metavar="TEXT", help="why it will arrive now")
    again.add_argument("--actor", required=True, metavar="NAME", help="who acts; kept in the audit")
    again.set_defaults(handler=answering(_retry))


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Each channel in a thread of its own: a server that is away holds up nobody else."""
    configure_logs(settings.logs.format)
    stop = stop_event()
    write, rules = writer(settings), send_rules(settings.notices)
    threads = [
        threading.Thread(target=_send, args=(settings, channel, write, rules, stop, chosen.once), name=channel.name)
        for channel in channels(settings.notices)
    ]
    for thread in threads:
        thread.start()
    if not threads and not chosen.once:
        log.info("no channel is set up: nothing is sent (config.yaml, notices)")
        stop.wait()
    for thread in threads:
        thread.join()
    return 0


def _send(
    settings: Settings, channel: Channel, write: Write, rules: SendRules, stop: threading.Event, once: bool
) -> None:
    while not stop.is_set():
        done = _next(settings, channel, write, rules)
        if done is not None:
            log.info("notice", channel=channel.name, outcome=done)
        elif once:
            return
        else:
            stop.wait(settings.notices.poll_seconds)


def _next(settings: Settings, channel: Channel, write: Write, rules: SendRules) -> str | None:
    url = Places(settings).app_url()
    if url is None:
        return None
    try:
        return send_next(url, channel, write=write, rules=rules, wall=lambda: datetime.now(UTC))
    except psycopg.Error as error:
        log.warning("the outbox cannot be read", channel=channel.name, reason=str(error).splitlines()[0])
        return None
    except Exception:
        # The thread of a channel must outlive one notice: nobody would notice that it is gone.
        log.exception("a notice could not be taken", channel=channel.name)
        return None


def _list(chosen: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
    rows = notices(url, limit=chosen.limit, failed=chosen.failed)
    return [_as_json(row) for row in rows], "\n".join(_line(row) for row in rows) or "no notices"


def _retry(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    by = Actor(name=chosen.actor, origin="command", now=datetime.now(UTC))
    retry(url, chosen.notice, reason=chosen.reason, channels=settings.notices.channels, by=by)
    return {"notice": chosen.notice, "state": "waiting"}, f"notice {chosen.notice} waits to be sent again"


def _as_json(row: NoticeRow) -> dict[str, object]:
    return {
        "id": row.notice_id,
        "key": row.key,
        "incident": row.incident_id,
        "rule": row.rule,
        "kind": row.kind.value,
        "level": row.level,
        "channel": row.channel,
        "address": row.address,
        "post": row.post,
        "state": row.state.value,
        "reason": row.reason,
        "attempts": row.attempts,
        "made_at": row.made_at.isoformat(),
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "drill": row.drill,
    }


def _line(row: NoticeRow) -> str:
    to = f"{row.channel} {row.address}".strip()
    why = f" ({row.reason})" if row.reason else ""
    made = f"{row.made_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{row.notice_id}  {made}  incident {row.incident_id} {row.kind} level {row.level}  {to}  {row.state}{why}"
