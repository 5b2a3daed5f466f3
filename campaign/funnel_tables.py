"""The tables of the way to the doses: stages, waiting, reasons of deferrals. Rows as in campaign.people_tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from campaign.coverage import Measure, PopulationGroup
from campaign.funnel import ageing, deferrals, edges, stages, waits
from campaign.people import People, PeopleLimits, Place
from campaign.people_tables import Row

FUNNEL_COLUMNS = ("area", "name", "stage", "stage_name", "counted", "count", "of_registered_share", "above")
DEFERRAL_COLUMNS = ("area", "name", "reason", "reason_name", "registrations")
REGISTRATIONS, DISTINCT_PEOPLE = "registrations", "people"


def wait_columns(limits: PeopleLimits) -> tuple[str, ...]:
    return (
        "area", "name", "served", "median_days", "p90_days", "waiting", *bucket_columns(limits), "deferred", "long",
    )  # fmt: skip


def bucket_columns(limits: PeopleLimits) -> tuple[str, ...]:
    """Names of the buckets of whole days: days_0_7, days_8_14, ..., days_61_up."""
    bounds = edges(limits.unserved_days)
    lows = (0, *(bound + 1 for bound in bounds))
    return (*(f"days_{low}_{high}" for low, high in zip(lows, bounds, strict=False)), f"days_{lows[-1]}_up")


def funnel_rows(people: People, places: Sequence[Place], names: Mapping[str, str]) -> list[Row]:
    """Each place stage by stage. What the source tells is judged by the whole nation: a province without anyone in a
    state tells it all the same."""
    states = people.states or {}
    told = {state for counts in states.values() for state, count in counts.items() if count}
    found: list[Row] = []
    for place in places:
        own: dict[str, int] = {}
        for code in place.codes:
            for state, count in states.get(code, {}).items():
                own[state] = own.get(state, 0) + count
        way = stages(
            own, told=told, dose1=_people(people, place, Measure.DOSE1), full=_people(people, place, Measure.FULL)
        )
        registered = way[0].count
        found += [
            {
                "area": place.code,
                "name": place.name,
                "stage": stage.name,
                "stage_name": names.get(stage.name, stage.name),
                "counted": DISTINCT_PEOPLE if stage.of_people else REGISTRATIONS,
                "count": stage.count,
                "of_registered_share": stage.count / registered if stage.count is not None and registered else None,
                "above": stage.above,
            }
            for stage in way
        ]
    return found


def _people(people: People, place: Place, measure: Measure) -> int | None:
    cells = [row.coverage.get((PopulationGroup.ALL, measure)) for row in people.areas if row.area.code in place.codes]
    known = [cell.people for cell in cells if cell is not None]
    return sum(known) if known else None


def wait_rows(people: People, places: Sequence[Place], limits: PeopleLimits) -> list[Row]:
    """How long those waited who were served, and how long the others wait by now."""
    found: list[Row] = []
    for place in places:
        served = waits(count for count in people.waits or () if count.area_code in place.codes)
        own = (count for count in people.open or () if count.area_code in place.codes)
        open_ones = ageing(own, today=people.today, limit_days=limits.unserved_days)
        found.append(
            {
                "area": place.code,
                "name": place.name,
                "served": served.served,
                "median_days": served.median,
                "p90_days": served.p90,
                "waiting": open_ones.waiting,
                **dict(zip(bucket_columns(limits), open_ones.buckets, strict=True)),
                "deferred": open_ones.deferred,
                "long": open_ones.long,
            }
        )
    return found


def deferral_rows(people: People, places: Iterable[Place], names: Mapping[int, str]) -> list[Row]:
    return [
        {
            "area": place.code,
            "name": place.name,
            "reason": reason,
            "reason_name": names.get(reason, str(reason)),
            "registrations": count,
        }
        for place in places
        for reason, count in deferrals(count for count in people.open or () if count.area_code in place.codes).items()
    ]
