"""`app.py excursion`: what was inside a device out of range or silent, what its doses still bear, and decide on it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from campaign.excursion import KINDS, LEADS_TO, Inside
from cli.registry_command import answering, tell
from etl.coldchain_intake import present_of
from operations.action_log import connect
from operations.decisions import Actor
from operations.excursion_decisions import Asked, decide, figures
from operations.excursions import Seen, look, stability_rules
from settings import Settings

Commands = Any
USAGE = 2


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser(
        "excursion", parents=[common], help="what was inside a device out of range or silent, and what to do; decide"
    )
    command.add_argument("device", metavar="DEVICE")
    command.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    command.add_argument("--at", default="", metavar="TIME", help="an instant of the excursion meant, ISO 8601")
    command.add_argument("--decide", default="", choices=("", *KINDS), metavar="|".join(KINDS))
    command.add_argument("--lot", action="append", default=[], metavar="NUMBER", help="of these lots; all without it")
    command.add_argument("--until", default="", metavar="DAY", help="of `use`: an earlier last day of use, ISO 8601")
    command.add_argument(
        "--waste-reason", default=None, type=int, metavar="N", help="of `discard`: why, a number of waste_reasons.csv"
    )
    command.add_argument(
        "--seen", default=None, type=int, metavar="N", help="the newest decision that you saw; 0: none"
    )
    command.add_argument("--reason", default="", metavar="TEXT", help="comment of a decision; kept in the audit")
    command.add_argument("--actor", default="", metavar="NAME", help="who decides; kept in the audit")
    command.set_defaults(handler=run)


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Exit code 2 for a time that is none, 4 for an unknown device or an act that is refused."""
    zone = ZoneInfo(settings.campaign.timezone)
    try:
        at = _instant(chosen.at, zone)
        until = date.fromisoformat(chosen.until) if chosen.until else None
    except ValueError:
        return tell("--at is a time such as 2021-11-22T08:30, --until a day such as 2021-12-24", USAGE)
    if not chosen.decide:
        return _show(chosen, settings, at)

    def act(asked: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
        now = datetime.now(UTC)
        rules = stability_rules(settings)
        with connect(url) as connection:
            present = present_of(connection)
            seen = look(connection, rules, device=asked.device, now=present, at=at)
        made = decide(
            url,
            Asked(
                device=asked.device,
                kind=asked.decide,
                reason=asked.reason,
                version=seen.version if asked.seen is None else asked.seen,
                lots=tuple(asked.lot),
                usable_until=until,
                at=at,
                waste_reason=asked.waste_reason,
            ),
            rules=rules,
            by=Actor(name=asked.actor, origin="command", now=now),
            campaign_now=present,
        )
        return asdict(made), (
            f"{made.device}: {made.kind} {', '.join(made.lots)}, {made.doses:,} doses, decided by {made.actor} "
            f"(decision {made.version}); {made.taken:,} doses taken from the ledger"
        )

    return answering(act)(chosen, settings)


def _instant(text: str, zone: ZoneInfo) -> datetime | None:
    """Without a zone it is the campaign's. Raises ValueError."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _show(chosen: argparse.Namespace, settings: Settings, at: datetime | None) -> int:
    def read(asked: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
        with connect(url) as connection:
            now = present_of(connection)
            seen = look(connection, stability_rules(settings), device=asked.device, now=now, at=at)
        return as_json(seen), "\n".join(as_lines(seen))

    return answering(read)(chosen, settings)


def as_json(seen: Seen) -> dict[str, object]:
    """The shape that scripts rely on. Minutes; doses at full size; `left` below zero where a budget was overdrawn."""
    meant = seen.meant
    return {
        "device": seen.unit.equipment_id,
        "store": seen.unit.store,
        "now": seen.now,
        "last_read_at": seen.last_read_at,
        "low_c": seen.unit.low_c,
        "high_c": seen.unit.high_c,
        "excursion": None
        if meant is None
        else {
            "side": meant.side,
            "since": meant.window.since,
            "until": meant.window.until,
            "ended": meant.ended,
            "extreme_c": meant.extreme_c,
        },
        "version": seen.version,
        "lots": [
            {
                "lot": item.lot,
                **figures(item),
                "most": item.most,
                "given_since": item.given_since,
                "recommended": LEADS_TO[item.judgement.advice][0],
                "has_vvm": item.judgement.has_vvm,
            }
            for item in seen.lots
        ],
        "decisions": [asdict(item) for item in seen.decisions],
    }


def as_lines(seen: Seen) -> list[str]:
    meant = seen.meant
    if meant is None:
        return [f"{seen.unit.equipment_id}: never out of range, and not silent"]
    extreme = "" if meant.extreme_c is None else f", {meant.extreme_c:g} °C"
    lines = [
        f"{seen.unit.equipment_id} in {seen.unit.store}: {meant.side} since {meant.window.since.isoformat()}, "
        f"until {meant.window.until.isoformat()} ({meant.ended}){extreme}",
        *(_line(item) for item in seen.lots),
    ]
    if not seen.lots:
        lines.append("  no lot was inside, by the ledger")
    for item in seen.decisions:
        lines.append(
            f"  decision {item.version}: {item.kind} {', '.join(item.lots)} by {item.actor}, "
            f"{item.decided_at.isoformat()}{f', {item.waste_reason}' if item.waste_reason else ''}: {item.reason}"
        )
    return lines


def _line(item: Inside) -> str:
    judged, band = item.judgement, item.judgement.tightest
    budget = "" if band is None else f", {hours(max(band.left_minutes, 0))} left of {hours(band.budget.minutes)}"
    over = f" ({hours(-band.left_minutes)} too long)" if band is not None and band.left_minutes < 0 else ""
    unknown = f", {hours(judged.unknown_minutes)} unknown" if judged.unknown_minutes else ""
    return (
        f"  {item.lot:<16} {item.product:<12} {item.on_hand:>9,} doses{budget}{over}{unknown}: "
        f"{judged.advice.value} -> {LEADS_TO[judged.advice][0]}"
    )


def hours(minutes: int) -> str:
    """Such as 59 min, 1 h, 2 h 05 min."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{rest} min"
    return f"{whole} h {rest:02d} min" if rest else f"{whole} h"
