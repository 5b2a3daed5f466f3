"""The slow, obvious twin of the incremental engine: every record in a dict, every figure counted anew from all.

Nothing here is shared with the engine but the plain series rules. A table is a mapping from its cell (key columns, and
the name of the count) to a whole number; cells of zero are left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaign.series import Injection, PersonSeries, SeriesRules, SeriesState, evaluate

Row = Mapping[str, Any]
Cells = Counter[tuple[object, ...]]
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CENTRAL, UNKNOWN = "central", "unknown"
BANDS = ((65, "65plus"), (50, "50_64"), (18, "18_49"), (12, "12_17"), (5, "5_11"), (0, "0_4"))
ADULTS = frozenset({"18_49", "50_64", "65plus"})
DELAY_DAYS = 120
# Words of the tests' registrations, as tests/support/engine.py hands them to the engine.
DEFERRALS = {"sốt": 1, "huyết áp cao": 2}
NOBODY: Row = dict.fromkeys(("birth_year", "sex", "province_code", "district_code", "group_bits"))


@dataclass(slots=True)
class Twin:
    """The newest version of every record. `named_areas`: areas that figures may carry, known to the registry or not."""

    rules: SeriesRules
    named_areas: frozenset[str]
    reference_year: int
    held: dict[str, dict[object, Row]] = field(default_factory=lambda: defaultdict(dict))

    def take(self, feed: str, key: str, rows: Iterable[Row]) -> None:
        """A version that is not newer than the one held changes nothing."""
        for row in rows:
            before = self.held[feed].get(row[key])
            if before is None or row["version"] > before["version"]:
                self.held[feed][row[key]] = row

    def tables(self) -> dict[str, Cells]:
        """Every published table that is counted from people, doses and registrations."""
        humans = list(self._humans())
        given = [dose for human in humans for dose in human.doses]
        return {
            "people_state": _count(human.state_cell() for human in humans),
            "people_by_area": _count(cell for human in humans for cell in human.area_cells()),
            "people_by_day": _count(cell for human in humans for cell in human.day_cells()),
            "people_due": _count(cell for human in humans for cell in human.due_cells()),
            "people_by_group": _count(cell for human in humans for cell in human.group_cells([human.first_group])),
            "group_membership": _count(cell for human in humans for cell in human.group_cells(human.groups)),
            "dose_cube": _count(dose.cube_cell(human.sex) for human in humans for dose in human.doses),
            "doses_by_day": _count((dose.place, dose.day, dose.product, "doses") for dose in given),
            "doses_by_recorded_day": _count((dose.place, dose.recorded, _bucket(dose.lag), "doses") for dose in given),
            "dose_delay": _count((dose.place, dose.day, min(dose.lag, 60), "doses") for dose in given),
            "doses_by_district_day": _count(
                (dose.place, dose.district, dose.day, dose.number, "doses") for dose in given
            ),
            "doses_by_site_day": _count((dose.site, dose.day, "doses") for dose in given),
            "residence_place": _count((human.area, dose.place, "doses") for human in humans for dose in human.doses),
            "identity_status": _count((dose.place, dose.identity, "doses") for dose in given),
            "doses_by_group_day": _count(
                (human.first_group, human.area, dose.day, "doses") for human in humans for dose in human.doses
            ),
            "registration_state": _count(self._registrations()),
            "registration_open": _count(self._open_registrations()),
            "registration_wait": _count(self._served_registrations()),
            "registration_course": _count(self._courses()),
        }

    def kept(self) -> dict[str, str]:
        """Merged to kept person, by the merges in force. Of two that would close a circle the one made first stands."""
        in_force = [merge for merge in self.held["person_merge"].values() if not merge["undone"]]
        in_force.sort(key=lambda merge: (merge["merged_at"], merge["merge_id"]))
        newest = {merge["merged_key"]: merge for merge in in_force}
        found: dict[str, str] = {}
        for merge in in_force:
            merged = merge["merged_key"]
            if newest[merged] is merge and _follow(merge["kept_key"], found) != merged:
                found[merged] = merge["kept_key"]
        return found

    def _humans(self) -> Iterator[Human]:
        """Everybody who has a record or a dose, and was not merged into somebody else."""
        kept = self.kept()
        doses: dict[str, list[Given]] = defaultdict(list)
        for record in self.held["dose"].values():
            if not record["voided"]:
                doses[_follow(record["person_key"], kept)].append(self._given(record))
        for key in {*self.held["person"], *doses}:
            if key not in kept:
                yield self._human(self.held["person"].get(key, NOBODY), doses[key])

    def _human(self, record: Row, doses: list[Given]) -> Human:
        ordered = sorted(doses, key=lambda dose: dose.order)
        events = [Injection(day=dose.day, product=dose.product, area=dose.rule_area) for dose in ordered]
        area = record["province_code"] if record["province_code"] in self.named_areas else UNKNOWN
        year = record["birth_year"]
        return Human(
            area=area,
            district=(record["district_code"] or "") if area != UNKNOWN else "",
            sex=record["sex"] or UNKNOWN,
            groups=[group for group in range(1, 17) if (record["group_bits"] or 0) >> group & 1],
            band=ordered[0].band if ordered else band_of(None if year is None else max(0, self.reference_year - year)),
            doses=ordered,
            series=evaluate(events, self.rules),
        )

    def _given(self, record: Row) -> Given:
        site = self.held["site"][record["site_code"]]
        province = site["province_code"] if site["province_code"] in self.held["area"] else None
        place = province or (CENTRAL if site["recipient_code"] else UNKNOWN)
        day, recorded = _local(record["injected_at"]), _local(record["recorded_at"])
        return Given(
            site=record["site_code"],
            place=place,
            rule_area=province or "",
            district=(site["district_code"] or "") if province in self.named_areas else "",
            day=day,
            recorded=recorded,
            lag=max(0, (recorded - day).days),
            product=record["product_code"],
            number=min(record["dose_number"] or 0, 4),
            typed=min(record["dose_number"] or 0, 7),
            band=band_of(record["age_years"]),
            identity=record["identity_status"],
        )

    def _registrations(self) -> Iterator[tuple[object, ...]]:
        for record in self.held["registration"].values():
            area = record["province_code"] if record["province_code"] in self.named_areas else UNKNOWN
            yield area, record["state"], band_of(record["age_years"]), "registrations"

    def _open_registrations(self) -> Iterator[tuple[object, ...]]:
        for record in self.held["registration"].values():
            if record["state"] not in ("injected", "observed", "cancelled"):
                area = record["province_code"] if record["province_code"] in self.named_areas else UNKNOWN
                told = (record["deferral_reason"] or "").strip().lower()
                reason = DEFERRALS.get(told, 15) if told else 0
                yield area, record["state"], reason, _local(record["registered_at"]), "registrations"

    def _served_registrations(self) -> Iterator[tuple[object, ...]]:
        for record in self.held["registration"].values():
            if record["state"] in ("injected", "observed"):
                area = record["province_code"] if record["province_code"] in self.named_areas else UNKNOWN
                days = (_local(record["state_at"]) - _local(record["registered_at"])).days
                yield area, min(max(days, 0), 999), "registrations"

    def _courses(self) -> Iterator[tuple[object, ...]]:
        """As the registry's states say: whoever was injected is served, deferred or cancelled has left, else waits."""
        for record in self.held["registration"].values():
            made = _local(record["registered_at"])
            outcome = {"injected": "served", "observed": "served", "deferred": "left", "cancelled": "left"}.get(
                record["state"], "waiting"
            )
            days = 0 if outcome == "waiting" else min(max((_local(record["state_at"]) - made).days, 0), 120)
            yield made, days, outcome, band_of(record["age_years"]), "registrations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A dose that was given and not voided."""

    site: str
    place: str
    rule_area: str
    district: str
    day: date
    recorded: date
    lag: int
    product: str
    number: int
    typed: int
    band: str
    identity: str

    @property
    def order(self) -> tuple[object, ...]:
        """By (day, product). What comes behind decides only whose age counts among equal first doses."""
        outside = {UNKNOWN: 0, CENTRAL: 1}.get(self.place, 2)
        bands = ("unknown", *(name for _, name in reversed(BANDS)))
        return self.day, self.product, outside, self.place, self.typed, bands.index(self.band)

    def cube_cell(self, sex: str) -> tuple[object, ...]:
        return self.place, self.day, self.product, self.number, self.band, sex, "doses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Human:
    """One human being: the kept identity's attributes, the doses of all their identities."""

    area: str
    district: str
    sex: str
    groups: list[int]
    band: str
    doses: list[Given]
    series: PersonSeries

    @property
    def first_group(self) -> int:
        return min(self.groups, default=0)

    def state_cell(self) -> tuple[object, ...]:
        return self.area, self.district, self.band, self.sex, self.series.state.name.lower(), "people"

    def area_cells(self) -> Iterator[tuple[object, ...]]:
        for group in ("all", group_of(self.band)):
            for measure in self._measures():
                yield self.area, group, measure

    def day_cells(self) -> Iterator[tuple[object, ...]]:
        reached = {
            "dose1_people": self.series.first_on,
            "full_people": self.series.full_on,
            "boosted_people": self.series.boosted_on,
        }
        seniors = ["65plus"] if self.band == "65plus" else []
        for group in ("all", *(["18plus"] if self.band in ADULTS else []), *seniors):
            for measure, day in reached.items():
                if day is not None:
                    yield self.area, group, day, measure

    def due_cells(self) -> Iterator[tuple[object, ...]]:
        if self.series.due_on is not None:
            yield self.area, self.series.due_product, self.series.due_on, "people"

    def group_cells(self, groups: Iterable[int]) -> Iterator[tuple[object, ...]]:
        for group in groups:
            for measure in self._measures():
                yield self.area, group, measure

    def _measures(self) -> Iterator[str]:
        steps = {"dose1_people": SeriesState.PARTIAL, "full_people": SeriesState.FULL}
        for measure, least in (steps | {"boosted_people": SeriesState.BOOSTED}).items():
            if self.series.state >= least:
                yield measure


def band_of(age_years: int | None) -> str:
    return "unknown" if age_years is None else next(name for least, name in BANDS if age_years >= least)


def group_of(band: str) -> str:
    """The coarser division that has denominators."""
    if band in ADULTS:
        return "18plus"
    return {"unknown": "unknown_age", "12_17": "12_17"}.get(band, "5_11")


def within_delay(cells: Cells, *, newest: date) -> Cells:
    """What dose_delay keeps of its cells (place, day, lag): the last days of injection."""
    return Counter({cell: n for cell, n in cells.items() if cell[1] > newest - timedelta(DELAY_DAYS)})


def _count(cells: Iterable[tuple[object, ...]]) -> Cells:
    return Counter(cells)


def _follow(key: str, kept: Mapping[str, str]) -> str:
    while key in kept:
        key = kept[key]
    return key


def _local(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def _bucket(days: int) -> str:
    for name, last in (("0", 0), ("1_3", 3), ("4_7", 7), ("8_30", 30)):
        if days <= last:
            return name
    return "over_30"
