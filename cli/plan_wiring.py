"""Wire the planner together from the settings: what it reads, by which rules, under which policy."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from campaign.lots import thaw_limits_in_force
from campaign.plan_build import Built, build, cycles_of
from campaign.plan_facts import PlanFacts
from campaign.plan_policies import Way
from campaign.plan_rules import Asked, PlanRules, StatedPolicy, Whole
from geo.areas import load_districts, load_provinces
from geo.units import load_unit_names
from layouts.plan_names import PlanNames
from operations.plan_draft import Limits
from settings import Settings
from warehouse import reads
from warehouse.reads_plan import Seen, plan_facts
from warehouse.reference import load_capacity_rules, load_product_names, load_thaw_limits
from warehouse.reference_plan import load_district_populations, load_lane_kinds, load_points
from warehouse.snapshot import Snapshots


def stated_policy(settings: Settings, name: str) -> StatedPolicy | None:
    """None where the settings state none of that name."""
    found = settings.plan.policies.get(name)
    if found is None:
        return None
    return StatedPolicy(
        name=name, way=Way(found.way), reserve=found.reserve, source=found.source, valid_from=found.valid_from
    )


def plan_rules(settings: Settings, snapshots: Snapshots, version: int, *, inside: str) -> PlanRules:
    """As they hold on the day of the snapshot. Raises SnapshotUnavailable."""
    plan, stock, folder = settings.plan, settings.stock, settings.reference_dir
    today = reads.info(snapshots, version).as_of.astimezone(ZoneInfo(settings.campaign.timezone)).date()
    return PlanRules(
        after_days=plan.after_days,
        use_days=plan.use_days,
        minimum_days=plan.minimum_days,
        count_days=stock.count_days,
        counting_levels=frozenset(plan.counting_levels),
        stale_hours=plan.stale_hours,
        allocation_days=stock.allocation_days,
        transit_days=stock.transit_days,
        whole=Whole(plan.whole_inside if inside else plan.whole),
        tray_gap=plan.tray_gap,
        vial_cm3=plan.vial_cm3,
        single_cm3=plan.single_cm3,
        road_factor=plan.road_factor,
        national_area=plan.national_area,
        thaw_days=thaw_limits_in_force(load_thaw_limits(folder), today=today),
        lanes=load_lane_kinds(folder, today=today),
        points=load_points(folder),
        populations=load_district_populations(folder),
    )


def facts_of(
    settings: Settings, snapshots: Snapshots, version: int, asked: Asked, *, inside: str, now: datetime | None
) -> tuple[PlanFacts, Built] | None:
    """The facts of the snapshot and the problem made of them; None where it tells of no lots or no devices. now: wall
    time, by which figures are stale; None: not judged (an older snapshot asked for on purpose)."""
    rules = plan_rules(settings, snapshots, version, inside=inside)
    volumes = load_capacity_rules(settings.reference_dir)
    seen = Seen(
        inside=inside,
        horizon=cycles_of(asked.days, asked.cycle, rules.after_days)[-1],
        overdue_days=settings.clock.overdue_days,
        version=settings.campaign.denominator,
        now=now,
        zone=ZoneInfo(settings.campaign.timezone),
    )
    facts = plan_facts(snapshots, version, seen, rules=rules, volumes=volumes)
    if facts is None or facts.capacity is None:
        return None
    return facts, built_of(settings, snapshots, version, facts, asked)


def built_of(settings: Settings, snapshots: Snapshots, version: int, facts: PlanFacts, asked: Asked) -> Built:
    """The problem that these facts of the snapshot make."""
    rules = plan_rules(settings, snapshots, version, inside=facts.inside)
    volumes = load_capacity_rules(settings.reference_dir)
    known = {(item.product, item.doses_per_vial): item.cm3_per_dose for item in volumes.packed}
    return build(facts, asked, rules, known=known)


def limits_of(settings: Settings, *, inside: str, seconds: float | None) -> Limits:
    plan = settings.plan
    return Limits(
        seconds=plan.seconds if seconds is None else seconds,
        least=plan.least_doses_inside if inside else plan.least_doses,
        explained=plan.explained,
        explain_seconds=plan.explain_seconds,
    )


def names_of(settings: Settings) -> PlanNames:
    """Reads the names of places."""
    folder = settings.reference_dir
    return PlanNames(
        provinces={item.code: item for item in load_provinces(folder)},
        districts={item.code: item.name_vi for item in load_districts(folder)},
        units=load_unit_names(folder),
        products=load_product_names(folder),
    )
