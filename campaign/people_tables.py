"""The tables about people: one list of rows each, for the page, its files and the command line alike.

A row is a mapping of column to value; "area" and "name" say whose it is. Rows of places come first, in their order, the
place that holds them all last. Counts are whole numbers, ratios have names that end in _share, None is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from campaign.areas import national
from campaign.coverage import Measure, PopulationGroup
from campaign.due import WEEKS, Backlog, backlog, by_product
from campaign.flows import flow_of, flows_by_area, largest
from campaign.people import (
    ADULT_BANDS,
    BANDS,
    GROUPS,
    NO_GROUP,
    GroupCount,
    People,
    PeopleLimits,
    Place,
    Reached,
    together,
)
from campaign.readings import AreaRow

Value = str | int | float | None
Row = dict[str, Value]
ALL_PRODUCTS = "all"
WEEK_COLUMNS = tuple(f"week_{week}" for week in range(1, WEEKS + 1))
DUE_COLUMNS = ("area", "name", "product", "overdue", "due", *WEEK_COLUMNS, "later", "people")
FLOW_COLUMNS = (
    "area", "name", "by_residence", "by_place", "at_home", "inflow", "outflow", "net", "inflow_share", "outflow_share",
    "to_central", "of_unknown",
)  # fmt: skip
MOVE_COLUMNS = ("residence", "residence_name", "place", "place_name", "doses")
AGE_COLUMNS = (
    "area", "name", "age_band", "none", "dose1", "full", "boosted", "population", "dose1_share", "full_share",
)  # fmt: skip
GROUP_COLUMNS = (
    "area", "name", "group", "group_name", "dose1", "full", "boosted", "doses", "member_dose1", "member_full",
)  # fmt: skip
TIER_COLUMNS = (
    "tier", "name", "provinces", "dose1", "full", "dose1_18plus", "full_18plus", "population_18plus",
    "dose1_18plus_share", "full_18plus_share", "overdue",
)  # fmt: skip
ADULTS, EVERYONE = PopulationGroup.ADULTS.value, PopulationGroup.ALL.value


def due_rows(people: People, places: Sequence[Place], limits: PeopleLimits) -> list[Row]:
    """Each place with all products together, then product by product."""
    counts = people.due or ()
    found: list[Row] = []
    for place in places:
        own = [count for count in counts if count.area_code in place.codes]
        whole = backlog(own, today=people.today, grace=limits.overdue_days)
        found.append(_due_row(place, ALL_PRODUCTS, whole))
        for product, part in by_product(own, today=people.today, grace=limits.overdue_days).items():
            found.append(_due_row(place, product, part))
    return found


def _due_row(place: Place, product: str, found: Backlog) -> Row:
    return {
        "area": place.code,
        "name": place.name,
        "product": product,
        "overdue": found.overdue,
        "due": found.due,
        **dict(zip(WEEK_COLUMNS, found.weeks, strict=True)),
        "later": found.later,
        "people": found.people,
    }


def flow_rows(people: People, places: Sequence[Place]) -> list[Row]:
    """Doses of each place by where people live and by where they were given."""
    moves = people.moves or ()
    single = flows_by_area(moves, [code for place in places if len(place.codes) == 1 for code in place.codes])
    found: list[Row] = []
    for place in places:
        flow = single[next(iter(place.codes))] if len(place.codes) == 1 else flow_of(moves, place.codes)
        found.append(
            {"area": place.code, "name": place.name} | {name: getattr(flow, name) for name in FLOW_COLUMNS[2:8]}
        )
        found[-1] |= {
            "inflow_share": flow.inflow_ratio,
            "outflow_share": flow.outflow_ratio,
            "to_central": flow.to_central,
            "of_unknown": flow.of_unknown,
        }
    return found


def move_rows(people: People, place: Place, names: Mapping[str, str], *, most: int | None = None) -> list[Row]:
    """The moves with one end in the place, the largest first; `most` None: all of them."""
    moves = people.moves or ()
    return [
        {
            "residence": move.residence,
            "residence_name": names.get(move.residence, move.residence),
            "place": move.place,
            "place_name": names.get(move.place, move.place),
            "doses": move.doses,
        }
        for move in largest(moves, place.codes, most=len(moves) if most is None else most)
    ]


def age_rows(people: People, places: Sequence[Place]) -> list[Row]:
    """Each place by age band, then adults and everyone, who have a population to be divided by."""
    ages = people.ages or {}
    found: list[Row] = []
    for place in places:
        bands = {band: together(ages[code, band] for code in place.codes if (code, band) in ages) for band in BANDS}
        found += [_age_row(place, band, count, {}) for band, count in bands.items()]
        for group, part in ((ADULTS, ADULT_BANDS), (EVERYONE, frozenset(BANDS))):
            count = together(bands[band] for band in BANDS if band in part)
            found.append(_age_row(place, group, count, shares(people, place, PopulationGroup(group))))
    return found


def _age_row(place: Place, band: str, count: Reached, of: Row) -> Row:
    return {
        "area": place.code,
        "name": place.name,
        "age_band": band,
        "none": count.none,
        "dose1": count.dose1,
        "full": count.full,
        "boosted": count.boosted,
        "population": of.get("population"),
        "dose1_share": of.get("dose1_share"),
        "full_share": of.get("full_share"),
    }


def shares(people: People, place: Place, group: PopulationGroup) -> Row:
    """Population and both shares of a group, as on every other page: areas without a population are on neither side."""
    rows = [row for row in people.areas if row.area.code in place.codes]
    cells = {measure: national(rows, group, measure) for measure in (Measure.DOSE1, Measure.FULL)}
    told = {measure: cell[0] for measure, cell in cells.items() if cell is not None}
    return {
        "population": next((cell.population for cell in told.values()), None),
        **{f"{measure}_share": told[measure].ratio if measure in told else None for measure in cells},
    }


def group_rows(people: People, places: Sequence[Place], names: Mapping[int, str]) -> list[Row]:
    """Each place by group; the row without a group is there, and the last one counts each person once."""
    groups = people.groups or {}
    found: list[Row] = []
    for place in places:
        sums: list[Reached] = []
        given = 0
        for number in (*GROUPS, NO_GROUP):
            parts = [groups[code, number] for code in place.codes if (code, number) in groups]
            first, doses = together(part.first for part in parts), sum(part.doses for part in parts)
            sums.append(first)
            given += doses
            members = _members(parts) if number != NO_GROUP else None
            found.append(_group_row(place, str(number), names.get(number, str(number)), first, doses, members))
        found.append(_group_row(place, "all", names.get(-1, "all"), together(sums), given, None))
    return found


def _members(parts: Iterable[GroupCount]) -> Reached:
    return together(part.members for part in parts)


def _group_row(place: Place, group: str, name: str, first: Reached, doses: int, members: Reached | None) -> Row:
    return {
        "area": place.code,
        "name": place.name,
        "group": group,
        "group_name": name,
        "dose1": first.dose1,
        "full": first.full,
        "boosted": first.boosted,
        "doses": doses,
        "member_dose1": members.dose1 if members else None,
        "member_full": members.full if members else None,
    }


def tier_rows(people: People, places: Sequence[Place], limits: PeopleLimits) -> list[Row]:
    """Each of `places`: the tiers, what is in none, and the nation."""
    found: list[Row] = []
    for place in places:
        own = [row for row in people.areas if row.area.code in place.codes]
        adults = shares(people, place, PopulationGroup.ADULTS)
        due = [count for count in people.due or () if count.area_code in place.codes]
        found.append(
            {
                "tier": place.code,
                "name": place.name,
                "provinces": len([code for code in place.codes if code in people.tiers]),
                "dose1": _people(own, PopulationGroup.ALL, Measure.DOSE1),
                "full": _people(own, PopulationGroup.ALL, Measure.FULL),
                "dose1_18plus": _people(own, PopulationGroup.ADULTS, Measure.DOSE1),
                "full_18plus": _people(own, PopulationGroup.ADULTS, Measure.FULL),
                "population_18plus": adults["population"],
                "dose1_18plus_share": adults["dose1_share"],
                "full_18plus_share": adults["full_share"],
                "overdue": backlog(due, today=people.today, grace=limits.overdue_days).overdue
                if people.due is not None
                else None,
            }
        )
    return found


def _people(rows: Iterable[AreaRow], group: PopulationGroup, measure: Measure) -> int | None:
    cells = [row.coverage.get((group, measure)) for row in rows]
    known = [cell.people for cell in cells if cell is not None]
    return sum(known) if known else None
