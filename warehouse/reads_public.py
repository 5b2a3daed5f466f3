"""The exact counts that the public figures are made of. They leave this process only through campaign.publication."""

from __future__ import annotations

from campaign.coverage import CENTRAL_UNITS, PopulationGroup
from campaign.publication import BANDS, EVERYONE, About, AreaCounts, PeopleCell
from campaign.readings import AreaRow
from warehouse import reads
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql

GROUPS = (PopulationGroup.ADULTS, PopulationGroup.ALL)
BAND_OF = {band: public for public, bands in BANDS.items() for band in bands} | {EVERYONE: EVERYONE}
PeopleOf = dict[str, dict[str, PeopleCell]]


def about(snapshots: Snapshots, version: int) -> About:
    info = reads.info(snapshots, version)
    return About(
        snapshot=info.version,
        as_of=info.as_of,
        published_at=info.published_at,
        title_vi=info.title_vi,
        title_en=info.title_en,
        note_vi=info.note_vi,
        note_en=info.note_en,
        one_in=info.one_in,
        is_demo=info.is_demo,
        denominator=info.denominator,
    )


def area_counts(snapshots: Snapshots, version: int, *, denominator: str) -> tuple[AreaCounts, ...]:
    """Every area in the source's order; of records with every band, at zero where nobody is in it."""
    people = _people(snapshots, version)
    told = {band for cells in people.values() for band in cells}
    # Every band, whoever is in it: a band left out because nobody is in it would say that nobody is.
    bands = frozenset(BANDS) if told - {EVERYONE} else frozenset[str]()
    rows = reads.area_rows(snapshots, version, denominator=denominator)
    return tuple(_area(row, people.get(row.area.code, {}), bands) for row in rows)


def _people(snapshots: Snapshots, version: int) -> PeopleOf:
    people: PeopleOf = {}
    for row in snapshots.rows(version, sql("reads/public_people")):
        cells = people.setdefault(row["area_code"], {})
        band = BAND_OF[row["age_band"]]
        held = cells.get(band, PeopleCell(partial=0, full=0))
        cells[band] = PeopleCell(partial=held.partial + row["partial_people"], full=held.full + row["full_people"])
    return people


def _area(row: AreaRow, cells: dict[str, PeopleCell], bands: frozenset[str]) -> AreaCounts:
    # Nobody lives in a central unit. A publisher's area without a tally has made no report, which is not zero.
    wanted = set(cells) if row.area.code == CENTRAL_UNITS else bands | set(cells)
    nobody = PeopleCell(partial=0, full=0)
    known = {group: cell.population for (group, _), cell in row.coverage.items() if group in GROUPS}
    return AreaCounts(
        code=row.area.code,
        name_vi=row.area.name_vi,
        name_en=row.area.name_en,
        doses=row.doses,
        people={band: cells.get(band, nobody) for band in sorted(wanted)},
        population={group: value for group, value in known.items() if value},
    )
