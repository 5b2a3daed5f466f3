"""What a page says of a plan besides its lines: before and after, how far it is, who did what, what came short."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from campaign.plan_record import PlanShipment
from campaign.plan_state import PlanState
from layouts import format as fmt
from layouts.plan_view import Changed, PlanView, changes

STEPS = (PlanState.DRAFT, PlanState.PROPOSED, PlanState.APPROVED, PlanState.SHIPPED, PlanState.RECEIVED)
# Of lines and stores that cannot be told, so many are named.
NAMED = 10
# What a plan is kept small in, in this order (campaign.plan_problem.Aim), and under which name a standing has it.
AIMS = {"lost": "lost", "unmet": "unmet", "short": "short"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """better: 'good' where the plan makes it less, 'bad' where more, '' where it does not change it."""

    name: str
    before: str
    after: str
    better: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceTold:
    """moved: whether the plan changes anything there. Before and after, as texts; cells by name with their number, for
    whoever counts them."""

    code: str
    name: str
    moved: bool
    cells: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentTold:
    """tone, icon: of `head`. link: where the difference is closed. waits: it may still be received."""

    number: int
    head: str
    came: str
    tone: str
    icon: str
    link: str
    waits: bool
    doses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTold:
    number: int
    who: str
    at: str
    why: str
    changes: tuple[str, ...]


def headline(view: PlanView) -> list[Figure]:
    """Of the reader's stores, or of all. Empty while nobody has judged the lines."""
    if view.judged is None or not view.judged.after:
        return []
    before, after = _total(view, view.judged.before), _total(view, view.judged.after)
    found = [
        Figure(
            name=aim, before=view.doses(before[key]), after=view.doses(after[key]), better=_better(before, after, key)
        )
        for aim, key in AIMS.items()
    ]
    cost = view.judged.after.get("cost")
    if cost is not None and view.sees(None):
        found.append(Figure(name="cost", before=view.doses(0), after=view.doses(cost), better=""))
    return found


def _better(before: Mapping[str, int], after: Mapping[str, int], key: str) -> str:
    return "good" if after[key] < before[key] else "bad" if after[key] > before[key] else ""


def _total(view: PlanView, standing: Mapping[str, Any]) -> dict[str, int]:
    if view.sees(None):
        return {key: int(standing["total"][key]) for key in AIMS.values()}
    own = [figures for figures in standing["stores"].values() if view.sees(figures["area"])]
    return {key: sum(int(figures[key]) for figures in own) for key in AIMS.values()}


def places(view: PlanView) -> list[PlaceTold]:
    """Grain: store of the plan that the reader may see; those that it changes first, by name as they came."""
    if view.judged is None or not view.judged.after:
        return []
    before, after = view.judged.before["stores"], view.judged.after["stores"]
    found = [_place(view, code, before[code], after[code]) for code in before if view.sees(before[code]["area"])]
    return sorted(found, key=lambda place: not place.moved)


def _place(view: PlanView, code: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> PlaceTold:
    names = ("lost", "unmet", "stock")
    cells = {name: (view.doses(before[name]), view.doses(after[name])) for name in names}
    cells["days"] = (view.days(before["days"]), view.days(after["days"]))
    moved = any(before[name] != after[name] for name in (*names, "days"))
    return PlaceTold(code=code, name=view.store(code), moved=moved, cells=cells)


def steps(view: PlanView) -> list[tuple[str, str]]:
    """Name of each step, and whether it is behind ('done'), the present one ('now') or ahead ('')."""
    state = PlanState.DRAFT if view.state in (PlanState.CANCELLED, PlanState.LAPSED) else view.state
    at = STEPS.index(state)
    last = len(STEPS) - 1
    return [
        (step.value, "done" if place < at or (place == at == last) else "now" if place == at else "")
        for place, step in enumerate(STEPS)
    ]


def next_step(view: PlanView) -> str:
    return view.words(f"plan_next.{view.state}", until=view.at(view.plan.standing.until))


def shipments(view: PlanView) -> list[ShipmentTold]:
    """Oldest first, of the lines that the reader may see."""
    return [_shipment(view, item) for item in view.plan.shipments if view.sees_line(view.plan.lines[item.line - 1])]


def _shipment(view: PlanView, item: PlanShipment) -> ShipmentTold:
    words, line, came = view.words, view.plan.lines[item.line - 1], item.receipt
    if came is None:
        told, tone, icon = words("plan_page.on_the_way", at=view.at(item.shipped_at)), "open", "warn"
    else:
        kind = "even" if not item.missing else "short" if item.missing > 0 else "over"
        told = words(
            f"plan_came.{kind}",
            doses=view.doses(came.doses),
            missing=view.doses(abs(item.missing)),
            temp=fmt.decimal(came.temp_c, words.language),
            at=view.at(came.received_at),
        )
        tone, icon = ("good", "check") if kind == "even" else ("bad", "warn")
    link = f"/kho/dieu-chuyen?{urlencode({'store': line.taker, 'lot': line.lot})}" if came and item.missing else ""
    return ShipmentTold(
        number=item.shipment_id,
        head=view.line_of(line, item.doses),
        came=told,
        tone=tone,
        icon=icon,
        link=link,
        waits=came is None,
        doses=item.doses,
    )


def history(view: PlanView) -> list[tuple[str, str, str, str]]:
    """What, who, when, why; newest first."""
    words = view.words
    return [
        (words(f"plan_deed.{act.deed}"), act.actor, view.at(act.campaign_at), act.reason)
        for act in reversed(view.plan.acts)
    ]


def versions(view: PlanView) -> list[VersionTold]:
    """Newest first, each with what it changed; empty where there is only the first."""
    return list(_versions(view)) if len(view.plan.versions) > 1 else []


def _versions(view: PlanView) -> Iterator[VersionTold]:
    every = view.plan.versions
    for at in range(len(every) - 1, -1, -1):
        act = next(act for act in view.plan.acts if act.version == every[at].version)
        found = changes(every[at - 1], every[at]) if at else []
        yield VersionTold(
            number=every[at].revision,
            who=act.actor,
            at=view.at(act.campaign_at),
            why=act.reason,
            changes=tuple(_change(view, item) for item in found if _seen(view, item)),
        )


def _seen(view: PlanView, item: Changed) -> bool:
    line = item.became or item.was
    return line is not None and view.sees_line(line)


def _change(view: PlanView, item: Changed) -> str:
    words = view.words
    if item.became is None:
        return words("plan_page.line_gone", line=view.line_of(item.was)) if item.was else ""
    if item.was is None:
        return words("plan_page.line_new", line=view.line_of(item.became))
    return words(
        "plan_page.line_changed",
        line=view.line_of(item.became),
        was=view.doses(item.was.doses),
        became=view.doses(item.became.doses),
        was_on=fmt.day(item.was.ship_on, words.language),
        became_on=fmt.day(item.became.ship_on, words.language),
    )


def left_out(view: PlanView) -> list[str]:
    """Stores that the plan left out, or parts of them, with the reason."""
    words: Mapping[str, Any] = view.document.get("words") or {}
    language = view.words.language.value
    return [str(item[language]) for item in words.get("left") or () if view.sees(None) or view.sees(item["area"])]


def unread(view: PlanView) -> list[str]:
    """What of the plan cannot be told, in sentences; nothing where all of it can."""
    words, found = view.words, view.unread
    seen = [at for at in found.lines if view.sees_line(view.plan.lines[at - 1])]
    told: list[str] = []
    if found.parts:
        told.append(words("plan_unread.parts", parts=", ".join(words(f"plan_part.{name}") for name in found.parts)))
    if seen:
        told.append(words("plan_unread.lines", lines=", ".join(map(str, seen[:NAMED])), count=len(seen)))
    if found.stores and view.sees(None):
        told.append(words("plan_unread.stores", stores=", ".join(found.stores[:NAMED]), count=len(found.stores)))
    return told


def policy(view: PlanView) -> str:
    """By which policy and reserve it was made, from which snapshot; '' of a plan typed by hand."""
    document, words = view.document, view.words
    chosen: Mapping[str, Any] = document.get("policy") or {}
    if not chosen:
        return ""
    gap = document.get("gap")
    return words(
        "plan_page.policy",
        name=words.named("plan_policy", str(chosen["name"])),
        reserve=fmt.share(float(chosen["reserve"]), words.language),
        days=str((document.get("asked") or {}).get("days", "")),
        snapshot=str(document.get("snapshot", "")),
        gap=words("plan_page.no_gap")
        if gap is None
        else words("plan_page.gap", gap=f"{fmt.decimal(100 * float(gap), words.language, digits=2)}%"),
    )
