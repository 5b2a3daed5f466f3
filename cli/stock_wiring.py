"""Wire stock together from the settings: what of it is an alert, and by which reference data it is judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from zoneinfo import ZoneInfo

from campaign.alerts import Condition, Severity
from campaign.allocation_board import exceeding, judged
from campaign.readings import FeedStatus
from campaign.stock import Rule
from campaign.transfers import Promise
from geo.gazetteer import Gazetteer
from layouts.store_names import store_name
from layouts.words import Language, load_catalogues
from operations.allocation_conditions import of_allocation
from operations.capacity_conditions import RULE as OVER_CAPACITY
from operations.capacity_conditions import of_capacity
from operations.plan_stock import counted_short
from operations.stock_conditions import Names, StockRules, by_code, of_stock
from operations.transfers import promised
from settings import Settings
from settings.rule_expressions import Asked, levels, read_rule
from settings.stock import AlertLevel
from warehouse import reads
from warehouse.reads_allocation import allocated, rounds_of
from warehouse.reads_capacity import cold_capacity
from warehouse.reads_stock import Looking, stock_seen
from warehouse.reads_stores import places_of_stores, spots_of
from warehouse.reference import (
    load_capacity_rules,
    load_most_per_vial,
    load_product_names,
    load_supply_book,
    load_thaw_limits,
)
from warehouse.snapshot import Snapshots

# Decisions after excursions and monitors of vials say what is usable. A feed that a source does not have is "ok".
FEEDS = (
    *("stock_movement", "lot_state", "lot_expiry", "allocation_decision", "allocation_line"),
    *("excursion_line", "vial_reading"),
)
# By these alone the rule beside them is judged besides.
SUPPLY_FEEDS = {"supply_movement": "stock_supply_short"}
RULES = ("stock_", "lot_", "allocation_")
"""What the names of the rules about stock begin with."""


def stock_conditions(
    settings: Settings, snapshots: Snapshots, version: int, statuses: Sequence[FeedStatus], url: str | None = None
) -> list[Condition]:
    """What of the stock asks for somebody, as of the snapshot's own instant. url: of the registry, which knows what was
    said of transfers that came short; None: nothing was. Raises psycopg.Error."""
    stock = settings.stock
    seen = stock_seen(
        snapshots,
        version,
        zone=ZoneInfo(settings.campaign.timezone),
        looking=Looking(
            due_days=stock.due_days,
            overdue_days=settings.clock.overdue_days,
            transit_days=stock.transit_days,
            count_days=stock.count_days,
            event_days=stock.event_days,
        ),
        thaw=load_thaw_limits(settings.reference_dir),
        most_per_vial=load_most_per_vial(settings.reference_dir),
        promised=_promised(settings, snapshots, version, url),
        counted=counted_short(url) if url is not None else (),
    )
    if seen is None:
        return []
    names = _names(settings, snapshots, version)
    red = settings.etl.lag_red_seconds
    behind = stock_behind(statuses, red_seconds=red)
    rules = replace(stock_rules(settings), supply=load_supply_book(settings.reference_dir).on(seen.today))
    found = of_stock(seen, rules=rules, names=names, behind=behind)
    late = {name for feed, name in SUPPLY_FEEDS.items() if stock_behind(statuses, red_seconds=red, feeds=(feed,))}
    found = [replace(item, inhibited=True) if item.rule in late else item for item in found]
    return [
        *found,
        *_allocation(settings, snapshots, version, rules=rules, names=names, behind=behind),
        *_capacity(settings, snapshots, version, rules=rules, names=names, behind=behind),
    ]


def _names(settings: Settings, snapshots: Snapshots, version: int) -> Names:
    """A store is asked for where an alert names it: of twenty thousand a few."""
    areas, places = area_names(snapshots, version), Gazetteer(settings.reference_dir)

    def store(code: str) -> tuple[str, str]:
        found = spots_of(snapshots, version, stores=[code])
        if not found:
            return by_code(code)
        spot = found[0]
        vi, en = (
            store_name(
                words,
                places,
                code=code,
                level=spot.level,
                province=province,
                district=spot.district,
                site=spot.site,
            )
            for words, province in zip(
                (load_catalogues()[language] for language in (Language.VI, Language.EN)),
                areas.get(spot.area, (spot.area, spot.area)),
                strict=True,
            )
        )
        return vi, en

    return Names(areas=areas, products=load_product_names(settings.reference_dir), store=cache(store))


def _capacity(
    settings: Settings, snapshots: Snapshots, version: int, *, rules: StockRules, names: Names, behind: bool
) -> list[Condition]:
    zone, facts = ZoneInfo(settings.campaign.timezone), load_capacity_rules(settings.reference_dir)
    found = cold_capacity(snapshots, version, zone=zone, rules=facts)
    if found is None:
        return []
    levels = {item.code: item.level for item in places_of_stores(snapshots, version)}
    return of_capacity(found, levels=levels, rule=rules.rules[OVER_CAPACITY], names=names, behind=behind)


def _promised(settings: Settings, snapshots: Snapshots, version: int, url: str | None) -> tuple[Promise, ...]:
    if url is None:
        return ()
    zone = ZoneInfo(settings.campaign.timezone)
    return promised(url, today=reads.info(snapshots, version).as_of.astimezone(zone).date())


def _allocation(
    settings: Settings, snapshots: Snapshots, version: int, *, rules: StockRules, names: Names, behind: bool
) -> list[Condition]:
    zone, most = ZoneInfo(settings.campaign.timezone), load_most_per_vial(settings.reference_dir)
    told = allocated(snapshots, version, zone=zone, most_per_vial=most)
    if not told.decisions:
        return []
    rounds, wait_days = rounds_of(told), settings.stock.allocation_days
    return of_allocation(
        judged(told.lines, told.decisions, rounds, told.accounts, today=told.today, wait_days=wait_days),
        told.decisions,
        exceeding(rounds, told.accounts, told.extra, told.central),
        rules=rules.rules,
        wait_days=wait_days,
        names=names,
        behind=behind,
    )


def stock_rules(settings: Settings) -> StockRules:
    """Raises BadField for a condition that settings.rule_expressions.with_usable did not leave out."""
    stock = settings.stock
    rules = {name: rule_of(name, level) for name, level in levels(settings).items()}
    return StockRules(
        expiring_days=stock.expiring_days,
        expired_grace_days=stock.expired_grace_days,
        outlook_days=stock.outlook_days,
        least_daily=stock.least_daily,
        count_days=stock.count_days,
        transit_days=stock.transit_days,
        event_days=stock.event_days,
        waste_days=stock.waste_days,
        waste_share=stock.waste_share,
        waste_least_doses=stock.waste_least_doses,
        rules=rules,
    )


def rule_of(name: str, level: AlertLevel) -> Rule:
    """What a rule is judged by. Raises BadField."""
    raised, cleared = read_rule(name, Asked(raise_when=level.raise_when, clear_when=level.clear_when))
    return Rule(
        raise_at=level.raise_at,
        clear_at=level.clear_at,
        hold=timedelta(minutes=level.hold_minutes),
        severity=Severity(level.severity),
        raise_when=raised,
        clear_when=cleared,
    )


def stock_behind(statuses: Sequence[FeedStatus], *, red_seconds: float, feeds: Sequence[str] = FEEDS) -> bool:
    """Whether a feed that stock is judged by is dead, held or catching up: then no alert of stock begins or ends."""
    return any(
        item.name in feeds and (item.state != "ok" or (item.lag_seconds or 0) > red_seconds) for item in statuses
    )


def area_names(snapshots: Snapshots, version: int) -> Mapping[str, tuple[str, str]]:
    """Vietnamese and English, by code."""
    rows = snapshots.rows(version, "SELECT code, name_vi, name_en FROM area")
    return {row["code"]: (row["name_vi"], row["name_en"]) for row in rows}
