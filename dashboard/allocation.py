"""Decisions on allocation on the page about stock, and their files. Totals of a decision are the nation's; recipients
and areas are those of the scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from campaign.access import Scope
from campaign.allocation import Decision, Judged
from campaign.allocation_board import Exceeding, Summary, matching, summary
from campaign.allocation_tables import (
    change_row,
    decision_line_rows,
    decision_rows,
    exceeding_rows,
    number_of,
    usage_rows,
)
from campaign.people_tables import Row
from campaign.stock_places import Store
from campaign.stock_tables import Names
from dashboard.allocated import AllocationNow
from dashboard.params import BadParameter
from dashboard.views import Studio
from layouts import format as fmt
from layouts.parts import Child
from layouts.stock_allocation import decision_body, decisions_body
from layouts.stock_model import Common, DecisionPage, DecisionsPage
from layouts.view import View
from layouts.words import MARK, Language, Words
from warehouse.reads_allocation import changes

ALL = "all"
LIST_FILES, ONE_FILES = ("decisions", "usage", "exceeding"), ("decision_lines", "decision_changes")
Address = Callable[[str], str]


def allocation_now(studio: Studio, version: int) -> AllocationNow:
    return studio.readings.allocation(version, zone=studio.zone, rules=studio.stock)


def asked_for(now: AllocationNow, text: str) -> list[Summary]:
    """The decisions that a text names: all, one by its id, or those with this part of a number. Raises BadParameter for
    one that there is not."""
    if text == ALL:
        return list(now.summaries)
    own = [item for item in now.summaries if str(item.decision.decision_id) == text]
    found = own or [item for item in now.summaries if matching(item.decision, text)]
    if not found:
        raise BadParameter("decision", text, (ALL,))
    return found


def body(studio: Studio, version: int, view: View, scope: Scope, names: Names, address: Address) -> list[Child]:
    """All decisions, those that a number leads to, or one. Raises BadParameter for a number that there is not."""
    now = allocation_now(studio, version)
    found = asked_for(now, view.decision)
    words = studio.catalogues[view.language]
    if view.decision != ALL and len(found) == 1:
        return decision_body(one(studio, version, found[0].decision, now, scope, names, words, address))
    return decisions_body(
        DecisionsPage(
            common=_common(studio, version, now, words, {name: address(name) for name in LIST_FILES}),
            asked="" if view.decision == ALL else view.decision,
            decisions=decision_rows(found, names),
            usage=usage_rows(now.usage, names, used_areas(now, scope)),
            exceeding=exceeding_rows(seen_beyond(now, scope), names),
            settled_days=studio.stock.settled_days,
            wait_days=studio.stock.allocation_days,
        )
    )


def _signer(studio: Studio, name: str, words: Words) -> str:
    """As the decision has it; the ministry alone, without a person's name, in the reader's language."""
    ministry = studio.catalogues[Language.VI]("stock.ministry")
    alone = name.replace(MARK, "").strip() == ministry
    return words.marked(name.replace(ministry, words("stock.ministry")) if alone else name)


def one(
    studio: Studio,
    version: int,
    decision: Decision,
    now: AllocationNow,
    scope: Scope,
    names: Names,
    words: Words,
    address: Address,
) -> DecisionPage:
    lines = lines_of(now, [decision])
    own = [item for item in lines if scope.covers(item.line.area)]
    total = summary(decision, lines)
    return DecisionPage(
        common=_common(studio, version, now, words, {name: address(name) for name in ONE_FILES}),
        number=words.marked(number_of(decision)),
        facts={
            "stage": words(f"decision_stage.{total.stage.value}"),
            "decided": fmt.day(decision.decided_on, words.language),
            "signed_by": _signer(studio, decision.signed_by, words) or fmt.UNKNOWN,
            "round": fmt.whole(decision.round, words.language) if decision.round is not None else fmt.UNKNOWN,
            "source": words.named("lot_source", decision.source) if decision.source else fmt.UNKNOWN,
            "earmark": decision.earmark or words("stock.for_anyone"),
        },
        sums={
            "planned": total.planned,
            "sent": total.sent,
            "received": total.received,
            "in_transit": total.in_transit,
            "used": total.used,
            "missing": total.missing,
            "over": total.over,
        },
        lines=decision_line_rows(own, now.found.decisions, names),
        changes=change_rows(studio, version, [decision], now, scope, names),
        hidden_lines=len(lines) - len(own),
        wait_days=studio.stock.allocation_days,
    )


def lines_of(now: AllocationNow, decisions: Sequence[Decision]) -> list[Judged]:
    wanted = {decision.decision_id for decision in decisions}
    return [item for item in now.lines if item.line.decision_id in wanted]


def used_areas(now: AllocationNow, scope: Scope) -> list[str]:
    return [area for area in now.usage if scope.covers(area)]


def seen_beyond(now: AllocationNow, scope: Scope) -> list[Exceeding]:
    return [item for item in now.exceeding if scope.covers(item.area)]


def change_rows(
    studio: Studio, version: int, decisions: Sequence[Decision], now: AllocationNow, scope: Scope, names: Names
) -> list[Row]:
    """Changes of decisions themselves, and of the lines of stores that the scope covers."""
    stores = {
        item.line.store: Store(
            code=item.line.store,
            level=item.line.level,
            area=item.line.area,
            district=item.line.district,
            site=item.line.site,
            recipient=None,
        )
        for item in now.lines
    }
    rows: list[Row] = []
    for decision in decisions if now.found.told else ():
        for item in changes(studio.readings.snapshots, version, decision_id=decision.decision_id):
            store = stores.get(item.store)
            if item.store and (store is None or not scope.covers(store.area)):
                continue
            rows.append(
                change_row(
                    decision,
                    at=item.changed_at,
                    field=item.field,
                    store=item.store,
                    store_name=names.store(store) if store else "",
                    before=_day_or(item.field, item.before),
                    after=_day_or(item.field, item.after),
                )
            )
    return rows


def _day_or(field: str, text: str | None) -> str | None:
    """A day as readers write it."""
    if text is None or field not in ("decided_on", "planned_on"):
        return text
    return f"{date.fromisoformat(text):%d/%m/%Y}"


def _common(studio: Studio, version: int, now: AllocationNow, words: Words, files: Mapping[str, str]) -> Common:
    return Common(
        now=now.found.now,
        zone=studio.zone,
        files=files,
        most=studio.site_rows,
        one_in=studio.readings.info(version).one_in,
        words=words,
    )
