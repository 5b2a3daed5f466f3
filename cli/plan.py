"""`app.py plan`: which doses to move from where to where, why, and what that changes."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from campaign.plan_document import PlanDocument, PlanLine
from campaign.plan_json import as_csv, as_json
from campaign.plan_rules import Arrival, Asked, StatedPolicy, Suppose
from campaign.plan_trays import Packed
from cli.plan_wiring import facts_of, limits_of, names_of, stated_policy
from cli.registry_command import DONE, REFUSED, tell
from layouts.plan_names import PlanNames
from layouts.plan_words import binding_said, left_said, line_said, named_stores
from layouts.words import Language, Words, load_catalogues
from operations.plan_draft import draft
from settings import ConfigError, Settings
from warehouse.files import SnapshotUnavailable, point_to, snapshot_path
from warehouse.snapshot import Snapshots

Commands = Any
# Lines that the terminal lists; --json and --export have all of them.
LISTED = 20
# The number under which a file asked for is read; its own is in the file.
LOOKED_AT = 1


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser("plan", parents=[common], help="which doses to move from where to where, and why")
    command.add_argument("--policy", default="", metavar="NAME", help="one of plan.policies; by default plan.policy")
    command.add_argument("--days", type=int, metavar="N", help="days on which transfers may leave")
    command.add_argument("--cycle", type=int, metavar="N", help="days of a planning cycle")
    command.add_argument("--inside", default="", metavar="PROVINCE", help="between the districts of one province")
    command.add_argument("--snapshot", type=Path, metavar="FILE", help="by default the centre's current one")
    command.add_argument("--seconds", type=float, metavar="S", help="of wall time for the plan")
    command.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    command.add_argument("--export", type=Path, metavar="FILE", help="the lines as CSV")
    what_if = command.add_argument_group("supposed", "scenarios: the plan says so, and no figure is changed")
    what_if.add_argument(
        "--arrival", action="append", default=[], metavar="LOT=DOSES@STORE+DAYS", help="doses that come to a store"
    )
    what_if.add_argument(
        "--late", action="append", default=[], metavar="LOT=DAYS", help="what is on its way comes later"
    )
    what_if.add_argument("--failed", action="append", default=[], metavar="STORE", help="it neither gives nor receives")
    what_if.add_argument("--target", action="append", default=[], metavar="STORE=DOSES", help="doses that it lacks")
    command.set_defaults(handler=run)


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Exit code 2 for a question that cannot be read, 4 where nothing may be planned: refused, impossible, or a rule
    broken. A plan whose time was over before its gaps were known is a plan, and its status says so."""
    asked = _asked(chosen, settings)
    with ExitStack() as stack:
        folder = stack.enter_context(_folder(chosen.snapshot, settings))
        snapshots = stack.enter_context(closing(Snapshots(folder)))
        version = snapshots.current()
        now = None if chosen.snapshot else datetime.now(UTC)
        found = facts_of(settings, snapshots, version, asked, inside=chosen.inside, now=now)
    if found is None:
        return tell(_nothing(chosen.inside), REFUSED)
    facts, built = found
    unknown = _unknown(asked.suppose, {store.code for store in facts.places}, set(facts.lots))
    if unknown:
        raise ConfigError(f"the snapshot knows no {unknown}")
    limits = limits_of(settings, inside=chosen.inside, seconds=chosen.seconds)
    document = draft(facts, built, asked, limits)
    names, catalogues = names_of(settings), load_catalogues()
    vi = catalogues[Language.VI]
    if chosen.export is not None:
        _export(chosen.export, document, names, vi)
    if chosen.json:

        def said(line: PlanLine) -> Mapping[str, str]:
            return {language.value: line_said(line, document, names, catalogues[language]) for language in Language}

        sys.stdout.buffer.write(orjson.dumps(as_json(document, said)) + b"\n")
    else:
        print("\n".join(_as_lines(document, names, vi)))
    return _exit(document)


def _exit(document: PlanDocument) -> int:
    if document.refused or document.violations or document.status == "impossible":
        return REFUSED
    return DONE


def _nothing(inside: str) -> str:
    if inside:
        return f"the snapshot has no stores of a province {inside}, or tells of no lots or no cold chain"
    return "the snapshot tells of no lots or of no cold chain: there is nothing to plan from"


def _asked(chosen: argparse.Namespace, settings: Settings) -> Asked:
    days = settings.plan.days if chosen.days is None else chosen.days
    cycle = settings.plan.cycle if chosen.cycle is None else chosen.cycle
    if not 1 <= days <= 60 or not 1 <= cycle <= days:
        raise ConfigError("--days is 1 to 60, --cycle is 1 to --days")
    if chosen.seconds is not None and not chosen.seconds > 0:
        raise ConfigError("--seconds is above 0")
    policy = _policy(settings, chosen.policy)
    return Asked(policy=policy, days=days, cycle=cycle, suppose=_suppose(chosen))


def _policy(settings: Settings, name: str) -> StatedPolicy:
    found = stated_policy(settings, name or settings.plan.policy)
    if found is None:
        raise ConfigError(f"no policy {name}: there are {', '.join(sorted(settings.plan.policies))}")
    return found


def _suppose(chosen: argparse.Namespace) -> Suppose:
    return Suppose(
        arrivals=tuple(_arrival(text) for text in chosen.arrival),
        late=dict(_numbered("--late", text) for text in chosen.late),
        failed=frozenset(chosen.failed),
        targets=dict(_numbered("--target", text) for text in chosen.target),
    )


def _arrival(text: str) -> Arrival:
    lot, _, rest = text.partition("=")
    doses, _, place = rest.partition("@")
    store, plus, days = place.rpartition("+")
    if not (lot and doses.isdecimal() and plus and store and days.isdecimal() and int(doses) and int(days)):
        raise ConfigError(f"--arrival {text}: say LOT=DOSES@STORE+DAYS, such as AZ123=60000@NAT+2")
    return Arrival(lot=lot, store=store, doses=int(doses), day=int(days))


def _numbered(option: str, text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    if not (name and number.isdecimal()):
        raise ConfigError(f"{option} {text}: say NAME=NUMBER")
    return name, int(number)


def _unknown(suppose: Suppose, stores: set[str], lots: set[str]) -> str:
    """The first name that is asked about and that the snapshot does not have, or ''."""
    named_stores_of = [*(item.store for item in suppose.arrivals), *sorted(suppose.failed), *suppose.targets]
    strange = [f"store {code}" for code in named_stores_of if code not in stores]
    strange += [f"lot {lot}" for lot in (*(item.lot for item in suppose.arrivals), *suppose.late) if lot not in lots]
    return strange[0] if strange else ""


@contextmanager
def _folder(file: Path | None, settings: Settings) -> Iterator[Path]:
    """The folder of snapshots; of a file asked for, a folder that leads to it alone."""
    if file is None:
        yield settings.snapshot_dir
        return
    if not file.is_file():
        raise SnapshotUnavailable(f"no snapshot is at {file}")
    with tempfile.TemporaryDirectory(prefix="mcc-plan-") as folder:
        snapshot_path(Path(folder), LOOKED_AT).symlink_to(file.resolve())
        point_to(Path(folder), LOOKED_AT)
        yield Path(folder)


def _export(path: Path, document: PlanDocument, names: PlanNames, words: Words) -> None:
    stores = named_stores(document, names, words)
    text = "".join(as_csv(document, lambda line: line_said(line, document, names, words), stores))
    path.write_text("\ufeff" + text, encoding="utf-8", newline="")


def _as_lines(document: PlanDocument, names: PlanNames, words: Words) -> list[str]:
    policy, size = document.asked.policy, document.size
    gap = "not known" if document.gap is None else f"{document.gap:.2%}"
    lines = [
        f"snapshot {document.snapshot}, as of {document.as_of.isoformat()}; policy {policy.name} ({policy.way}), "
        f"reserve for second doses {policy.reserve:.0%}",
        f"{size.stores} stores, {size.hubs} that pass on, {size.products} products, {size.lots} lots, {size.days} days",
        f"{document.status}, gap {gap}, {document.seconds:.1f} s; {len(document.lines)} lines, "
        f"{sum(line.doses for line in document.lines):,} doses; rules broken: {len(document.violations)}; "
        f"too small to be shipped: {document.small:,} doses",
    ]
    packed = Counter(line.carried.packed for line in document.lines)
    lines.append(
        f"{document.whole}: {packed[Packed.WHOLE]:,} lines in whole trays, {packed[Packed.LOOSE]:,} with vials that "
        f"lie loose at the giver, {packed[Packed.OPENED]:,} open a tray"
    )
    if document.asked.suppose.anything:
        lines.append("SUPPOSED, not what is: " + _supposed(document.asked.suppose))
    lines += [f"refused: {item.why} {item.subject} {item.told}" for item in document.refused]
    before, after = document.before.total, document.after.total
    lines += [
        f"doses lost to expiry {before.lost:,} -> {after.lost:,}; "
        f"second doses unmet {before.unmet:,} -> {after.unmet:,}; short of targets {before.short:,} -> {after.short:,}",
        f"promised and set aside {document.set_aside:,}, not found {document.unfound:,}; on the way for too long "
        f"{document.late:,}; packed volume assumed of: {', '.join(document.assumed) or 'none'}",
    ]
    lines += [f"left out: {left_said(item, document, names, words)}" for item in document.left[:LISTED]]
    largest = sorted(document.lines, key=lambda line: -line.doses)
    lines += _told(largest[:LISTED], document, names, words)
    rest = len(document.lines) - LISTED
    return [*lines, f"and {rest:,} more: --json and --export have all"] if rest > 0 else lines


def _told(found: Sequence[PlanLine], document: PlanDocument, names: PlanNames, words: Words) -> Iterator[str]:
    for line in found:
        yield f"{line.ship_on:%d/%m} {line_said(line, document, names, words)}"
        if line.binding is not None:
            yield f"      {binding_said(line.binding, document, names, words)}"


def _supposed(suppose: Suppose) -> str:
    parts = [f"{item.doses:,} of {item.lot} come to {item.store} in {item.day} days" for item in suppose.arrivals]
    parts += [f"lot {lot} comes {days} days later" for lot, days in suppose.late.items()]
    parts += [f"store {store} fails" for store in sorted(suppose.failed)]
    return "; ".join([*parts, *(f"{store} lacks {doses:,} doses" for store, doses in suppose.targets.items())])
