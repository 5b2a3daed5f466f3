"""`app.py scenarios list | withdraw`: what was saved as supposed, of the targets' dates and of plans."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from cli.registry_command import answering
from operations.action_log import connect
from operations.decisions import Actor
from operations.plan_scenarios import PlanScenario, newest_plan_scenarios, one_plan_scenario
from operations.scenario_withdrawal import withdraw_plan_scenario, withdraw_scenario
from operations.scenarios import Scenario, one_scenario, standing_scenarios
from settings import Settings

Commands = Any
# More than anybody keeps.
ALL = 10_000
# Of a list: not the documents of two plans.
BARE = ("without", "supposed")


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    shared.add_argument("--plans", action="store_true", help="those of plans, not of the targets' dates")
    scenarios = commands.add_parser("scenarios", help="list saved scenarios, or withdraw one")
    parts = scenarios.add_subparsers(dest="part", required=True, metavar="WHAT")
    listed = parts.add_parser("list", parents=[common, shared], help="those that stand, the newest first")
    listed.set_defaults(handler=answering(_list))
    withdraw = parts.add_parser("withdraw", parents=[common, shared], help="out of every list, on record for ever")
    withdraw.add_argument("number", metavar="NUMBER", type=int)
    withdraw.add_argument("--reason", required=True, metavar="TEXT")
    withdraw.add_argument("--actor", required=True, metavar="NAME", help="who withdraws it; kept in the action log")
    withdraw.set_defaults(handler=answering(_withdraw))


def _list(chosen: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
    with connect(url) as connection:
        if chosen.plans:
            plans = newest_plan_scenarios(connection, most=ALL)
            rows, lines = [_of_plan(item) for item in plans], [_line_of_plan(item) for item in plans]
        else:
            found = standing_scenarios(connection, most=ALL)
            rows, lines = [asdict(item) for item in found], [_line(item) for item in found]
    return rows, "\n".join(lines) or "no scenario stands"


def _withdraw(chosen: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
    by = Actor(name=chosen.actor, origin="command", now=datetime.now(UTC))
    act = withdraw_plan_scenario if chosen.plans else withdraw_scenario
    act(url, chosen.number, reason=chosen.reason, by=by)
    with connect(url) as connection:
        plan = one_plan_scenario(connection, chosen.number) if chosen.plans else None
        found = None if chosen.plans else one_scenario(connection, chosen.number)
    if plan is not None:
        return _of_plan(plan), f"withdrawn: {_line_of_plan(plan)}"
    if found is not None:
        return asdict(found), f"withdrawn: {_line(found)}"
    raise RuntimeError("nobody deletes a scenario")


def _of_plan(item: PlanScenario) -> dict[str, Any]:
    row = {name: value for name, value in asdict(item).items() if name not in BARE}
    return {**row, "state": item.state.value}


def _line(item: Scenario) -> str:
    return f"{item.scenario_id}  {item.area_code or 'nation'}  {item.name}  {item.actor}: {item.reason}"


def _line_of_plan(item: PlanScenario) -> str:
    return f"{item.scenario_id}  {item.inside or 'nation'}  {item.title}  {item.actor}  {item.state.value}"
