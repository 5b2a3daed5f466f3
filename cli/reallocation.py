"""`app.py reallocation VERB [PLAN]`: plans of doses from store to store, from draft to receipt."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from campaign.plan_record import Plan
from campaign.plan_state import deeds, state_at
from cli.reallocation_order import add_options, write_order
from cli.registry_command import answering, tell
from etl.coldchain_intake import present_of
from operations import plan_acts, plan_acts_moves
from operations.action_log import ActRefused, connect
from operations.decisions import Actor
from operations.plan_acting import Done, On
from operations.plan_acts_moves import Came
from operations.plan_file import HandedIn, read_plan
from operations.plan_records import look, plans
from operations.plan_requests import checked
from operations.plan_rules import PlanRules, plan_rules
from operations.plan_stock import on_the_way, promised_doses, promised_lines
from settings import Settings

Commands = Any
USAGE = 2
LISTED = 50
DIGITS = 12
READS = ("list", "show", "promised")
ORDER = "order"
ACTS = ("draft", "change", "propose", "approve", "return", "decide", "ship", "receive", "cancel")


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser(
        "reallocation", parents=[common], help="plans of doses from store to store: draft, approve, ship, receive"
    )
    command.add_argument("verb", choices=(*READS, ORDER, *ACTS), metavar="|".join((*READS, ORDER, *ACTS)))
    command.add_argument("plan", nargs="?", type=int, metavar="PLAN", help="its number, of everything about one plan")
    command.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    command.add_argument(
        "--file", type=Path, metavar="FILE", help="of draft and change: lines as CSV or JSON; - : stdin"
    )
    command.add_argument("--title", default="", metavar="TEXT", help="of draft")
    command.add_argument("--number", default="", metavar="TEXT", help="of decide: of the authority's decision")
    command.add_argument("--on", default="", metavar="DAY", help="of decide: when it was signed, ISO 8601")
    command.add_argument("--signer", default="", metavar="TEXT", help="of decide: whose signature it bears")
    command.add_argument("--line", action="append", default=[], metavar="LINE=DOSES", help="of ship; more than once")
    command.add_argument(
        "--shipment", action="append", default=[], metavar="NUMBER=DOSES", help="of receive; more than once"
    )
    command.add_argument("--temp", type=float, metavar="C", help="of receive: of the load on arrival, degrees Celsius")
    command.add_argument("--seen", default=None, type=int, metavar="N", help="the newest act that you saw")
    command.add_argument("--reason", default="", metavar="TEXT", help="of change, return, cancel; kept with the plan")
    command.add_argument("--actor", default="", metavar="NAME", help="who acts; kept in the audit")
    command.add_argument("--out", type=Path, metavar="DIR", help="of order: the folder that the files are written into")
    add_options(command)
    command.set_defaults(handler=run)


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Exit code 2 for a command that lacks something, 4 for an unknown plan or an act that is refused."""
    lacks = _lacks(chosen)
    if lacks:
        return tell(lacks, USAGE)
    act = write_order if chosen.verb == ORDER else _read if chosen.verb in READS else _act
    return answering(act)(chosen, settings)


def _lacks(chosen: argparse.Namespace) -> str:
    """What the verb needs and was not told; '' where it has all."""
    if chosen.verb not in ("list", "promised", "draft") and chosen.plan is None:
        return f"say which plan: `reallocation {chosen.verb} PLAN`"
    if chosen.verb in ("draft", "change") and chosen.file is None:
        return "--file FILE: the lines of the plan, as CSV or as `app.py plan --json` writes them"
    if chosen.verb == "receive" and chosen.temp is None:
        return "--temp C: the temperature of the load on arrival"
    if chosen.verb == ORDER and chosen.out is None:
        return "--out DIR: the folder that the order is written into"
    return ""


def _read(chosen: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
    with connect(url) as connection:
        now = present_of(connection)
        if chosen.verb == "promised":
            kept = promised_doses(connection, now=now)
            told = {
                "now": now,
                "stores": [{"store": store, "lot": lot, "doses": doses} for (store, lot), doses in kept.items()],
                "lines": [asdict(item) for item in promised_lines(connection, now=now)],
                "on_the_way": [asdict(item) for item in on_the_way(connection)],
            }
            lines = [f"{store} {lot}: {doses:,} doses" for (store, lot), doses in sorted(kept.items()) if doses]
            return told, "\n".join(lines) or "no doses are promised"
        if chosen.verb == "show":
            plan = look(connection, chosen.plan)
            return as_json(plan, now), "\n".join(as_lines(plan, now))
        found = plans(connection, most=LISTED)
    told = {"now": now, "plans": [as_json(plan, now) for plan in found]}
    return told, "\n".join(_head(plan, now) for plan in found) or "there is no plan"


def _act(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    with connect(url) as connection:
        now = present_of(connection)
        version = look(connection, chosen.plan).version if chosen.plan is not None else 0
    by = Actor(name=chosen.actor, origin="command", now=datetime.now(UTC))
    on = On(plan=chosen.plan or 0, version=version if chosen.seen is None else chosen.seen, by=by, now=now)
    done = VERBS[chosen.verb](url, chosen, on, plan_rules(settings))
    return asdict(done), _line(done)


def _draft(url: str, chosen: argparse.Namespace, on: On, rules: PlanRules) -> Done:
    made = _handed_in(chosen.file)
    return plan_acts.draft(
        url, chosen.title, made.lines, rules=rules, by=on.by, campaign_now=on.now, document=made.document
    )


def _change(url: str, chosen: argparse.Namespace, on: On, rules: PlanRules) -> Done:
    made = _handed_in(chosen.file)
    return plan_acts.change(url, on, made.lines, reason=chosen.reason, rules=rules, document=made.document)


def _propose(url: str, _chosen: argparse.Namespace, on: On, rules: PlanRules) -> Done:
    with connect(url) as connection:
        violations = checked(connection, look(connection, on.plan))
    return plan_acts.propose(url, on, rules=rules, violations=violations)


def _decide(url: str, chosen: argparse.Namespace, on: On, rules: PlanRules) -> Done:
    try:
        day = date.fromisoformat(chosen.on)
    except ValueError as error:
        raise ActRefused("--on is a day such as 2021-12-24", "no_day", text=chosen.on[:20]) from error
    return plan_acts.decide(url, on, number=chosen.number, decided_on=day, signed_by=chosen.signer, rules=rules)


def _ship(url: str, chosen: argparse.Namespace, on: On, rules: PlanRules) -> Done:
    return plan_acts_moves.ship(url, on, _pairs(chosen.line), rules=rules)


def _receive(url: str, chosen: argparse.Namespace, on: On, rules: PlanRules) -> Done:
    came = {number: Came(doses=doses, temp_c=chosen.temp) for number, doses in _pairs(chosen.shipment).items()}
    return plan_acts_moves.receive(url, on, came, rules=rules)


Verb = Callable[[str, argparse.Namespace, On, PlanRules], Done]
VERBS: Mapping[str, Verb] = {
    "draft": _draft,
    "change": _change,
    "propose": _propose,
    "approve": lambda url, _chosen, on, rules: plan_acts.approve(url, on, rules=rules),
    "return": lambda url, chosen, on, _rules: plan_acts.give_back(url, on, reason=chosen.reason),
    "decide": _decide,
    "ship": _ship,
    "receive": _receive,
    "cancel": lambda url, chosen, on, _rules: plan_acts.cancel(url, on, reason=chosen.reason),
}


def _handed_in(path: Path) -> HandedIn:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ActRefused(f"{path} cannot be read: {error}") from error
    return read_plan(text)


def _pairs(given: list[str]) -> dict[int, int]:
    found: dict[int, int] = {}
    for text in given:
        number, sign, doses = text.partition("=")
        # More digits than the registry's numbers have are no number of anything.
        fits = all(part.strip().isdecimal() and len(part.strip()) < DIGITS for part in (number, doses))
        if not (sign and fits) or int(number) in found:
            raise ActRefused(f"'{text}' is not NUMBER=DOSES, each number once")
        found[int(number)] = int(doses)
    return found


def _line(done: Done) -> str:
    parts = [f"plan {done.plan}, act {done.version}: {done.deed} by {done.actor}; it is {done.state}"]
    if done.until:
        parts.append(f"until {done.until.isoformat()}")
    if done.deed == "change" and done.before != "draft":
        parts.append(f"(it was {done.before}: propose it again)")
    if done.shipments:
        numbers = ", ".join(str(number) for number in done.shipments)
        parts.append(f"- shipment {numbers}, {done.doses:,} doses")
    if done.missing:
        parts.append(
            f"- {abs(done.missing):,} doses {'missing' if done.missing > 0 else 'too many'}: `app.py transfer`"
        )
    if done.unfit:
        parts.append("- at a temperature that they are not kept at: `app.py lot hold`, or decide on them")
    return " ".join(parts)


def _head(plan: Plan, now: datetime) -> str:
    standing, doses = plan.standing, sum(line.doses for line in plan.lines)
    until = f" until {standing.until.isoformat()}" if standing.until else ""
    return (
        f"plan {plan.plan_id} '{plan.title}': {state_at(standing, now).value}{until}; {len(plan.lines)} lines, "
        f"{doses:,} doses, {standing.left:,} have not left (act {plan.version})"
    )


def as_lines(plan: Plan, now: datetime) -> list[str]:
    lines, left = [_head(plan, now)], plan.left()
    for at, line in enumerate(plan.lines, start=1):
        lines.append(
            f"  line {at}: {line.doses:,} of lot {line.lot} ({line.product}) {line.giver} -> {line.taker}, "
            f"{line.ship_on} to {line.arrive_on}; {left[at]:,} have not left"
        )
    if plan.decision:
        told = plan.decision
        lines.append(f"  decision {told.number} of {told.decided_on}, signed by {told.signed_by}")
    for item in plan.shipments:
        came = item.receipt
        end = f"received {came.doses:,} at {came.temp_c:g} °C, {item.missing:,} missing" if came else "on its way"
        lines.append(f"  shipment {item.shipment_id} of line {item.line}: {item.doses:,}; {end}")
    lines += [
        f"  act {act.version}: {act.deed.value} by {act.actor}, {act.acted_at.isoformat()}"
        f"{f': {act.reason}' if act.reason else ''}"
        for act in plan.acts
    ]
    return lines


def as_json(plan: Plan, now: datetime) -> dict[str, object]:
    """The shape that scripts rely on. Doses; `lines` of the newest version, all of them in `versions`."""
    standing, left = plan.standing, plan.left()
    return {
        "plan": plan.plan_id,
        "title": plan.title,
        "state": state_at(standing, now).value,
        "until": standing.until,
        "version": plan.version,
        "revision": plan.newest.revision,
        "may": [deed.value for deed in deeds(standing, now)],
        "lines": [asdict(line) | {"line": at, "left": left[at]} for at, line in enumerate(plan.lines, start=1)],
        "decision": asdict(plan.decision) if plan.decision else None,
        "shipments": [asdict(item) | {"missing": item.missing} for item in plan.shipments],
        "acts": [asdict(act) for act in plan.acts],
        "versions": [asdict(version) for version in plan.versions],
    }
