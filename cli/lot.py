"""`app.py lot`: where a lot is and who was given it; hold it, let it be used again, recall it."""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import psycopg

from campaign.lot_trace import LotTrace
from campaign.lots import LotState
from cli.places import Places
from cli.registry_command import DONE, REFUSED, answering, tell, with_registry
from etl.dataset import describe
from operations.lots import LotPeople, decide_lot, lot_people
from settings import Settings
from warehouse.reads_stock import lot_trace
from warehouse.reference import load_thaw_limits
from warehouse.snapshot import Snapshots

Commands = Any
USAGE = 2
VERBS = {"hold": LotState.ON_HOLD, "release": LotState.RELEASED, "recall": LotState.RECALLED}
FACTS = "SELECT name, value FROM registry.dataset_fact"
# Stores that the terminal lists; --json has all of them.
LISTED = 20


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser(
        "lot", parents=[common], help="trace a lot, hold it, release it from a hold, recall it"
    )
    command.add_argument("words", nargs="+", metavar="[hold|release|recall] NUMBER")
    command.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    command.add_argument("--reason", default="", metavar="TEXT", help="of hold, release and recall; kept in the audit")
    command.add_argument("--actor", default="", metavar="NAME", help="who decides; kept in the audit")
    command.set_defaults(handler=run)


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Exit code 2 for a command that says nothing to do, 4 for an unknown lot or an act that is refused."""
    if len(chosen.words) == 1:
        return _trace(chosen, settings)
    if len(chosen.words) > 2 or chosen.words[0] not in VERBS:
        return tell("say `lot NUMBER`, or `lot hold|release|recall NUMBER --actor NAME --reason TEXT`", USAGE)
    return answering(_decide)(chosen, settings)


def _decide(chosen: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
    verb, number = chosen.words
    now = datetime.now(UTC)
    with psycopg.connect(url) as connection:
        facts = {str(name): str(value) for name, value in connection.execute(FACTS).fetchall()}
    made = decide_lot(
        url,
        lot_number=number,
        state=VERBS[verb],
        reason=chosen.reason,
        actor=chosen.actor,
        now=now,
        campaign_now=describe(facts).now(now),
    )
    return asdict(made), f"lot {made.lot_number} is {made.state.value}; the next refresh shows it"


def _trace(chosen: argparse.Namespace, settings: Settings) -> int:
    number, begun = chosen.words[0], time.monotonic()
    with closing(Snapshots(settings.snapshot_dir)) as snapshots:
        found = lot_trace(
            snapshots,
            snapshots.current(),
            number,
            zone=ZoneInfo(settings.campaign.timezone),
            thaw=load_thaw_limits(settings.reference_dir),
        )
    if found is None:
        return tell(f"no lot has the number {number}", REFUSED)
    people = with_registry(settings, lambda url: lot_people(url, number)) if Places(settings).app_url() else None
    told = people if isinstance(people, LotPeople) else None
    if chosen.json:
        sys.stdout.buffer.write(orjson.dumps(as_json(found, told, seconds=time.monotonic() - begun)) + b"\n")
    else:
        print("\n".join(as_lines(found, told)))
    return DONE


def as_json(found: LotTrace, people: LotPeople | None, *, seconds: float) -> dict[str, object]:
    """The shape that scripts rely on. Doses are full size, but for `recorded`, which are records; people null: the
    registry did not answer."""
    account = found.account
    return {
        "lot": found.lot_number,
        "product": found.product,
        "source": found.source,
        "earmark": found.earmark,
        "state": found.state.value if found.state else None,
        "reason": found.reason,
        "received": account.received,
        "on_hand": account.on_hand,
        "in_transit": account.in_transit,
        "administered": account.administered,
        "wasted": account.wasted,
        "lost": account.lost,
        "unexplained": account.unexplained,
        "people": people.people if people else None,
        "recorded": people.doses if people else None,
        "stores_holding": len(found.holding),
        "stores": [
            {
                "store": store.store_code,
                "level": store.level,
                "area": store.area_code,
                "district": store.district_code,
                "site": store.site_code,
                "on_hand": store.on_hand,
                "in_transit": store.in_transit,
                "administered": store.administered,
                "wasted": store.wasted,
                "thawed_on": store.thawed_on,
                "usable_until": store.usable.expires_on,
                "clock": store.usable.clock.value,
                "condition": store.usable.condition,
                "on_hold": store.on_hold,
                "discard": store.discard,
                "decisions": [
                    {
                        "decision": mark.decision_id,
                        "kind": mark.kind,
                        "usable_until": mark.usable_until,
                        "actor": mark.actor,
                        "decided_at": mark.decided_at,
                        "device": mark.equipment_id,
                        "of_store": mark.of_store,
                    }
                    for mark in store.marks
                ],
            }
            for store in found.stores
        ],
        "seconds": round(seconds, 3),
    }


def as_lines(found: LotTrace, people: LotPeople | None) -> list[str]:
    account = found.account
    state = found.state.value if found.state else "without a state"
    lines = [
        f"lot {found.lot_number} ({found.product}): {state}{f', {found.reason}' if found.reason else ''}",
        f"received {account.received:,}: in stores {account.on_hand:,}, in transit {account.in_transit:,}, "
        f"given {account.administered:,}, wasted {account.wasted:,}, lost {account.lost:,}, "
        f"not explained {account.unexplained:,}",
        f"people: {people.people:,} ({people.doses:,} records)" if people else "people: the registry does not answer",
        f"stores with doses: {len(found.holding):,}",
    ]
    for store in found.holding[:LISTED]:
        until = f"{store.usable.expires_on:%d/%m/%Y}" if store.usable.expires_on else "no expiry"
        way = f" + {store.in_transit:,} on the way" if store.in_transit > 0 else ""
        lines.append(f"  {store.store_code:<16} {store.on_hand:>10,}{way}  until {until} ({store.usable.clock.value})")
        if store.discard:
            lines.append(f"    not to be given: {store.discard:,} at or past the discard point of their monitors (VVM)")
        lines += [
            f"    {'not to be given' if mark.stops else f'until {mark.usable_until}'}: decision {mark.decision_id} "
            f"({mark.kind}) by {mark.actor}, {mark.decided_at.isoformat()}, {mark.equipment_id} in {mark.of_store}"
            for mark in store.marks
        ]
    rest = len(found.holding) - LISTED
    return [*lines, f"  and {rest:,} more: --json has all"] if rest > 0 else lines
