"""People's doses through the vectorised series engine, and its answer in the plain one's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from campaign.series import Injection, PersonSeries, SeriesState
from campaign.series_tables import NEVER, SeriesTables

FIRST_DAY = date(2021, 1, 1)


def by_tables(
    tables: SeriesTables, products: Sequence[str], areas: Sequence[str], people: Sequence[Sequence[Injection]]
) -> list[PersonSeries]:
    """Each person's standing, without `first_dose_id`, which the tables do not know. Days count from FIRST_DAY."""
    width = max(1, *map(len, people)) if people else 1
    # What lies beyond a row's count must not be read: fill it with what would be refused.
    day = np.full((len(people), width), -7, dtype=np.int16)
    product, area = (np.full(day.shape, 255, dtype=np.uint8) for _ in range(2))
    for row, doses in enumerate(people):
        ordered = sorted(doses, key=lambda event: (event.day, event.product, event.area))
        for column, event in enumerate(ordered):
            day[row, column] = (event.day - FIRST_DAY).days
            product[row, column] = products.index(event.product)
            area[row, column] = areas.index(event.area)
    out = tables.evaluate(day, product, area, np.array([len(doses) for doses in people], dtype=np.uint8))
    found: list[PersonSeries] = []
    for row in range(len(people)):
        person = PersonSeries(
            state=SeriesState(int(out.state[row])),
            valid_doses=int(out.valid_doses[row]),
            last_product=products[int(out.last_product[row])] or None,
            first_on=_date(out.first_on[row]),
            full_on=_date(out.full_on[row]),
            boosted_on=_date(out.boosted_on[row]),
            booster_on=_date(out.booster_on[row]),
            due_on=_date(out.due_on[row]),
        )
        assert person.due_product == (products[int(out.due_product[row])] or None)
        found.append(person)
    return found


def _date(number: np.int16) -> date | None:
    return None if number == NEVER else FIRST_DAY + timedelta(int(number))
