"""The lines of a plan in words: one plain sentence first, what a person changed, the figures and the rule behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from campaign.plan_record import PlanLine
from layouts import format as fmt
from layouts.plan_packed import packed_told
from layouts.plan_view import PlanView, changes

# Figures of campaign.plan_reasons.Reason that are told, in this order; days with a decimal.
FIGURES = (
    *("lot_days", "giver_stock", "giver_days", "giver_spare", "giver_lost_before", "giver_lost_after"),
    *("taker_stock", "taker_days", "taker_second", "taker_unmet_before", "taker_unmet_after"),
    *("taker_given_before", "taker_given_after"),
)
DAYS = frozenset({"giver_days", "taker_days"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTold:
    """number: in the plan, from 1. said: why, in sentences. changed: what a person made of it, and why; before: what
    was said of it until then. binding: the rule that held it back, with its price. broken: rules that it breaks.
    packed: how it travels, in trays and vials. doses, ship_on, arrive_on: as a form is filled with them. figures: their
    names, labels and texts."""

    number: int
    head: str
    days: str
    said: tuple[str, ...]
    changed: str
    figures: tuple[tuple[str, str, str], ...]
    packed: str
    binding: str
    broken: tuple[str, ...]
    left: str
    doses: int
    ship_on: str
    arrive_on: str


def lines_told(view: PlanView) -> list[LineTold]:
    """Those that the reader may see."""
    left = view.plan.left()
    return [_line(view, at, line, left[at]) for at, line in enumerate(view.plan.lines, start=1) if view.sees_line(line)]


def _line(view: PlanView, at: int, line: PlanLine, left: int) -> LineTold:
    words, why = view.words, line.reasons
    broken = {item.rule.value for item in view.judged.violations if item.line == at - 1} if view.judged else set[str]()
    changed = _changed(view, line)
    days = {"ship_on": fmt.day(line.ship_on, words.language), "arrive_on": fmt.day(line.arrive_on, words.language)}
    return LineTold(
        number=at,
        head=view.line_of(line),
        days=fmt.tied(words("plan_page.days", **days)),
        said=_said(view, line),
        changed=changed,
        figures=_figures(view, why.get("reasons") or {}),
        packed=packed_told(view, line, changed=bool(changed)),
        binding=_binding(view, why),
        broken=tuple(words(f"plan_rule.{rule}") for rule in sorted(broken)),
        left=words("plan_page.left", doses=view.doses(left)) if view.plan.shipments and left else "",
        doses=line.doses,
        ship_on=f"{line.ship_on:%d/%m/%Y}",
        arrive_on=f"{line.arrive_on:%d/%m/%Y}",
    )


def _said(view: PlanView, line: PlanLine) -> tuple[str, ...]:
    """As the planner's model put it, or whoever typed the line."""
    why = line.reasons
    name = f"said_{view.words.language.value}"
    told: list[Mapping[str, Any]] = [why.get("reasons") or {}, *(why.get("also") or ())]
    said = [fmt.tied(str(item[name])) for item in told if item.get(name)]
    typed = why.get("reason")
    return tuple(said) or ((str(typed),) if typed else ())


def _changed(view: PlanView, line: PlanLine) -> str:
    """By whom and why the line is not what it was; '' where nobody touched it."""
    versions = view.plan.versions
    for at in range(len(versions) - 1, 0, -1):
        for item in changes(versions[at - 1], versions[at]):
            if item.became == line:
                act = next(act for act in view.plan.acts if act.version == versions[at].version)
                told = {"who": act.actor, "why": act.reason}
                if item.was is None:
                    return view.words("plan_page.added", **told)
                return view.words(
                    "plan_page.changed",
                    was=view.doses(item.was.doses),
                    ship_on=fmt.day(item.was.ship_on, view.words.language),
                    **told,
                )
    return ""


def _figures(view: PlanView, why: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (name, view.words(f"plan_figure.{name}"), view.days(why[name]) if name in DAYS else view.doses(why[name]))
        for name in FIGURES
        if isinstance(why.get(name), int | float)
    )


def _binding(view: PlanView, why: Mapping[str, Any]) -> str:
    binding: Mapping[str, Any] = why.get("binding") or {}
    said = binding.get(f"said_{view.words.language.value}")
    if said:
        return str(said)
    held: list[str] | None = why.get("held")
    if held:
        rules = ", ".join(view.words(f"plan_rule.{rule}") for rule in held)
        return view.words("plan_page.held", rules=rules)
    return ""
