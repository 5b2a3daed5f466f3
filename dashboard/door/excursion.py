"""What was inside a device that was out of range or silent, what its doses still bear, and the decision about them.

Read from the registry when it is opened; plain forms, which need no script. A province outside the reader's is refused
as a device that nobody knows is: it does not tell that there is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import psycopg
from flask import Flask, Response, request

from campaign.access import Permission
from campaign.excursion import SILENT, Inside
from campaign.stability import Advice, BandUse
from campaign.wastage import WasteReason
from dashboard.door import addresses
from dashboard.door.caller import caller
from dashboard.door.cookies import against_forgery
from dashboard.door.deed_desk import DeedDesk, who_acts
from dashboard.door.refusals import reason_why_not
from dashboard.door.typed import day_or_none
from dashboard.payloads import see_other
from etl.coldchain_intake import present_of
from layouts import format as fmt
from layouts.coldchain_cards import duration
from layouts.help_layer import told_below
from layouts.words import Language, Words
from operations.action_log import ActRefused, NotAllowed, connect
from operations.excursion_decisions import Asked, decide
from operations.excursions import Decided, Seen, look, others_of, stability_rules
from warehouse.reference import load_product_names

DEEDS = {"giu": "hold", "dung": "use", "huy": "discard"}
TONES = {
    Advice.FROZEN_SHAKE: ("bad", "stop"), Advice.FROZEN_ASK: ("bad", "stop"), Advice.SPENT: ("bad", "stop"),
    Advice.ASK: ("open", "warn"), Advice.CALL: ("open", "warn"), Advice.USE_FIRST: ("open", "warn"),
    Advice.FINE: ("good", "check"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Minutes used of a budget, as a bar that ends where the budget does, and in words."""

    minutes: int
    used: int
    budget: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LotTold:
    lot: str
    product: str
    doses: str
    tone: str
    icon: str
    text: str
    given: str
    facts: tuple[str, ...]
    bars: tuple[Bar, ...]


def add_excursion(server: Flask, desk: DeedDesk) -> None:
    """Register the page and its forms; the table says who may use them, and the acts where."""
    server.add_url_rule(addresses.EXCURSION, "excursion", lambda: _page(desk))

    def decided(deed: str) -> Response:
        url = desk.url()
        if url is None:
            return desk.door.pages.notice(request, "registry", status=503)
        try:
            return _take(desk, url, DEEDS.get(deed, ""))
        except ActRefused as refused:
            status = 403 if isinstance(refused, NotAllowed) else 400
            return _page(desk, status=status, refused=reason_why_not(refused, desk.door.words, desk.door.zone))
        except psycopg.OperationalError:
            return desk.door.pages.notice(request, "registry", status=503)

    server.add_url_rule(f"{addresses.EXCURSION}/<deed>", "decide_excursion", decided, methods=["POST"])


def _take(desk: DeedDesk, url: str, kind: str) -> Response:
    """Raises ActRefused."""
    sent = request.form
    device, at = sent.get("device", "").strip(), sent.get("at", "")
    with connect(url) as connection:
        now = present_of(connection)
    asked = Asked(
        device=device,
        kind=kind,
        reason=sent.get("reason", ""),
        version=int(sent.get("version", "")) if sent.get("version", "").isdecimal() else -1,
        lots=_chosen(sent.getlist("lot")),
        usable_until=day_or_none(sent.get("until", "")) if kind == "use" else None,
        at=_at(at),
        waste_reason=int(wasted) if (wasted := sent.get("waste", "")).isdecimal() else None,
    )
    decide(url, asked, rules=stability_rules(desk.settings), by=who_acts(desk), campaign_now=now)
    return see_other(f"{addresses.EXCURSION}?{urlencode({'device': device, 'at': at, 'done': kind})}#da-quyet")


def _chosen(lots: list[str]) -> tuple[str, ...]:
    """Raises ActRefused: nothing chosen is nothing, and not everything."""
    if not lots:
        raise ActRefused("no lot was chosen", "no_lot_chosen")
    return tuple(lots)


def _at(text: str) -> datetime | None:
    """As a link of ours has it; anything else is as if it were not said."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _page(desk: DeedDesk, *, status: int = 200, refused: str = "") -> Response:
    words = desk.door.words
    sent = request.form if request.method == "POST" else request.args
    device, at = sent.get("device", "").strip()[:64], sent.get("at", "")[:40]
    url = desk.url()
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    seen, others, unknown = None, (), ""
    names = load_product_names(desk.settings.reference_dir)
    try:
        if device:
            seen, others = _seen(desk, url, device, at)
    except ActRefused as error:
        unknown, status = reason_why_not(error, words, desk.door.zone), 404
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    return desk.door.pages.page(
        request,
        "excursion",
        status=status,
        csrf=against_forgery(caller().token),
        device=device,
        at=at,
        refused=refused or unknown,
        done=words.named("excursion_done", sent.get("done", "")) if sent.get("done") in DEEDS.values() else "",
        reason=sent.get("reason", "")[:500],
        chosen=frozenset(sent.getlist("lot") or _only(seen)),
        wastes=_wastes(seen, desk) if seen else [],
        waste=sent.get("waste", "") or _usual(seen, desk),
        until=sent.get("until", "")[:10],
        deeds=[deed for deed in DEEDS if seen is not None and _may(seen, deed)],
        seen=seen,
        head=_head(seen, desk, words) if seen else "",
        lots=[_lot(item, names.get(item.product, item.product), words) for item in seen.lots] if seen else [],
        decisions=[_decision(item, desk, words) for item in reversed(seen.decisions)] if seen else [],
        others=[_decision(item, desk, words) for item in others],
        definitions=told_below("excursion", words),
    )


def _only(seen: Seen | None) -> list[str]:
    """Where only one lot was inside, it is the one that is meant."""
    return [item.lot for item in seen.lots] if seen is not None and len(seen.lots) == 1 else []


def _name(reason: WasteReason, words: Words) -> str:
    return reason.name_vi if words.language is Language.VI else reason.name_en


def _named(text: str, desk: DeedDesk) -> str:
    """A reason in the registry's words, in the reader's."""
    reasons = stability_rules(desk.settings).reasons
    return next((_name(reason, desk.door.words) for reason in reasons if reason.text == text), text)


def _wastes(seen: Seen, desk: DeedDesk) -> list[tuple[str, str]]:
    """Reasons of a discard after such an excursion: number and name."""
    return [
        (str(reason.number), _name(reason, desk.door.words))
        for reason in stability_rules(desk.settings).reasons
        if seen.meant is None or seen.meant.side == SILENT or reason.excursion in ("any", seen.meant.side)
    ]


def _usual(seen: Seen | None, desk: DeedDesk) -> str:
    """The reason that an excursion suggests; of a silence none."""
    if seen is None or seen.meant is None:
        return ""
    reasons = stability_rules(desk.settings).reasons
    return next((str(reason.number) for reason in reasons if reason.excursion == seen.meant.side), "")


def _seen(desk: DeedDesk, url: str, device: str, at: str) -> tuple[Seen, tuple[Decided, ...]]:
    """And decisions about other excursions of the device. Raises ActRefused."""
    with connect(url) as connection:
        seen = look(connection, stability_rules(desk.settings), device=device, now=present_of(connection), at=_at(at))
        others = others_of(connection, device, seen.decisions)
    if not caller().scope(Permission.SEE_DATA).covers(seen.province):
        raise ActRefused(f"no equipment is called '{device}'", "unknown_equipment", name=device)
    return seen, others


def _may(seen: Seen, deed: str) -> bool:
    need = Permission.HOLD_LOT if deed == "giu" else Permission.RELEASE_LOT
    silent = any(item.judgement.advice is Advice.CALL for item in seen.lots)
    return caller().scope(need).covers(seen.province) and bool(seen.lots) and not (deed == "dung" and silent)


def _head(seen: Seen, desk: DeedDesk, words: Words) -> str:
    """What happened, in one sentence."""
    meant, zone = seen.meant, desk.door.zone
    if meant is None:
        return words("excursion.none")
    window = meant.window
    told = {
        "since": fmt.instant(window.since, words, zone),
        "until": fmt.instant(window.until, words, zone),
        "length": duration(meant.minutes, words),
        "extreme": "" if meant.extreme_c is None else _degrees(meant.extreme_c, words),
        "limit": _degrees(seen.unit.high_c if meant.side == "high" else seen.unit.low_c, words),
    }
    return words(f"excursion.{meant.side}_{'ongoing' if meant.side == 'silent' else meant.ended}", **told)


def _lot(item: Inside, product: str, words: Words) -> LotTold:
    judged = item.judgement
    tone, icon = TONES[judged.advice]
    band = judged.tightest
    told = {
        "frozen": duration(judged.frozen_minutes, words),
        "unknown": duration(judged.unknown_minutes, words),
        "beyond": duration(judged.beyond_minutes, words),
        "left": duration(max(band.left_minutes, 0), words) if band else "",
        "budget": duration(band.budget.minutes, words) if band else "",
        "over": duration(max(-band.left_minutes, 0), words) if band else "",
    }
    given = words("excursion.given", doses=fmt.whole(item.given_since, words.language)) if item.given_since else ""
    facts: list[str] = []
    if judged.has_vvm and judged.advice in (Advice.ASK, Advice.SPENT, Advice.CALL):
        facts.append(words("excursion.vvm"))
    return LotTold(
        lot=item.lot,
        product=product,
        doses=fmt.whole(item.on_hand, words.language),
        tone=tone,
        icon=icon,
        text=words(f"excursion_advice.{judged.advice}", **told),
        given=given,
        facts=tuple(facts),
        bars=tuple(_bar(band, words) for band in judged.bands if band.used_minutes),
    )


def _bar(band: BandUse, words: Words) -> Bar:
    told = {
        "low": _degrees(band.budget.low_c, words),
        "high": _degrees(band.budget.high_c, words),
        "used": duration(band.used_minutes, words),
        "budget": duration(band.budget.minutes, words),
        "left": duration(max(band.left_minutes, 0), words),
        "earlier": duration(band.earlier_minutes, words),
    }
    text = words("excursion.budget_spent" if band.spent else "excursion.budget", **told)
    if band.earlier_minutes:
        text = f"{text} {words('excursion.earlier', **told)}"
    return Bar(
        minutes=band.used_minutes,
        used=min(band.used_minutes, band.budget.minutes),
        budget=band.budget.minutes,
        text=text,
    )


def _decision(item: Decided, desk: DeedDesk, words: Words) -> tuple[str, str, str, str, str, str]:
    """Number; what and of which lots; doses; who; when; why."""
    what = words(f"excursion_decided.{item.kind}", lots=", ".join(item.lots))
    if item.usable_until is not None:
        what = f"{what} {words('excursion.until', day=fmt.day(item.usable_until, words.language))}"
    if item.waste_reason:
        what = f"{what} {words('excursion.wasted_for', why=_named(item.waste_reason, desk))}"
    at = fmt.instant(item.campaign_at, words, desk.door.zone)
    return str(item.decision_id), what, fmt.whole(item.doses, words.language), item.actor, at, item.reason


def _degrees(value: float, words: Words) -> str:
    return fmt.degrees(value, words.language)
