"""Row types that cross borders: what the warehouse reads return and what the layouts draw. Counts are whole numbers;
ratios live in Coverage; instants are aware datetimes; days are local calendar days of the campaign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from campaign.coverage import Coverage, Measure, PopulationGroup, Target
from campaign.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotInfo:
    """One published snapshot. `as_of` is campaign time, `published_at` wall time: the two are never subtracted."""

    version: int
    content_hash: str
    as_of: datetime
    published_at: datetime
    kind: str  # "record": person-level records; "declared": published tallies
    title_vi: str
    title_en: str
    one_in: int  # 1, or N where the data are a demonstration sample of one person in N
    is_demo: bool
    denominator: str
    first_day: date | None
    last_day: date | None
    has_boundaries: bool
    note_vi: str  # caveats of the source that belong beside its numbers; empty where there are none
    note_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A province, or an area of a pack. `UNKNOWN_AREA` and `CENTRAL_UNITS` are areas too, without shape."""

    code: str
    name_vi: str
    name_en: str
    region_vi: str
    region_en: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaStock:
    """Doses of vaccine of one area, full size. usage: over the rounds that count, as everywhere else that it is told.
    daily_use: doses given a day over the days with stock, 0: no recent use."""

    usage: Usage
    usable: int
    daily_use: float

    @property
    def cover_days(self) -> float | None:
        return self.usable / self.daily_use if self.daily_use > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRow:
    """One area as the map and the table show it. Doses are by place of vaccination, coverage by residence.

    `coverage` holds (group, DOSE1|FULL); a pair that the source cannot tell is absent. None: no such feed. `stock` is
    told where it is asked for.
    """

    area: Area
    doses: int | None
    doses_last_7_days: int | None
    coverage: Mapping[tuple[PopulationGroup, Measure], Coverage]
    registered: int | None
    delivered: int | None
    on_hand: int | None
    last_report_on: date | None
    stock: AreaStock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetReading:
    """One target under one reading. `missing_areas` have no population in this version: their people are left out
    of the numerator too, so that both sides of the ratio are the same areas."""

    target: Target
    measure: Measure
    coverage: Coverage
    missing_areas: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """National totals of one snapshot. `doses_by_group` is empty where the source has no ages."""

    info: SnapshotInfo
    doses: int
    doses_today: int  # injected on the last day of data, so far
    doses_yesterday: int
    dose1_people: int | None
    full_people: int | None
    readings: tuple[TargetReading, ...]
    registered: int | None
    delivered: int | None
    pending: int | None  # the publisher's own pending doses, contained in `doses`
    quarantined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """One calendar day: doses injected on it, and people who became dose1 or full on it (None: not known)."""

    day: date
    doses: int
    dose1_people: int | None
    full_people: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStatus:
    """One feed at the last refresh. `state`: ok | filling | waiting | slow | held | failed. Instants are wall time.

    `rows_in`, `accepted` and `quarantined` count since the feed began; every row in is one of the other two or a
    repeat of a row already held. `rows_last`: rows of the last reading. `watermark`: the source's own position.
    `next_try`: None for "with the next refresh"."""

    name: str
    state: str
    last_success: datetime | None
    lag_seconds: float | None
    rows_in: int
    accepted: int
    quarantined: int
    message: str
    last_attempt: datetime | None = None
    watermark: str | None = None
    rows_last: int | None = None
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """An equality that must hold to the unit, such as provinces + central units + unknown = nation."""

    name: str
    holds: bool
    left: int
    right: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A published figure that was changed afterwards: what, where, when, by how much."""

    publication: str
    feed: str
    area_code: str
    day: date | None
    kind: str  # up | down | moved | vanished
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineRow:
    """Rows set aside, by feed, field and reason."""

    feed: str
    field: str
    reason: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """One alert as the list shows it. `state`: pending | firing | resolved."""

    key: str
    rule: str
    severity: str
    state: str
    labels: Mapping[str, str]
    summary_vi: str
    summary_en: str
    pending_since: datetime
    firing_since: datetime | None
    resolved_at: datetime | None
