"""The page about people: of the nation, a tier or one place, in one answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from campaign.access import Scope
from campaign.coverage import NATION
from campaign.funnel_tables import deferral_rows, funnel_rows, wait_rows
from campaign.people import BANDS, People, PeopleLimits, Place
from campaign.people_places import APART, TIER, listed, place_of, tiers_there
from campaign.people_tables import Row, age_rows, due_rows, flow_rows, group_rows, move_rows, tier_rows
from dashboard.people_above import reasons_above
from dashboard.seen import Seen
from dashboard.trust import area_names
from dashboard.views import Studio
from layouts.parts import Child
from layouts.people_cards import (
    Sheet,
    above_card,
    age_card,
    due_card,
    flow_card,
    funnel_card,
    group_card,
    not_told,
    tier_card,
    wait_card,
)
from layouts.people_place import facts, place_choice
from layouts.view import View
from layouts.words import Words

FILES = ("overdue", "funnel", "waiting", "deferrals", "flows", "moves", "groups", "tiers", "ages")
TOP_MOVES = 15
UNCONFIRMED = "unconfirmed"
SHOWN_BANDS = ("12_17", "18_49", "50_64", "65plus")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the tables of one answer are made from. `listed`: rows of places that the reader may see, the whole last."""

    people: People
    limits: PeopleLimits
    place: Place
    whole: Place
    listed: tuple[Place, ...]
    with_central: tuple[Place, ...]
    tiers: tuple[Place, ...]
    names: Mapping[str, str]
    seen: Seen


def told(studio: Studio, version: int, view: View, scope: Scope) -> Told:
    """Raises OutsideScope for a place that is not covered."""
    seen = Seen(studio.readings, scope)
    words = studio.catalogues[view.language]
    people = seen.people(version, view.denominator)
    names = {**area_names(studio.readings, version, view, words), NATION: words("table.nation")}
    names |= {f"{TIER}{number}": words(f"people_tier.{number}") for number in range(5)}
    place = place_of(people, view.area or (f"{TIER}{view.tier}" if view.tier else ""), names)
    seen.check_place(place)
    # One area is looked at among all the others; a tier has its own.
    whole = place if place.code.startswith(TIER) else place_of(people, NATION, names)
    return Told(
        people=people,
        limits=PeopleLimits(overdue_days=studio.limits.overdue_days, unserved_days=studio.limits.unserved_days),
        place=place,
        whole=whole,
        listed=listed(people, whole, names, seen=scope.covers),
        with_central=listed(people, whole, names, seen=scope.covers, central=True),
        tiers=tuple(place_of(people, code, names) for code in tiers_there(people)),
        names=names,
        seen=seen,
    )


def people(studio: Studio, version: int, view: View, scope: Scope) -> dict[str, Any]:
    """Everything of one place. Raises OutsideScope."""
    found = told(studio, version, view, scope)
    words = studio.catalogues[view.language]
    areas = {code: found.names[code] for code in found.people.codes if code not in APART and scope.covers(code)}
    visible = [tier for tier in found.tiers if all(scope.covers(code) for code in tier.codes)]
    sheet = Sheet(
        place=found.place,
        today=found.people.today,
        limits=found.limits,
        words=words,
        picked=view.area,
        files={name: _file(version, view, scope, name) for name in FILES},
    )
    return {
        "version": version,
        "chosen": view.area,
        "place": place_choice(found.place, tiers=visible, areas=areas, words=words, unconfirmed=bool(found.tiers)),
        "body": _body(studio, version, view, found, sheet),
    }


def _file(version: int, view: View, scope: Scope, name: str) -> str:
    chosen = {"area": view.area, "tier": view.tier, "denominator": view.denominator, "lang": view.language.value}
    query = urlencode({key: value for key, value in chosen.items() if value})
    return f"/snap/{version}/{scope.key}/nguoi-dan/{name}.csv?{query}"


def _body(studio: Studio, version: int, view: View, found: Told, sheet: Sheet) -> list[Child]:
    words, data, place, limits = sheet.words, found.people, found.place, found.limits
    own = (place,)
    due = due_rows(data, own, limits) if data.due is not None else None
    waits = wait_rows(data, own, limits) if data.open is not None or data.waits is not None else None
    flow = flow_rows(data, own) if data.moves is not None else None
    lines = reasons_above(studio, version, view, data, flow[0] if flow else None) if view.area else []
    return [
        facts(
            place,
            due=due[0] if due else None,
            wait=waits[0] if waits else None,
            flow=flow[0] if flow else None,
            words=words,
            days=limits.unserved_days,
        ),
        *([above_card(place.name, lines, words)] if lines else []),
        _due(studio, found, sheet, due),
        _funnel(found, sheet),
        _waits(studio, found, sheet),
        _flows(found, sheet),
        _groups(studio, found, sheet),
        *([tier_card(sheet, tier_table(found, words))] if found.tiers else []),
        _ages(found, sheet),
    ]


def _due(studio: Studio, found: Told, sheet: Sheet, own: list[Row] | None) -> Child:
    words = sheet.words
    if own is None:
        return not_told(words("people.due_title"), words, anchor="mui-tiep-theo")
    others = due_rows(found.people, [place for place in found.listed if place.code != found.place.code], found.limits)
    return due_card(sheet, with_products(studio, [*others, *own], words))


def with_products(studio: Studio, rows: Sequence[Row], words: Words) -> list[Row]:
    """The product's name beside its code."""
    names = {**studio.products, "all": words("people.all_products")}
    return [row | {"product_name": names.get(str(row["product"]), row["product"])} for row in rows]


def _funnel(found: Told, sheet: Sheet) -> Child:
    if found.people.states is None:
        return not_told(sheet.words("people.funnel_short"), sheet.words, anchor="dang-ky")
    return funnel_card(sheet, funnel_rows(found.people, (found.place,), stage_names(sheet.words)))


def stage_names(words: Words) -> dict[str, str]:
    return words.under("stage")


def _waits(studio: Studio, found: Told, sheet: Sheet) -> Child:
    if found.people.open is None and found.people.waits is None:
        return not_told(sheet.words("people.wait_title"), sheet.words, anchor="cho-tiem")
    rows = wait_rows(found.people, found.listed, found.limits)
    reasons = deferral_rows(found.people, (found.place,), reason_names(studio, sheet.words))
    return wait_card(sheet, rows, reasons)


def reason_names(studio: Studio, words: Words) -> dict[int, str]:
    told_of = {reason.number: words.pick(reason.name_vi, reason.name_en) for reason in studio.deferral_reasons}
    return {0: words("people.reason_not_told"), 15: words("people.reason_other"), **told_of}


def _flows(found: Told, sheet: Sheet) -> Child:
    if found.people.moves is None:
        return not_told(sheet.words("people.flow_title"), sheet.words, anchor="noi-o-noi-tiem")
    moves = seen_moves(found, most=TOP_MOVES)
    return flow_card(sheet, flow_rows(found.people, found.with_central), moves)


def seen_moves(found: Told, *, most: int | None) -> list[Row]:
    """The largest moves of the place; whoever sees a part of the country sees the moves from and to that part."""
    scope = found.seen.scope
    rows = move_rows(found.people, found.place, found.names)
    rows = [row for row in rows if scope.covers(str(row["residence"])) or scope.covers(str(row["place"]))]
    return rows if most is None else rows[:most]


def _groups(studio: Studio, found: Told, sheet: Sheet) -> Child:
    if found.people.groups is None:
        return not_told(sheet.words("people.group_short"), sheet.words, anchor="nhom")
    return group_card(sheet, group_rows(found.people, (found.place,), group_names(studio, sheet.words)))


def group_names(studio: Studio, words: Words) -> dict[int, str]:
    """With their numbers, as the Decision has them; 0 is nobody's group, -1 everybody together."""
    named = {
        group.number: f"{group.number}. {words.pick(group.name_vi, group.name_en)}" for group in studio.priority_groups
    }
    return {0: words("people.no_group"), -1: words("people.all_groups"), **named}


def tier_table(found: Told, words: Words) -> list[Row]:
    """Tiers that the reader may see, what is in none, and the nation."""
    covers = found.seen.scope.covers
    visible = [tier for tier in found.tiers if all(covers(code) for code in tier.codes)]
    nation = place_of(found.people, NATION, found.names)
    outside = set(found.people.codes) - set(found.people.tiers)
    whole = found.tiers and outside and found.seen.scope.nationwide
    rest = [place_of(found.people, f"{TIER}0", found.names)] if whole else []
    return tier_rows(found.people, (*visible, *rest, nation), found.limits)


def _ages(found: Told, sheet: Sheet) -> Child:
    words = sheet.words
    if found.people.ages is None:
        return not_told(words("people.age_short"), words, anchor="tuoi")
    own = with_bands(age_rows(found.people, (found.place,)), words)
    return age_card(sheet, own, side_by_side(age_rows(found.people, found.listed)))


def with_bands(rows: Sequence[Row], words: Words) -> list[Row]:
    return [row | {"band_name": words.named("band", str(row["age_band"]))} for row in rows]


def side_by_side(rows: Sequence[Row]) -> list[Row]:
    """A place a row: its bands with at least one dose and with the full series."""
    found: dict[str, Row] = {}
    for row in rows:
        band = str(row["age_band"])
        place = found.setdefault(str(row["area"]), {"area": row["area"], "name": row["name"]})
        if band in SHOWN_BANDS and band in BANDS:
            place |= {f"dose1_{band}": row["dose1"], f"full_{band}": row["full"]}
    return list(found.values())
