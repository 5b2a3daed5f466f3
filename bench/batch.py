"""What one transaction of changed records was, and where its rows lie for whoever counts them by another way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

DOSES, PEOPLE = "batch_doses.arrow", "batch_people.arrow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one transaction changed. committed_at: seconds since 1970, after COMMIT. `folder`: where its rows lie until
    the next one's take their place."""

    records: int
    committed_at: float
    folder: Path

    @property
    def doses(self) -> pl.DataFrame:
        """Columns of the table registry.dose, the newest version of each."""
        return pl.read_ipc((self.folder / DOSES).read_bytes())

    @property
    def people(self) -> pl.DataFrame:
        """Columns of the table registry.person, the newest version of each."""
        return pl.read_ipc((self.folder / PEOPLE).read_bytes())


def written(folder: Path, *, records: int, committed_at: float, doses: pl.DataFrame, people: pl.DataFrame) -> Batch:
    """In place of the batch before, which nobody reads any more."""
    doses.write_ipc(folder / DOSES)
    people.write_ipc(folder / PEOPLE)
    return Batch(records=records, committed_at=committed_at, folder=folder)
