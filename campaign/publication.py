"""The public figures of one day: cells that were rounded down (campaign.suppression), and every figure made of them.

Nothing exact is in here. The cells are disjoint: people by residence x age band x state of the series, and doses by
place. People with at least one dose are those with a partial and those with a full series: telling them beside the full
ones would tell the partial ones too, so the two are cells of their own and at least one dose is their sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from campaign.coverage import CENTRAL_UNITS, UNKNOWN_AREA, Coverage, Measure, PopulationGroup, Target
from campaign.suppression import Figure, figure, round_down

EVERYONE = "everyone"
# Published bands, youngest first, and the registry's bands in each. Fixed: a band chosen by its counts would tell them.
BANDS: Mapping[str, tuple[str, ...]] = {
    "under_12": ("0_4", "5_11"),
    "12_17": ("12_17",),
    "18_49": ("18_49",),
    "50_64": ("50_64",),
    "65plus": ("65plus",),
    "unknown": ("unknown",),
}
ADULT_BANDS = ("18_49", "50_64", "65plus")
NOT_PROVINCES = (CENTRAL_UNITS, UNKNOWN_AREA)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleCell:
    """People of one area and band: one or more doses of an incomplete series, and full (boosted included)."""

    partial: int
    full: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaCounts:
    """One area. `doses` by place of vaccination, `people` by residence and published band; None or absent: not told.

    The same shape holds exact counts on the way in and what is told of them in a Publication.
    """

    code: str
    name_vi: str
    name_en: str
    doses: int | None
    people: Mapping[str, PeopleCell]
    population: Mapping[PopulationGroup, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Where the figures come from. No hash of the exact figures is among it: guesses could be tried against one."""

    snapshot: int
    as_of: datetime
    published_at: datetime
    title_vi: str
    title_en: str
    note_vi: str
    note_en: str
    one_in: int
    is_demo: bool
    denominator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What the public is told on `day` (wall time). Every count in it is a multiple of `step`."""

    day: date
    step: int
    about: About
    targets: tuple[Target, ...]
    areas: tuple[AreaCounts, ...]

    def doses(self, areas: Iterable[AreaCounts] | None = None) -> Figure | None:
        """Doses given in these areas; in the nation where none are named."""
        chosen = self.areas if areas is None else areas
        return figure((area.doses for area in chosen if area.doses is not None), step=self.step)

    def people(
        self, measure: Measure, bands: Sequence[str], areas: Iterable[AreaCounts] | None = None
    ) -> Figure | None:
        """People of these bands who live in these areas. At least one dose: two cells a band; full: one."""
        chosen = self.areas if areas is None else areas
        cells = [area.people[band] for area in chosen for band in bands if band in area.people]
        told = [cell.full for cell in cells]
        if measure is Measure.DOSE1:
            told += [cell.partial for cell in cells]
        return figure(told, step=self.step)

    @property
    def bands(self) -> tuple[str, ...]:
        """The bands that this source tells, youngest first."""
        told = {band for area in self.areas for band in area.people}
        return tuple(band for band in (*BANDS, EVERYONE) if band in told)

    def bands_of(self, group: PopulationGroup) -> tuple[str, ...]:
        """The bands that make up a group; none where the source has no ages."""
        return self.bands if group is PopulationGroup.ALL else tuple(b for b in self.bands if b in ADULT_BANDS)

    def coverage(self, group: PopulationGroup, measure: Measure, area: AreaCounts) -> Coverage | None:
        """Of one area. The numerator is what is told: the true ratio is this or a little more."""
        told = self.people(measure, self.bands_of(group), [area])
        return None if told is None else Coverage(people=told.at_least, population=area.population.get(group))

    def national(self, group: PopulationGroup, measure: Measure) -> tuple[Coverage, tuple[str, ...]] | None:
        """The nation, and the provinces left out of both sides because no population is known for them."""
        missing = tuple(a.code for a in self.areas if a.code not in NOT_PROVINCES and group not in a.population)
        counted = [area for area in self.areas if area.code not in missing]
        told = self.people(measure, self.bands_of(group), counted)
        if told is None:
            return None
        population = sum(area.population.get(group, 0) for area in counted)
        return Coverage(people=told.at_least, population=population or None), missing


def publish(
    exact: Iterable[AreaCounts], *, step: int, day: date, about: About, targets: Sequence[Target]
) -> Publication:
    """The one way from exact counts to public ones."""
    return Publication(
        day=day, step=step, about=about, targets=tuple(targets), areas=tuple(_told(area, step) for area in exact)
    )


def _told(area: AreaCounts, step: int) -> AreaCounts:
    return AreaCounts(
        code=area.code,
        name_vi=area.name_vi,
        name_en=area.name_en,
        doses=None if area.doses is None else round_down(area.doses, step=step),
        people={
            band: PeopleCell(partial=round_down(cell.partial, step=step), full=round_down(cell.full, step=step))
            for band, cell in area.people.items()
        },
        population=dict(area.population),
    )
