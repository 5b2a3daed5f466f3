"""What of the stock asks for somebody now: one condition an area and product, a lot, or an area."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from campaign.alerts import Condition
from campaign.event_rate import clusters
from campaign.stock import (
    NATIONAL,
    AreaPace,
    Part,
    Rule,
    StockSeen,
    expired,
    held_doses,
    losing,
    parts_of,
    stopped_lots,
    usable_doses,
)
from campaign.supplies import SupplyRules
from campaign.wastage import weeks_of
from operations.supply_conditions import RULE as SUPPLY_SHORT
from operations.supply_conditions import TEXT as SUPPLY_TEXT
from operations.supply_conditions import short_areas

Words = tuple[str, str]
"""Vietnamese, English."""
Said = str | int | float | date
NATIONAL_STORES: Words = ("Kho quốc gia và khu vực", "National and regional stores")
# Lots that a summary names; the page about stock has all of them.
NAMED = 4
STATES: Mapping[str, Words] = {
    "on_hold": ("tạm dừng sử dụng", "on hold"),
    "recalled": ("thu hồi", "recalled"),
    "destroyed": ("hủy", "destroyed"),
}


def by_code(code: str) -> Words:
    """Of a store that has no name here."""
    return f"kho {code}", f"store {code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRules:
    """expiring_days, outlook_days: how far ahead expiry is looked at. expired_grace_days: for how long doses out of
    date may lie before they are written off. least_daily: doses a day below which a pace says nothing. event_days:
    within how many days events of a lot count together. waste_days, waste_share, waste_least_doses: in how many days a
    store may waste which share of what it had in closed vials, and from how many doses on. rules: by the name of their
    alerts. supply: what doses need of consumables; None: nothing is said of them."""

    expiring_days: int
    expired_grace_days: int
    outlook_days: int
    least_daily: float
    count_days: int
    transit_days: int
    event_days: int
    waste_days: int
    waste_share: float
    waste_least_doses: int
    rules: Mapping[str, Rule]
    supply: SupplyRules | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What areas, products and stores are called. store: by its code."""

    areas: Mapping[str, Words]
    products: Mapping[str, str]
    store: Callable[[str], Words] = by_code

    def area(self, code: str) -> Words:
        return NATIONAL_STORES if code == NATIONAL else self.areas.get(code, (code, code))

    def product(self, code: str) -> str:
        return self.products.get(code, code or "?")


def of_stock(seen: StockSeen, *, rules: StockRules, names: Names, behind: bool = False) -> list[Condition]:
    """All conditions of stock. `behind`: the feed of movements is dead, held, or catching up: what stands may stay, and
    nothing new is raised."""
    look = _Look(seen, rules, names)
    found = [
        *look.dates(),
        *look.outlook(),
        *look.supply(),
        *look.faults(),
        *look.counts(),
        *look.stopped(),
        *look.wasted(),
        *look.supplies(),
        *look.monitors(),
        *look.events(),
    ]
    return [replace(item, inhibited=True) for item in found] if behind else found


class _Look:
    """One evaluation: what was seen, and how it is said."""

    def __init__(self, seen: StockSeen, rules: StockRules, names: Names) -> None:
        self._seen, self._rules, self._names = seen, rules, names
        self._parts = parts_of(seen)
        self._paces: dict[tuple[str, str], AreaPace] = {(pace.area_code, pace.product): pace for pace in seen.paces}
        self._usable = usable_doses(self._parts, today=seen.today)
        self._on_hold = held_doses(self._parts, today=seen.today)

    def dates(self) -> Iterator[Condition]:
        """Doses that are out of date and still there, for longer than it takes to write them off."""
        grace = self._rules.expired_grace_days
        until = self._seen.today - timedelta(days=grace)
        for key, parts in expired(self._parts, today=until).items():
            # Pages count what ran out yesterday, too: without its days the alert would seem to contradict them.
            vi = "{area}: còn {doses} liều {product} đã quá hạn dùng {vi_since}trong kho (lô {lots})"
            en = "{area}: {doses} doses of {product} are out of date {en_since}and still in store ({lots_en})"
            said: dict[str, Said] = {
                **lots_said([part.lot for part in parts]),
                "doses": _doses(parts),
                "vi_since": f"hơn {grace} ngày " if grace else "",
                "en_since": f"by more than {grace} {'day' if grace == 1 else 'days'} " if grace else "",
            }
            facts = self._facts(key, doses_expired=_doses(parts))
            yield from self._judged("stock_expired", key, _doses(parts), (vi, en), said, facts)

    def outlook(self) -> Iterator[Condition]:
        """What the present pace leaves over: of the lots whose last day is near, and of all looked at."""
        for rule, days in (
            ("stock_expiring", self._rules.expiring_days),
            ("stock_will_expire", self._rules.outlook_days),
        ):
            for item in losing(self._parts, self._paces, today=self._seen.today, within_days=days):
                vi = (
                    "{area}: {doses} liều {product} hết hạn trong {days} ngày tới (sớm nhất {first}), không dùng kịp "
                    "với {daily} liều/ngày hiện nay; cần dùng {needed} liều/ngày hoặc điều chuyển (lô {lots})"
                )
                en = (
                    "{area}: {doses} doses of {product} expire within {days} days (the first on {first}) and will be "
                    "left over at {daily} a day; use {needed} a day or move them ({lots_en})"
                )
                key = (item.area_code, item.product)
                left = (item.first_on - self._seen.today).days
                facts = self._facts(key, doses_that_will_expire=item.doses, days_to_expiry=left)
                said: dict[str, Said] = {
                    "doses": item.doses,
                    "days": days,
                    "first": item.first_on,
                    "daily": round(item.daily),
                    "needed": math.ceil(item.needed_daily),
                    **lots_said(item.lots),
                }
                yield from self._judged(rule, key, item.doses, (vi, en), said, facts)

    def supply(self) -> Iterator[Condition]:
        """Few days of stock; none at all of what was in use, or while people are due."""
        low, out = self._rules.rules["stock_low"], self._rules.rules["stock_out"]
        for key, pace in self._paces.items():
            if not key[0] or not key[1]:
                continue
            doses, coming = self._usable.get(key, (0, 0))
            used = pace.daily >= self._rules.least_daily
            if doses == 0 and (raised := self._out(out, pace, used=used, facts=self._facts(key))) is not None:
                vi = (
                    "{area}: hết {product}; những ngày còn hàng đã dùng {daily} liều/ngày, {people} người đến hạn tiêm "
                    "mũi tiếp theo"
                )
                en = (
                    "{area}: no {product} left; {daily} doses a day were used while there was some, {people} people "
                    "are due their next dose"
                )
                said: dict[str, Said] = {"daily": round(pace.daily), "people": pace.people_due}
                yield self._condition("stock_out", key, self._with_held(key, (vi, en), said), said, raised=raised)
            elif doses > 0 and used:
                days = (doses + coming) / pace.daily
                if (raised := low.below(days, self._facts(key, days_of_stock=days))) is not None:
                    vi = (
                        "{area}: {product} còn đủ dùng {days} ngày "
                        "({doses} liều, {coming} đang vận chuyển, {daily} liều/ngày)"
                    )
                    en = "{area}: {product} lasts {days} days ({doses} doses, {coming} on the way, {daily} a day)"
                    said = {"days": days, "doses": doses, "coming": coming, "daily": round(pace.daily)}
                    yield self._condition("stock_low", key, self._with_held(key, (vi, en), said), said, raised=raised)

    def _with_held(self, key: tuple[str, str], text: Words, said: dict[str, Said]) -> Words:
        """Says why doses that lie there do not count: they wait for an answer after an excursion."""
        held = self._on_hold.get(key, 0)
        if not held:
            return text
        said["held"] = held
        vi, en = text
        return (
            f"{vi}; {{held}} liều đang tạm dừng sau sự cố nhiệt độ",
            f"{en}; {{held}} doses are on hold after an excursion",
        )

    def faults(self) -> Iterator[Condition]:
        """Numbers that cannot be, and deliveries that did not come or came short."""
        days: dict[str, Said] = {"days": self._rules.transit_days}
        for item in self._seen.faults:
            key = (item.area_code, item.product)
            said = {"count": item.negative, "doses": item.negative_doses}
            vi = "{area}: tồn kho {product} âm {doses} liều ở {count} kho và lô"
            en = "{area}: {product} is {doses} doses below zero (stores and lots: {count})"
            facts = self._facts(key, levels_below_zero=item.negative, doses_below_zero=item.negative_doses)
            yield from self._judged("stock_negative", key, item.negative, (vi, en), said, facts)
            said = days | {"count": item.unreceived, "doses": item.unreceived_doses}
            vi = "{area}: {doses} liều {product} chưa nhận sau {days} ngày kể từ khi xuất ({count} kho và lô)"
            en = "{area}: {doses} doses of {product} not received after {days} days (stores and lots: {count})"
            facts = self._facts(key, deliveries=item.unreceived, doses_missing=item.unreceived_doses)
            yield from self._judged("stock_unreceived", key, item.unreceived, (vi, en), said, facts)
            said = {"count": item.short, "doses": item.short_doses}
            vi = "{area}: nhận thiếu {doses} liều {product} ({count} kho và lô)"
            en = "{area}: {doses} doses of {product} received short (stores and lots: {count})"
            facts = self._facts(key, deliveries=item.short, doses_missing=item.short_doses)
            yield from self._judged("stock_short", key, item.short, (vi, en), said, facts)

    def counts(self) -> Iterator[Condition]:
        """One a province: its own people count, and see what they are to count."""
        for item in self._seen.uncounted:
            vi = "{area}: {count} kho tỉnh chưa kiểm kê quá {days} ngày, lâu nhất từ {last}"
            en = "{area}: provincial stores not counted for more than {days} days: {count}, the longest since {last}"
            last = item.oldest or "-"
            said: dict[str, Said] = {"count": item.stores, "days": self._rules.count_days, "last": last}
            facts = {"stores_uncounted": item.stores}
            yield from self._judged("stock_uncounted", (item.area_code, ""), item.stores, (vi, en), said, facts)

    def stopped(self) -> Iterator[Condition]:
        """Doses of a lot that is on hold, recalled or destroyed, and still somewhere: one for each area that has some,
        since each sets its own apart, and is done when it has."""
        for (area, lot), parts in stopped_lots(self._parts).items():
            doses = _doses(parts) + sum(part.held.in_transit for part in parts)
            raised = self._rules.rules["stock_stopped"].above(doses, {"doses_left": doses})
            state = parts[0].stopped
            if raised is None or state is None:
                continue
            said_vi, said_en = STATES[state]
            vi = f"{{area}}: còn {{doses}} liều {{product}} của lô {{lot}} ({said_vi}) trong kho hoặc đang vận chuyển"
            en = f"{{area}}: {{doses}} doses of {{product}} of lot {{lot}} ({said_en}) in stores or on their way"
            said: dict[str, Said] = {"lot": lot, "doses": doses}
            key = (area, parts[0].held.product)
            yield self._condition("stock_stopped", key, (vi, en), said, raised=raised, lot=lot)

    def wasted(self) -> Iterator[Condition]:
        """Stores that wasted too many closed vials, and wastage without a reason. One an area: one person asks."""
        rules = self._rules
        days: dict[str, Said] = {"days": rules.waste_days}
        stores = list(self._seen.wasted)
        for item in weeks_of(stores, share=rules.waste_share, least=rules.waste_least_doses):
            key = (item.area, "")
            store_vi, store_en = self._names.store(item.worst) if item.worst else ("-", "-")
            said = days | {"count": item.stores, "doses": item.doses, "store_vi": store_vi, "store_en": store_en}
            share = round(100 * rules.waste_share, 1)
            said |= {"share": int(share) if share.is_integer() else share}
            vi = (
                "{area}: {count} kho hủy quá {share}% số liều chưa mở trong {days} ngày ({doses} liều); nhiều nhất: "
                "{store_vi}"
            )
            en = (
                "{area}: stores that wasted more than {share}% of their closed doses within {days} days: {count} "
                "({doses} doses); the most: {store_en}"
            )
            facts: dict[str, float] = {"stores_beyond": item.stores, "doses_wasted": item.doses}
            yield from self._judged("stock_wasted", key, item.stores, (vi, en), said, facts)
            said = days | {"doses": item.unsaid}
            vi = "{area}: {doses} liều ghi hao phí trong {days} ngày mà không có lý do"
            en = "{area}: {doses} doses entered as wasted within {days} days without a reason"
            facts = {"doses_without_reason": item.unsaid}
            yield from self._judged("stock_waste_unsaid", key, item.unsaid, (vi, en), said, facts)

    def supplies(self) -> Iterator[Condition]:
        """One an area, which moves items between its stores or asks for more."""
        if self._rules.supply is None:
            return
        for item in short_areas(self._usable, self._seen.pieces, self._rules.supply):
            yield from self._judged(SUPPLY_SHORT, (item.area, ""), item.stranded, SUPPLY_TEXT, item.said, item.facts)

    def monitors(self) -> Iterator[Condition]:
        """Doses at the discard point of their vials' monitors, or past it: one an area and product."""
        past: dict[tuple[str, str], list[Part]] = {}
        for part in self._parts:
            if part.held.discard > 0:
                past.setdefault((part.held.area_code, part.held.product), []).append(part)
        for key, parts in past.items():
            doses = sum(part.held.discard for part in parts)
            vi = (
                "{area}: {doses} liều {product} có chỉ thị nhiệt (VVM) ở giai đoạn 3 hoặc 4, không được tiêm "
                "(lô {lots})"
            )
            en = (
                "{area}: {doses} doses of {product} have a vial monitor (VVM) at stage 3 or 4: not to be given "
                "({lots_en})"
            )
            said: dict[str, Said] = {"doses": doses, **lots_said([part.lot for part in parts])}
            facts = self._facts(key, doses_past_discard=doses)
            yield from self._judged("stock_vial_discard", key, doses, (vi, en), said, facts)

    def events(self) -> Iterator[Condition]:
        """Serious events after vaccination that came together on one lot."""
        rule, days = self._rules.rules["lot_events"], self._rules.event_days
        for item in clusters(self._seen.events, least=1, within_days=days, today=self._seen.today):
            raised = rule.above(item.events, {"serious_events": item.events})
            if raised is not None:
                product = self._seen.lots[item.lot].product if item.lot in self._seen.lots else ""
                vi = "Lô {lot} ({product}): {count} tai biến nặng sau tiêm chủng trong {days} ngày"
                en = "Lot {lot} ({product}): {count} serious adverse events within {days} days"
                said = {"lot": item.lot, "count": item.events, "days": days}
                yield self._condition("lot_events", (NATIONAL, product), (vi, en), said, raised=raised, lot=item.lot)

    def _facts(self, key: tuple[str, str], **own: float) -> dict[str, float]:
        """What an expression may name of an area and product, with what its rule alone knows."""
        doses, coming = self._usable.get(key, (0, 0))
        pace = self._paces.get(key)
        return {
            "doses_on_hand": doses,
            "doses_on_the_way": coming,
            "daily_use": pace.daily if pace else 0,
            "people_due": pace.people_due if pace else 0,
            **own,
        }

    @staticmethod
    def _out(out: Rule, pace: AreaPace, *, used: bool, facts: Mapping[str, float]) -> bool | None:
        """What was in use is out at once, and so is what people are due for; an expression decides alone."""
        return True if used and out.raise_when is None else out.above(pace.people_due, facts)

    def _judged(
        self,
        rule: str,
        key: tuple[str, str],
        amount: int,
        text: Words,
        said: Mapping[str, Said],
        facts: Mapping[str, float],
    ) -> Iterator[Condition]:
        """Of none at all there is never an alert, whatever an expression says."""
        raised = self._rules.rules[rule].above(amount, facts)
        if amount and raised is not None:
            yield self._condition(rule, key, text, said, raised=raised)

    def _condition(
        self, rule: str, key: tuple[str, str], text: Words, said: Mapping[str, Said], *, raised: bool, lot: str = ""
    ) -> Condition:
        """`raised` False: between the level at which it is raised and the one at which it is over."""
        area, product = key
        labels = {"area": area} if area else {}
        labels |= {"product": product} if product and not lot else {}
        labels |= {"lot": lot} if lot else {}
        asked = self._rules.rules[rule]
        summary_vi, summary_en = spoken(text, self._names.area(area), {"product": self._names.product(product), **said})
        return Condition(
            rule=rule,
            labels=labels,
            severity=asked.severity,
            summary_vi=summary_vi,
            summary_en=summary_en,
            hold=asked.hold,
            inhibited=not raised,
        )


def spoken(text: Words, area: Words, said: Mapping[str, Said]) -> Words:
    """A text in both languages, with its values as each writes them."""
    vi = text[0].format(area=area[0], **{name: _vi(value) for name, value in said.items()})
    return vi, text[1].format(area=area[1], **{name: _en(value) for name, value in said.items()})


def _doses(parts: Sequence[Part]) -> int:
    return sum(part.held.doses for part in parts)


def listed(lots: Sequence[str]) -> str:
    """The first few by name, and how many more there are."""
    named = sorted(set(lots))
    return ", ".join(named[:NAMED]) + (f" +{len(named) - NAMED}" if len(named) > NAMED else "")


def of_several(one: str, several: str, things: Sequence[str]) -> str:
    """English: "lot SP02320", "lots SP02320, SP02321". Vietnamese has one word for both."""
    return f"{one if len(set(things)) == 1 else several} {listed(things)}"


def lots_said(lots: Sequence[str]) -> dict[str, Said]:
    """`lots`: for a text that has the word itself; `lots_en`: with it."""
    return {"lots": listed(lots), "lots_en": of_several("lot", "lots", lots)}


def _vi(value: Said) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return value if isinstance(value, str) else _en(value).translate(str.maketrans(",.", ".,"))


def _en(value: Said) -> str:
    """Texts stay as they are: the number of a lot is none to group by thousands."""
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return f"{value:%d %b %Y}"
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
