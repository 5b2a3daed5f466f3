"""The cubes that are counted from people and their doses, and from registrations, counted again from all of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from warehouse.engine.codes import Codes
from warehouse.engine.cubes import GROUP_BITS, first_groups
from warehouse.engine.dense import distinct
from warehouse.engine.engine import Engine
from warehouse.engine.people import WIDE, Attributes, roots, with_members
from warehouse.engine.places import province_numbers
from warehouse.engine.ragged import by_owner
from warehouse.engine.recount_doses import MOST_NUMBER
from warehouse.engine.registrations import (
    LEFT,
    MOST_COURSE_DAYS,
    MOST_DAYS,
    OUTCOMES,
    REASONS,
    STATES,
    course_days,
    waited_days,
)
from warehouse.engine.segments import Columns
from warehouse.engine.slots import AGE_BANDS, DAYS, Slots, age_band, unpack
from warehouse.engine.states import PersonRows
from warehouse.engine.tally import Tally, summed

Numbers = npt.NDArray[np.int64]
AT_A_TIME, REGISTRATIONS_AT_A_TIME = 1 << 18, 1 << 17
SEXES, SERIES_STATES = 3, 4
# Positions in STATES: not served and not cancelled; served.
WAITING = [STATES.index(name) for name in ("registered", "approved", "invited", "arrived", "screened", "deferred")]
SERVED = [STATES.index(name) for name in ("injected", "observed")]
# A dose may fall due beyond the days on which one can have been given.
DUE_DAYS = 1 << 15


class _Cubes:
    """One tally a cube; those by priority group are made at the end from one by the whole set of groups."""

    def __init__(self, codes: Codes) -> None:
        self._area = province_numbers(codes)
        areas, places = len(codes.codes("area")), len(codes.codes("place"))
        products, bands = len(codes.codes("product")), len(AGE_BANDS)
        self._tallies = {
            "people_state": Tally(
                {"district": len(self._area), "sex": SEXES, "band": bands, "state": SERIES_STATES}
            ),
            "people_day": Tally({"day": DAYS, "step": 4, "residence_area": areas, "band": bands}),
            "people_due": Tally({"day": DUE_DAYS, "residence_area": areas, "product": products}),
            "dose": Tally(
                {
                    "day": DAYS, "place": places, "product": products, "number": MOST_NUMBER + 1, "band": bands,
                    "sex": SEXES,
                }
            ),
            "flow": Tally({"residence_area": areas, "place": places}),
            "dose_group": Tally({"day": DAYS, "priority_group": GROUP_BITS + 1, "residence_area": areas}),
        }  # fmt: skip
        self._sets = Tally({"groups": 1 << GROUP_BITS, "residence_area": areas, "state": SERIES_STATES})
        self._first_group = first_groups()

    def add_people(self, rows: PersonRows) -> None:
        """Those that exist, one row each."""
        there = slice(None) if rows.exists.all() else rows.exists
        district, band, state = rows.district[there], rows.band[there], rows.state[there]
        area = self._area[district]
        self._tallies["people_state"].add({"district": district, "sex": rows.sex[there], "band": band, "state": state})
        for step, on in enumerate((rows.first_on[there], rows.full_on[there], rows.boosted_on[there]), start=1):
            who = np.flatnonzero(on >= 0)
            steps = np.full(len(who), step, dtype=np.uint8)
            self._tallies["people_day"].add(
                {"day": on[who], "step": steps, "residence_area": area[who], "band": band[who]}
            )
        due_on = rows.due_on[there]
        who = np.flatnonzero(due_on >= 0)
        self._tallies["people_due"].add(
            {"day": due_on[who], "residence_area": area[who], "product": rows.due_product[there][who]}
        )
        self._sets.add({"groups": rows.groups[there], "residence_area": area, "state": state})

    def add_doses(self, slots: Slots, attributes: Attributes, owner: Numbers) -> None:
        """Doses with who got them."""
        doses = unpack(slots)
        area = self._area[attributes.district][owner]
        self._tallies["dose"].add(
            {
                "day": doses.day, "place": doses.place, "product": doses.product,
                "number": np.minimum(doses.number, MOST_NUMBER), "band": doses.band, "sex": attributes.sex[owner],
            }
        )  # fmt: skip
        self._tallies["flow"].add({"residence_area": area, "place": doses.place})
        group = self._first_group[attributes.groups][owner]
        self._tallies["dose_group"].add({"day": doses.day, "priority_group": group, "residence_area": area})

    def cells(self) -> dict[str, Columns]:
        found = {name: tally.cells() for name, tally in self._tallies.items()}
        sets = self._sets.cells()
        found["people_group"] = summed(
            {
                "residence_area": sets["residence_area"],
                "priority_group": self._first_group[sets["groups"]].astype(np.int64),
                "state": sets["state"],
                "n": sets["n"],
            }
        )
        members = [_members(sets, group) for group in range(1, GROUP_BITS + 1)]
        found["group_member"] = summed({name: np.concatenate([part[name] for part in members]) for name in members[0]})
        return found


def count_people(engine: Engine) -> dict[str, Columns]:
    """Cells of each cube, by its name: keys and `n`. Those of registrations are among them."""
    cubes = _Cubes(engine.codes)
    people = engine.people
    merged = np.array(sorted(people.alias.keys() | people.members.keys()), dtype=np.int64)
    special = distinct(np.concatenate([merged, people.beyond.people]))
    for rows, attributes, wide in _ordinary(engine, special):
        cubes.add_people(rows)
        each = wide.reshape(-1)
        taken = np.flatnonzero(each)
        cubes.add_doses(each.take(taken), attributes, taken // WIDE)
    if len(special):
        _add_special(engine, special, cubes)
    return cubes.cells() | _registrations(engine)


def _ordinary(engine: Engine, special: Numbers) -> Iterator[tuple[PersonRows, Attributes, Slots]]:
    """Everybody whose doses lie in their own slots, a chunk at a time."""
    people = engine.people
    for start in range(0, people.count, AT_A_TIME):
        stop = min(start + AT_A_TIME, people.count)
        exists = np.ones(stop - start, dtype=np.bool_)
        wide = people.slots.part(start, stop)
        apart = special[np.searchsorted(special, start) : np.searchsorted(special, stop)] - start
        if len(apart):
            exists[apart] = False
            wide = wide.copy()
            wide[apart] = 0
        attributes = Attributes(**{name: dense.part(start, stop) for name, dense in people.attributes.items()})
        # Column by column, which takes a quarter of the time of a sum over each person's few.
        count = sum((wide[:, column] != 0 for column in range(WIDE)), np.zeros(len(wide), dtype=np.uint8))
        yield engine.states.of_wide(wide, count, attributes, exists), attributes, wide


def _add_special(engine: Engine, special: Numbers, cubes: _Cubes) -> None:
    """Those with merges or with many doses."""
    everybody = np.unique(roots(special, engine.people.alias))
    for start in range(0, len(everybody), AT_A_TIME):
        _add_identities(engine, everybody[start : start + AT_A_TIME], cubes)


def _add_identities(engine: Engine, counted: Numbers, cubes: _Cubes) -> None:
    people = engine.people
    owner, person = with_members(counted, people.members)
    held = people.doses_of(person)
    doses = by_owner(owner[held.owner], held.slot)
    attributes = people.attributes_of(counted)
    cubes.add_people(engine.states.of_ragged(doses, attributes, np.ones(len(counted), dtype=np.bool_)))
    cubes.add_doses(doses.slot, attributes, doses.owner)


def _registrations(engine: Engine) -> dict[str, Columns]:
    areas = len(engine.codes.codes("area"))
    by_state = Tally({"area": areas, "state": len(STATES), "band": len(AGE_BANDS)})
    waiting = Tally({"day": DAYS, "area": areas, "state": len(STATES), "reason": REASONS})
    waits = Tally({"waited": MOST_DAYS + 1, "area": areas})
    course = Tally({"day": DAYS, "waited": MOST_COURSE_DAYS + 1, "outcome": LEFT + 1, "band": len(AGE_BANDS)})
    columns = ("area", "state", "age", "registered_on", "state_on", "reason")
    for chunk in engine.registrations.chunks(columns, REGISTRATIONS_AT_A_TIME):
        state = chunk["state"]
        by_state.add({"area": chunk["area"], "state": state, "band": age_band(chunk["age"])})
        at = np.flatnonzero(np.isin(state, WAITING))
        waiting.add(
            {
                "day": chunk["registered_on"][at],
                "area": chunk["area"][at],
                "state": state[at],
                "reason": chunk["reason"][at],
            }
        )
        at = np.flatnonzero(np.isin(state, SERVED))
        waits.add({"waited": waited_days(chunk)[at], "area": chunk["area"][at]})
        course.add(
            {
                "day": chunk["registered_on"],
                "waited": course_days(chunk),
                "outcome": OUTCOMES[state],
                "band": age_band(chunk["age"]),
            }
        )
    return {
        "registration": by_state.cells(),
        "registration_open": waiting.cells(),
        "registration_wait": waits.cells(),
        "registration_course": course.cells(),
    }


def _members(sets: Columns, group: int) -> Columns:
    """Cells of the people in `group`, whatever other groups they are in."""
    within = (sets["groups"] >> (group - 1)) & 1 == 1
    found = {name: sets[name][within] for name in ("residence_area", "state", "n")}
    return found | {"priority_group": np.full(len(found["n"]), group, dtype=np.int64)}
