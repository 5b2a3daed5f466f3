"""People and doses of a province as rows of the registry, as they stand at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from demo.calendar import FIRST_DAY, day_of
from demo.copying import instants
from demo.doses import MISSING_LOT, NEVER, SWAPPED_DATES, UNKNOWN_PRODUCT, UNKNOWN_SITE, YEAR_1899, Doses
from demo.names import NATIONAL_ID_PREFIX, PHONE_PREFIX, full_names
from demo.reference import PRODUCTS
from demo.streams import Ints, stream
from demo.supply import Lots
from demo.world import DAY_SLOTS, PRODUCT_SLOTS, ProvinceRecords, World

AGE_DAY = day_of(date(2021, 11, 1))  # the ages of People are those of this day
DAYS_OF_YEAR = 365.25
EXCEL_DAY_ZERO = -(FIRST_DAY - date(1899, 12, 30)).days * 86_400  # what an empty date cell turns into
IDENTITY = ("matched", "mismatched", "none")
VOID_REASON = "nhập trùng"  # typed twice
GROUPS = range(1, 17)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseTexts:
    """Lookups that turn numbers into codes, made once for many frames."""

    products: pl.Series
    sites: pl.Series
    lots: pl.Series
    lot_of_cell: Ints
    place_of_site: Ints  # province, or CENTRAL
    epoch: int


def dose_texts(world: World, lots: Lots, *, epoch: int) -> DoseTexts:
    return DoseTexts(
        products=pl.Series(PRODUCTS),
        sites=pl.Series(world.sites.codes),
        lots=pl.Series(lots.number),
        lot_of_cell=lots.of_cell,
        place_of_site=world.province_of_place()[world.sites.district],
        epoch=epoch,
    )


def dose_rows(texts: DoseTexts, doses: Doses, *, base: int, at: int) -> pl.DataFrame:
    """Rows of registry.dose as they stand `at` (local seconds), of people numbered from `base`.

    A row is repaired or voided only where that has happened by then.
    """
    fault = np.where(doses.repaired <= at, 0, doses.fault)
    injected = np.where(fault == YEAR_1899, EXCEL_DAY_ZERO, doses.injected.astype(np.int64))
    swapped = doses.recorded + (doses.dose_id % 28 + 1) * 86_400
    lot = texts.lot_of_cell[texts.place_of_site[doses.site], doses.product, doses.day // 7]
    frame = pl.DataFrame(
        {
            "dose_id": doses.dose_id,
            "person_id": base + doses.person.astype(np.int64),
            "product_code": texts.products.gather(doses.product),
            # Typed numbers are evidence, not truth: one in 331 says "1" whatever the dose was.
            "dose_number": np.where(doses.dose_id % 331 == 0, 1, doses.step),
            "lot_number": texts.lots.gather(lot),
            "site_code": texts.sites.gather(doses.site),
            "session_id": session_ids(doses),
            "injected_at": np.where(fault == SWAPPED_DATES, swapped, injected),
            "recorded_at": doses.recorded,
            "identity_status": pl.Series(IDENTITY).gather(doses.identity),
            "voided_at": np.where(doses.voided <= at, doses.voided, NEVER),
            "fault": fault,
        }
    )
    voided = pl.col("voided_at") != NEVER
    return frame.with_columns(
        product_code=pl.when(pl.col("fault") == UNKNOWN_PRODUCT).then(pl.lit("VX-99")).otherwise("product_code"),
        site_code=pl.when(pl.col("fault") == UNKNOWN_SITE)
        .then(pl.concat_str(pl.lit("X"), "site_code"))
        .otherwise("site_code"),
        lot_number=pl.when(pl.col("fault") != MISSING_LOT).then("lot_number"),
        injected_at=instants(pl.col("injected_at"), texts.epoch),
        recorded_at=instants(pl.col("recorded_at"), texts.epoch),
        voided_at=pl.when(voided).then(instants(pl.when(voided).then("voided_at"), texts.epoch)),
        void_reason=pl.when(voided).then(pl.lit(VOID_REASON)),
    ).drop("fault")


def session_ids(doses: Doses) -> Ints:
    """A session is one site's work with one product on one day; its number packs the three."""
    return (doses.site * DAY_SLOTS + doses.day) * PRODUCT_SLOTS + doses.product


def person_rows(world: World, records: ProvinceRecords) -> pl.DataFrame:
    """Rows of registry.person: everyone sampled, and the second records of people who were registered twice."""
    people, areas = records.people, world.reference.areas
    twice = records.duplicates.person
    person = np.concatenate([np.arange(len(people)), twice])
    number = records.base + np.arange(len(person))
    home = people.home[person]
    born = _birth_days(world, records)[person]
    names = full_names(world.seed, records.province, people.woman)
    frame = pl.DataFrame(
        {
            "person_id": number,
            "full_name": names.gather(person),
            "birth_date": pl.Series(born - day_of(date(1970, 1, 1))).cast(pl.Int32),
            "phone": pl.Series(number),
            "sex": pl.Series(["m", "f"]).gather(people.woman[person]),
            "commune_code": pl.Series(areas.home_communes).gather(home),
            "district_code": pl.Series(areas.district_codes).gather(areas.home_district[home]),
            "province_code": pl.Series(areas.province_codes).gather(areas.home_province[home]),
            "priority_groups": _group_lists(people.groups[person]),
            "second": np.arange(len(person)) >= len(people),
        }
    )
    return frame.with_columns(
        birth_date=pl.col("birth_date").cast(pl.Date),
        phone=pl.concat_str(pl.lit(PHONE_PREFIX), pl.col("phone").cast(pl.String)),
        # The second record of a person was made without the identity card: that is how it came about.
        national_id=pl.when(~pl.col("second")).then(
            pl.concat_str(pl.lit(NATIONAL_ID_PREFIX), pl.col("person_id").cast(pl.String))
        ),
    ).drop("second")


def _birth_days(world: World, records: ProvinceRecords) -> Ints:
    """Days of birth (as in demo.calendar) such that nobody leaves their age class before their first dose.

    Someone of 18 had the birthday by then, someone of 12-17 counts from the day of the first dose.
    """
    people, doses = records.people, records.doses
    reference_day = np.full(len(people), AGE_DAY)
    first = doses.take((doses.step == 1) & ~doses.typed_twice)
    adult = first.person < people.adults
    day = np.where(adult, np.minimum(first.day, AGE_DAY), first.day)
    edge = ~adult | (people.age[first.person] == 18)
    reference_day[first.person[edge]] = day[edge]
    into_year = stream(world.seed, "birthdays", records.province).integers(1, 364, len(people))
    return reference_day - np.floor(people.age * DAYS_OF_YEAR).astype(np.int64) - into_year


def _group_lists(bits: Ints) -> pl.Series:
    """Sets of priority groups as PostgreSQL writes arrays."""
    sets, which = np.unique(bits, return_inverse=True)
    texts = ["{" + ",".join(str(group) for group in GROUPS if value >> group & 1) + "}" for value in sets.tolist()]
    return pl.Series(texts).gather(which)
