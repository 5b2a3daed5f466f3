"""What the planner's process does with one request, and with one version of a plan that a person changed.

Doses that proposed and approved plans promise are another's: they are taken from the giver and come to the taker, so
that the next plan starts from there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import orjson

from campaign.plan_build import Built
from campaign.plan_check import violations
from campaign.plan_document import PlanDocument, Standing
from campaign.plan_document import PlanLine as DocumentLine
from campaign.plan_facts import PlanFacts, PlanHeap, PlanStore
from campaign.plan_json import as_json
from campaign.plan_problem import Aim, Rule
from campaign.plan_readable import as_readable
from campaign.plan_record import Plan, PlanLine
from campaign.plan_rules import Asked, Suppose
from campaign.plan_standing import standing
from campaign.plan_trays import Packed
from campaign.plan_typed import by_line, moves_of
from campaign.plan_value import cost
from cli.plan_wiring import built_of, facts_of, limits_of, names_of, stated_policy
from layouts.plan_asked import NOTHING, Without, without
from layouts.plan_names import PlanNames
from layouts.plan_words import binding_said, left_said, line_said, named_stores
from layouts.words import Catalogues, Language, load_catalogues
from operations.action_log import connect
from operations.plan_answering import Made
from operations.plan_decided import carried_out
from operations.plan_draft import draft
from operations.plan_requests import Judgement, PlanRequest
from operations.plan_solve import Status
from operations.plan_stock import PromisedLine, promised_lines
from settings import Settings
from warehouse.files import SnapshotUnavailable
from warehouse.snapshot import Snapshots

# How a line travels, that which asks least of a store keeper first.
KINDS = tuple(Packed)
# What the value of a plan cannot be told with: it would count doses that are not there.
UNCOUNTABLE = frozenset({Rule.UNKNOWN, Rule.STOCK, Rule.ONWARD})


class Question(Protocol):
    """What a plan is asked for with, whether it is a request or a scenario."""

    @property
    def policy(self) -> str: ...
    @property
    def days(self) -> int: ...
    @property
    def inside(self) -> str: ...
    @property
    def campaign_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """url: of the registry, as the application's role."""

    settings: Settings
    snapshots: Snapshots
    url: str
    catalogues: Catalogues

    def planned(
        self, question: Question, *, version: int | None = None, supposing: Callable[[PlanFacts], Suppose] | None = None
    ) -> PlanDocument | str:
        """Or the word for why there is none. version: of the snapshot, the current one by default. supposing: what is
        supposed against the facts; whatever it raises comes through."""
        asked = self._asked(question.policy, question.days)
        if asked is None:
            return "no_policy"
        try:
            number = self.snapshots.current() if version is None else version
            found = self._facts(number, asked, inside=question.inside, plan=0, at=question.campaign_at)
        except SnapshotUnavailable:
            return "no_snapshot"
        if found is None:
            return "nothing_told"
        facts, built = found
        if supposing is not None:
            asked = replace(asked, suppose=supposing(facts))
            built = built_of(self.settings, self.snapshots, number, facts, asked)
        return draft(facts, built, asked, limits_of(self.settings, inside=question.inside, seconds=None))

    def make(self, request: PlanRequest) -> Made:
        document = self.planned(request)
        if isinstance(document, str):
            return Made(why=document)
        kept = plain(document, names_of(self.settings), self.catalogues)
        rows: list[dict[str, Any]] = kept.pop("lines")
        if document.refused:
            return Made(why="refused", told={"refused": kept["refused"]})
        if not rows:
            # Out of time, nothing was found; that is not to say that there is nothing to move.
            why = {Status.TIME.value: "no_time", Status.IMPOSSIBLE.value: "impossible"}.get(document.status)
            told = {"words": kept["words"], "without": left_of(document).plain()}
            return Made(why=why or NOTHING, told=told)
        judged = Judgement(
            snapshot=document.snapshot,
            violations=document.violations,
            before=kept["before"],
            after={**kept["after"], "cost": next(item.value for item in document.objective if item.aim == Aim.COST)},
        )
        return Made(lines=_lines(document.lines, rows), document=kept, judgement=judged)

    def judge(self, plan: Plan) -> Judgement:
        """By the snapshot that the plan was made from while it is kept, by the newest after that."""
        # Of a plan that somebody handed in, as far as it can be read.
        told = as_readable(plan)[0].newest.document
        policy: dict[str, Any] = told.get("policy") or {}
        question: dict[str, Any] = told.get("asked") or {}
        chosen = self.settings.plan
        asked = self._asked(str(policy.get("name") or chosen.policy), int(question.get("days") or chosen.days))
        if asked is None:
            return Judgement(snapshot=0, why="no_policy")
        inside, at = str(question.get("inside") or ""), plan.acts[-1].campaign_at
        try:
            version, found = self._kept(int(told.get("snapshot") or 0), asked, inside=inside, plan=plan.plan_id, at=at)
        except SnapshotUnavailable:
            return Judgement(snapshot=0, why="no_snapshot")
        if found is None:
            return Judgement(snapshot=version, why="nothing_told")
        facts, built = found
        numbers = {code: meant.number for code, meant in built.meaning.items()}
        typed = moves_of(plan.lines, built.problem, numbers, facts.today)
        broken = by_line(violations(built.problem, typed.moves), typed)
        places = {store.code: store for store in facts.places}
        counts = not any(item.rule in UNCOUNTABLE for item in broken)
        return Judgement(
            snapshot=version,
            violations=broken,
            before=_standing(standing(built.problem), places),
            after={
                **_standing(standing(built.problem, typed.moves), places),
                "cost": cost(built.problem, typed.moves),
            }
            if counts
            else {},
        )

    def _asked(self, policy: str, days: int) -> Asked | None:
        stated = stated_policy(self.settings, policy)
        return None if stated is None else Asked(policy=stated, days=days, cycle=min(self.settings.plan.cycle, days))

    def _kept(
        self, version: int, asked: Asked, *, inside: str, plan: int, at: datetime
    ) -> tuple[int, tuple[PlanFacts, Built] | None]:
        """And the number of the snapshot it is by. Raises SnapshotUnavailable."""
        try:
            if version:
                return version, self._facts(version, asked, inside=inside, plan=plan, at=at, fresh=False)
        except SnapshotUnavailable:
            pass
        current = self.snapshots.current()
        return current, self._facts(current, asked, inside=inside, plan=plan, at=at)

    def _facts(
        self, version: int, asked: Asked, *, inside: str, plan: int, at: datetime, fresh: bool = True
    ) -> tuple[PlanFacts, Built] | None:
        """Less what other plans than `plan` promise at `at`. fresh: refuse stale figures. Raises
        SnapshotUnavailable."""
        now = datetime.now(UTC) if fresh else None
        found = facts_of(self.settings, self.snapshots, version, asked, inside=inside, now=now)
        if found is None:
            return None
        with connect(self.url) as connection:
            promised = [line for line in promised_lines(connection, now=at) if line.plan_id != plan]
            carried = carried_out(connection)
        decided = tuple(item for item in found[0].promised if item.decision not in carried)
        if not promised and decided == found[0].promised:
            return found
        # A decision that a plan carries out is in that plan's own promises.
        facts = replace(found[0], promised=decided)
        facts = with_promised(facts, promised, transit_days=self.settings.stock.transit_days)
        return facts, built_of(self.settings, self.snapshots, version, facts, asked)


def maker_of(settings: Settings, snapshots: Snapshots, url: str) -> Maker:
    return Maker(settings=settings, snapshots=snapshots, url=url, catalogues=load_catalogues())


def with_promised(facts: PlanFacts, promised: Iterable[PromisedLine], *, transit_days: int) -> PlanFacts:
    """The giver's doses are less by what is promised, those that end first; they come to the taker on the day of the
    plan that promises them. Stores that the facts do not have are another's matter."""
    places = {store.code for store in facts.places}
    taken: defaultdict[tuple[str, str], int] = defaultdict(int)
    coming: list[PlanHeap] = []
    for line in promised:
        taken[line.store, line.lot] += line.doses
        if line.taker in places:
            coming.append(
                PlanHeap(
                    place=line.taker,
                    own=True,
                    lot=line.lot,
                    product=line.product,
                    thawed_on=None,
                    on_hold=False,
                    decided_until=None,
                    doses=0,
                    coming=line.doses,
                    late=0,
                    # campaign/plan_lots.py lets it arrive so many days after it was sent.
                    sent_on=line.arrive_on - timedelta(transit_days),
                )
            )
    heaps: list[PlanHeap] = []
    for heap in facts.heaps:
        key = (heap.place, heap.lot)
        less = min(max(heap.doses, 0), taken[key]) if heap.own else 0
        taken[key] -= less
        heaps.append(replace(heap, doses=heap.doses - less) if less else heap)
    return replace(facts, heaps=(*heaps, *coming))


def plain(document: PlanDocument, names: PlanNames, catalogues: Catalogues) -> dict[str, Any]:
    """As `app.py plan --json` tells it, with the names and sentences that a page shows, in both languages."""

    def said(line: DocumentLine) -> Mapping[str, str]:
        return {language.value: line_said(line, document, names, catalogues[language]) for language in Language}

    told: dict[str, Any] = orjson.loads(orjson.dumps(as_json(document, said)))
    for line, row in zip(document.lines, told["lines"], strict=True):
        if line.binding is not None:
            for language in Language:
                row["binding"][f"said_{language.value}"] = binding_said(
                    line.binding, document, names, catalogues[language]
                )
    stores = {language.value: named_stores(document, names, catalogues[language]) for language in Language}
    places = {
        code: {"area": store.area, **{language: stores[language][code] for language in stores}}
        for code, store in document.places.items()
    }
    left = [
        {
            "area": document.places[item.store].area if item.store in document.places else item.store,
            **{language.value: left_said(item, document, names, catalogues[language]) for language in Language},
        }
        for item in document.left
    ]
    asked = {"days": document.asked.days, "cycle": document.asked.cycle, "inside": document.inside}
    return {**told, "asked": asked, "words": {"places": places, "left": left}}


def left_of(document: PlanDocument) -> Without:
    """How many stores the plan could not count on, those that have no place in it among them."""
    homeless = {item.store for item in document.left} - document.places.keys()
    return without(((item.store, item.why) for item in document.left), stores=len(document.places) + len(homeless))


def _lines(found: Iterable[DocumentLine], rows: Iterable[Mapping[str, Any]]) -> tuple[PlanLine, ...]:
    """Doses of one lot that end at different days are one line to people: they load one lot."""
    merged: dict[tuple[object, ...], PlanLine] = {}
    for line, row in zip(found, rows, strict=True):
        key = (line.lot, line.giver, line.taker, line.ship_on)
        before = merged.get(key)
        if before is not None:
            also = [*before.reasons.get("also", ()), row["reasons"]]
            # Who loads them together uses them by the earlier day.
            days = [day for day in (before.reasons.get("usable_until"), row.get("usable_until")) if day is not None]
            ends = {"usable_until": min(days)} if days else {}
            # Of two parts the one that asks for more work speaks for both.
            more = KINDS.index(row["packed"]) > KINDS.index(before.reasons["packed"])
            how = {name: row[name] for name in ("packed", "opened_for") if more and row.get(name) is not None}
            reasons = {**before.reasons, "also": also, **ends, **how}
            merged[key] = replace(before, doses=before.doses + line.doses, reasons=reasons)
            continue
        kept = ("usable_until", "reasons", "binding", "held", "packed", "opened_for")
        why = {name: row[name] for name in kept if row.get(name) is not None}
        merged[key] = PlanLine(
            lot=line.lot,
            product=line.product,
            giver=line.giver,
            taker=line.taker,
            doses=line.doses,
            ship_on=line.ship_on,
            arrive_on=line.arrive_on,
            reasons=why,
        )
    return tuple(merged.values())


def _standing(found: Standing, places: Mapping[str, PlanStore]) -> dict[str, Any]:
    stores = {
        code: {"area": places[code].area, "level": places[code].level, **asdict(figures)}
        for code, figures in found.stores.items()
    }
    return {"total": asdict(found.total), "stores": stores}
