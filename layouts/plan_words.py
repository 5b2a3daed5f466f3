"""A line of a plan in one plain sentence with its figures; the rule that held it back; what was left out, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import floor

from campaign.plan_binding import Binding
from campaign.plan_document import PlanDocument, PlanLine
from campaign.plan_facts import PlanStore
from campaign.plan_reasons import Reason, WhyLot
from campaign.plan_rules import LeftOut
from layouts.format import day, decimal, whole
from layouts.plan_names import PlanNames
from layouts.words import Words


def line_said(line: PlanLine, document: PlanDocument, names: PlanNames, words: Words) -> str:
    """ "Lấy 12.000 liều ... lô ... từ A (...), chuyển cho B (...)." """
    language = words.language
    return words(
        "plan_said.line",
        doses=whole(line.doses, language),
        product=names.product(line.product),
        lot=line.lot,
        giver=_store(line.giver, document, names, words),
        taker=_store(line.taker, document, names, words),
        why_lot=_lot(line, document.today, words),
        why_giver=_giver(line.reason, words),
        why_taker=_taker(line.reason, words),
    )


def binding_said(binding: Binding, document: PlanDocument, names: PlanNames, words: Words) -> str:
    """The rule that is proven to have kept more from going, and what it costs at least."""
    language, amount = words.language, round(binding.amount)
    return words(
        "plan_said.binding",
        rule=words(f"plan_rule.{binding.rule}"),
        subject=_subject(binding.subject, document, names, words),
        more=words.counted("plan_said.more", binding.more, count=whole(binding.more, language)),
        gain=words.counted(f"plan_gain.{binding.aim}", amount, amount=whole(amount, language)),
    )


def left_said(item: LeftOut, document: PlanDocument, names: PlanNames, words: Words) -> str:
    """Why a store, or doses in it, is no part of the plan."""
    store = _store(item.store, document, names, words)
    return words(f"plan_left.{item.why}", store=store, told=item.told or "–")


def _lot(line: PlanLine, today: date, words: Words) -> str:
    if line.until is None:
        return words("plan_said.lot_unknown")
    if line.reason.lot is WhyLot.ENDS:
        return words("plan_said.lot_ends", days=whole((line.until - today).days, words.language))
    return words("plan_said.lot_lasts", day=day(line.until, words.language))


def _giver(reason: Reason, words: Words) -> str:
    language = words.language
    return words(
        f"plan_from.{reason.giver}",
        stock=whole(reason.giver_stock, language),
        lost=whole(reason.giver_lost_before, language),
        spare=whole(reason.giver_spare, language),
        used=_used(reason, words),
    )


def _used(reason: Reason, words: Words) -> str:
    """Of the stock, what the giver uses before it ends; rounded down."""
    stock = reason.giver_stock
    used = max(0.0, 100 * (stock - reason.giver_lost_before) / stock) if stock else 0.0
    return f"{decimal(floor(used), words.language, digits=0)}%"


def _taker(reason: Reason, words: Words) -> str:
    language = words.language
    days = reason.taker_days
    cover = (
        words("plan_said.no_pace") if days is None else words("plan_said.cover", days=decimal(days, language, digits=0))
    )
    more = max(0, reason.taker_given_after - reason.taker_given_before)
    return words(
        f"plan_to.{reason.taker}",
        cover=cover,
        second=whole(reason.taker_second, language),
        before=whole(reason.taker_unmet_before, language),
        after=whole(reason.taker_unmet_after, language),
        more=whole(more, language),
    )


def _store(code: str, document: PlanDocument, names: PlanNames, words: Words) -> str:
    store: PlanStore | None = document.places.get(code)
    return code if store is None else names.store(store, words, inside=bool(document.inside))


def _subject(subject: str, document: PlanDocument, names: PlanNames, words: Words) -> str:
    """A store, a lane between two, or a lot."""
    ends = subject.split(">")
    if all(end in document.places for end in ends):
        return " → ".join(_store(end, document, names, words) for end in ends)
    return subject.split("|", maxsplit=1)[0]


def named_stores(document: PlanDocument, names: PlanNames, words: Words) -> Mapping[str, str]:
    """By code: every store of the plan."""
    return {code: _store(code, document, names, words) for code in document.places}
