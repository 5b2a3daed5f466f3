"""`app.py supplies`: consumables against doses, by province or of one store; `app.py vials`: the stages that were read
on the vials' own monitors, and what a named person read."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from campaign.lots import thaw_limits_in_force
from campaign.people_tables import Row
from campaign.stock_board import judge
from campaign.supply_tables import given_by_place, supply_item_rows, usable_by_place
from campaign.vial_monitors import Carries, monitors_in_force
from cli.registry_command import DONE, REFUSED, answering, local_instant, tell
from etl.coldchain_intake import present_of
from etl.contracts import EARLIEST
from operations import vial_readings
from operations.action_log import connect
from operations.decisions import Actor
from operations.ems import Window
from settings import Settings
from warehouse import reads_stores, reads_supplies
from warehouse.reference import load_supply_book, load_thaw_limits, load_vial_monitors
from warehouse.snapshot import Snapshots

Commands = Any
USAGE = 2
# Rows that the terminal lists; --json has all of them.
LISTED = 70


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    supplies = commands.add_parser(
        "supplies", parents=[common], help="doses that can be given with the consumables beside them, by province"
    )
    supplies.add_argument("--store", default="", metavar="CODE", help="of one store, with each item")
    supplies.add_argument("--json", action="store_true", help="compact JSON, one object a line, on standard output")
    supplies.set_defaults(handler=show_supplies)
    vials = commands.add_parser(
        "vials", parents=[common], help="stages of the vials' monitors (VVM) by store and lot; say what you read"
    )
    vials.add_argument("--json", action="store_true", help="compact JSON, one object a line, on standard output")
    vials.add_argument("--store", default="", metavar="CODE")
    vials.add_argument("--lot", default="", metavar="NUMBER")
    vials.add_argument("--stage", type=int, metavar="1..4", help="say which stage you read; 3 and 4 are not given")
    vials.add_argument("--doses", type=int, metavar="N", help="how many doses are at it; default: all that are there")
    vials.add_argument("--occasion", choices=vial_readings.OCCASIONS, default="other")
    vials.add_argument("--at", default="", metavar="'YYYY-MM-DD HH:MM'", help="local time; default: now")
    vials.add_argument("--note", default="", metavar="TEXT")
    vials.add_argument("--actor", default="", metavar="NAME", help="who read it; kept in the audit")
    vials.set_defaults(handler=run_vials)


def show_supplies(chosen: argparse.Namespace, settings: Settings) -> int:
    """Exit code 4 for a store there is not."""
    with closing(Snapshots(settings.snapshot_dir)) as snapshots:
        version = snapshots.current()
        stock = reads_stores.stock(snapshots, version, zone=ZoneInfo(settings.campaign.timezone))
        thaw = thaw_limits_in_force(load_thaw_limits(settings.reference_dir), today=stock.today)
        rules = load_supply_book(settings.reference_dir).on(stock.today)
        heaps, pieces = stock.heaps, reads_supplies.supplies(snapshots, version)
        if chosen.store:
            own = reads_stores.store_of(snapshots, version, store=chosen.store)
            if chosen.store not in own.stores:
                return tell(f"no store with a ledger is called '{chosen.store}'", REFUSED)
            heaps = own.heaps
            pieces = reads_supplies.supplies(snapshots, version, store=chosen.store, by_store=True)
        judged = judge(heaps, stock.lots, {}, today=stock.today, thaw_days=thaw)
        found = given_by_place(usable_by_place(judged), pieces, rules)
    rows: list[Row] = [
        {
            "place": place,
            "usable": given.doses + given.untold,
            "givable": given.given,
            "stranded": given.stranded,
            "limit": given.limit,
        }
        for place, given in sorted(found.items(), key=lambda item: (-item[1].stranded, item[0]))
    ]
    items = supply_item_rows(found.values(), lambda code: code)
    if chosen.json:
        told = [*rows, *([{"item": row.pop("item_name"), **row} for row in items] if chosen.store else [])]
        sys.stdout.buffer.write(b"".join(orjson.dumps(row) + b"\n" for row in told))
        return DONE
    print("\n".join(_line(row) for row in rows[:LISTED]) or "no books of consumables are kept")
    for row in items:
        print(
            f"  {row['item']:<20} {row['pieces']:>12,} there  {row['needed']:>12,} needed  "
            f"{row['lacking']:>12,} missing"
        )
    return DONE


def _line(row: Row) -> str:
    return (
        f"{row['place']:<12} usable {row['usable']:>12,}  can be given {row['givable']:>12,}  "
        f"cannot {row['stranded']:>10,}  {row['limit'] or '-'}"
    )


def run_vials(chosen: argparse.Namespace, settings: Settings) -> int:
    """Exit code 2 for a reading that is not said in full, 4 for one that is refused."""
    if chosen.stage is None:
        return _show_vials(chosen, settings)
    if not (chosen.store and chosen.lot and chosen.actor.strip()):
        return tell("say where and who: vials --store CODE --lot NUMBER --stage N --actor NAME", USAGE)
    return answering(_say)(chosen, settings)


def _say(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    with connect(url) as connection:
        now = present_of(connection)
    at = local_instant(chosen.at, ZoneInfo(settings.campaign.timezone)) if chosen.at else now
    monitors = monitors_in_force(load_vial_monitors(settings.reference_dir), today=now.date())
    seen = vial_readings.VialSeen(
        store=chosen.store,
        lot=chosen.lot,
        stage=chosen.stage,
        read_at=at,
        doses=chosen.doses,
        occasion=chosen.occasion,
        note=chosen.note,
    )
    vial_readings.take(
        url,
        seen,
        window=Window(since=EARLIEST, until=now),
        without={product for product, monitor in monitors.items() if monitor.carries is Carries.NO},
        by=Actor(name=chosen.actor, origin="command", now=datetime.now(UTC)),
    )
    return asdict(seen), f"lot {seen.lot} in {seen.store} is at stage {seen.stage}; the next refresh shows it"


def _show_vials(chosen: argparse.Namespace, settings: Settings) -> int:
    with closing(Snapshots(settings.snapshot_dir)) as snapshots:
        read = reads_supplies.vials(snapshots, snapshots.current(), store=chosen.store)
    rows = [asdict(lot) for lot in read.lots if chosen.lot in ("", lot.lot)]
    if chosen.json:
        sys.stdout.buffer.write(b"".join(orjson.dumps(row) + b"\n" for row in rows))
        return DONE
    lines = [
        f"{row['store']:<12} {row['lot']:<12} {row['product']:<12} stage {row['stage']}  "
        f"read {row['read_at']:%Y-%m-%d %H:%M}Z  there {row['on_hand']:>9,}  not to be given {row['discard']:>9,}"
        for row in rows[:LISTED]
    ]
    print("\n".join(lines) or "no monitor of a vial has been read")
    return DONE
