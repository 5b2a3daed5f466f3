"""`app.py transfer STORE LOT`: what was sent there and what came; say what became of the difference."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from campaign.transfers import Leg, Outcome
from cli.registry_command import answering, tell
from etl.coldchain_intake import present_of
from operations.action_log import ActRefused, connect
from operations.decisions import Actor
from operations.transfers import Asked, Link, Seen, close, look
from settings import Settings

Commands = Any
USAGE = 2


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser(
        "transfer", parents=[common], help="what was sent of a lot to a store and what came there; close the difference"
    )
    command.add_argument("store", metavar="STORE", help="the store that receives")
    command.add_argument("lot", metavar="LOT")
    command.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    command.add_argument("--close", default="", choices=("", *Outcome), metavar="|".join(Outcome))
    command.add_argument("--from", dest="sender", default="", metavar="STORE", help="who sent; where several did")
    command.add_argument("--doses", default=None, type=int, metavar="N", help="how many of the difference; all without")
    command.add_argument("--until", default="", metavar="DAY", help="of `expected`: the last day, ISO 8601")
    command.add_argument("--seen", default=None, type=int, metavar="N", help="the newest act that you saw; 0: none")
    command.add_argument("--reason", default="", metavar="TEXT", help="of an act; kept in the audit")
    command.add_argument("--actor", default="", metavar="NAME", help="who closes; kept in the audit")
    command.set_defaults(handler=run)


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Exit code 2 for a day that is none, 4 for an unknown store or lot, or an act that is refused."""
    try:
        until = date.fromisoformat(chosen.until) if chosen.until else None
    except ValueError:
        return tell("--until is a day such as 2021-12-24", USAGE)
    if not chosen.close:
        return _show(chosen, settings)

    def act(asked: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
        with connect(url) as connection:
            present = present_of(connection)
            link = _meant(look(connection, store=asked.store, lot=asked.lot, now=present), asked.sender)
        made = close(
            url,
            Asked(
                store=asked.store,
                lot=asked.lot,
                sender=link.sender.code,
                outcome=asked.close,
                reason=asked.reason,
                version=link.version if asked.seen is None else asked.seen,
                open_doses=link.delivery.open,
                doses=asked.doses,
                expected_on=until,
            ),
            zone=ZoneInfo(settings.campaign.timezone),
            most_days=settings.stock.promise_days,
            by=Actor(name=asked.actor, origin="command", now=datetime.now(UTC)),
            campaign_now=present,
        )
        day = f" until {made.expected_on.isoformat()}" if made.expected_on else ""
        return asdict(made), (
            f"lot {made.lot} from {made.sender} to {made.store}: {made.doses:,} doses {made.outcome}{day}, said by "
            f"{made.actor} (act {made.version}); {abs(made.left):,} doses are still open"
        )

    return answering(act)(chosen, settings)


def _meant(seen: Seen, sender: str) -> Link:
    """The one that is named, or the only one with something open. Raises ActRefused."""
    named = [link for link in seen.links if link.sender.code == sender or (not sender and link.delivery.open)]
    if len(named) == 1:
        return named[0]
    if not named:
        raise ActRefused(f"nothing of lot {seen.lot} is open at {seen.store.code}")
    raise ActRefused(f"say --from: {', '.join(link.sender.code for link in named)}")


def _show(chosen: argparse.Namespace, settings: Settings) -> int:
    def read(asked: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
        with connect(url) as connection:
            seen = look(connection, store=asked.store, lot=asked.lot, now=present_of(connection))
        return as_json(seen), "\n".join(as_lines(seen))

    return answering(read)(chosen, settings)


def as_json(seen: Seen) -> dict[str, object]:
    """The shape that scripts rely on. Doses; `open` = sent - received - gone, below zero where more was received than
    sent; `gone`: said to be lost or spoiled on the way."""
    return {
        "store": seen.store.code,
        "lot": seen.lot,
        "product": seen.product,
        "now": seen.now,
        "transfers": [
            {
                "sender": link.sender.code,
                "sent": link.delivery.sent,
                "received": link.delivery.received - link.gone,
                "gone": link.gone,
                "open": link.delivery.open,
                "last_at": link.delivery.last_at,
                "outcomes": [outcome.value for outcome in link.delivery.outcomes],
                "version": link.version,
                "issues": [_leg(leg) for leg in link.delivery.issues],
                "receipts": [_leg(leg) for leg in link.delivery.receipts],
                "acts": [asdict(item) for item in link.closings],
            }
            for link in seen.links
        ],
    }


def _leg(leg: Leg) -> dict[str, object]:
    return {"movement": leg.movement.movement_id, "at": leg.movement.occurred_at, "doses": leg.doses}


def as_lines(seen: Seen) -> list[str]:
    if not seen.links:
        return [f"no store sent lot {seen.lot} to {seen.store.code}"]
    lines: list[str] = []
    for link in seen.links:
        item = link.delivery
        told = (
            "all came" if not item.open else f"{item.open:,} missing" if item.open > 0 else f"{-item.open:,} too many"
        )
        off = f", {link.gone:,} lost or spoiled on the way" if link.gone else ""
        at = f", last moved {item.last_at.isoformat()}" if item.last_at else ""
        lines.append(
            f"lot {seen.lot} ({seen.product}) from {link.sender.code} to {seen.store.code}: sent {item.sent:,}, "
            f"received {item.received - link.gone:,}{off}: {told}{at}"
        )
        for act in link.closings:
            day = f" until {act.expected_on.isoformat()}" if act.expected_on else ""
            lines.append(
                f"  act {act.version}: {act.doses:,} {act.outcome.value}{day} by {act.actor}, "
                f"{act.decided_at.isoformat()}: {act.reason}"
            )
        if item.outcomes:
            lines.append(f"  --close {'|'.join(item.outcomes)}")
    return lines
