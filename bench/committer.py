"""Changes made and committed in a process of their own: the memory that it takes is none of a refresh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.batch import Batch
from bench.changes import Changes, Mix
from bench.process import drop_from_cache, put_in_cache, ready_memory
from bench.registry_rows import Country
from bench.stage import FRESH, Stage

# More than a refresh needs besides what it holds.
READY_BYTES = 3 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """How the machine is to stand just before the COMMIT. in_cache: whether the system's cache has the records' files.

    Some hosts take pages back that nobody touched for a minute, and a million records take longer to be written in the
    registry: what is measured must not depend on it."""

    segments: Path
    in_cache: bool

    def __call__(self) -> None:
        for file in (*self.segments.rglob("rows.bin"), *self.segments.rglob("version.bin")):
            (put_in_cache if self.in_cache else drop_from_cache)(file)
        ready_memory(READY_BYTES)


class Committer:
    """The process that commits. One batch at a time; close it."""

    def __init__(self, stage: Stage, names: Mapping[str, Sequence[str]]) -> None:
        """`names`: codes of sites, lots and products in order of their numbers."""
        self._pool = ProcessPoolExecutor(1, mp_context=FRESH, initializer=_begin, initargs=(stage, names))

    def commit(self, mix: Mix, records: int, *, ready: Ready | None = None) -> Batch:
        """As Changes does it."""
        return self._pool.submit(_commit, mix, records, ready).result()

    def close(self) -> None:
        self._pool.shutdown()


# Of the process that commits.
_changes: list[Changes] = []


def _begin(stage: Stage, names: Mapping[str, Sequence[str]]) -> None:
    country = Country.read(stage.setup.reference_dir)
    _changes.append(Changes(stage.url, stage.folder, names, country, size=stage.size, seed=stage.setup.seed))


def _commit(mix: Mix, records: int, ready: Ready | None) -> Batch:
    (changes,) = _changes
    return changes.commit(mix, records, ready=ready or _as_it_stands)


def _as_it_stands() -> None:
    """The machine is left alone."""
