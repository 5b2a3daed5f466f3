"""The incremental engine beside its plain twin: whatever comes, in whatever order, no cell of any figure differs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.support.engine import (
    KEYS,
    NAMED_AREAS,
    RULES,
    SERIES,
    Batch,
    Bench,
    differing,
    everything_held,
    take_into_twin,
)
from tests.support.twin import Row, Twin

START = datetime(2021, 6, 1, tzinfo=UTC)
# Pseudonyms, two of which share their first 64 bits; and keys of registries that use names, numbers or UUIDs.
PEOPLE = (
    "0123456789abcdef0000000100000000", "0123456789abcdef0000000200000000", "p7", "42", "ff" * 16,
    "550e8400-e29b-41d4-a716-446655440000", "00" * 16, "Trần Thị Bình", "0123456789ABCDEF0000000100000000",
)  # fmt: skip
PRODUCTS = ("astrazeneca", "comirnaty", "spikevax", "abdala", "janssen", "vero_cell")
PROVINCES = (*NAMED_AREAS, "99", None)
ANY_VERSION = st.none() | st.integers(1, 12)  # None: newer than all that came before

people = st.fixed_dictionaries(
    {
        "person_key": st.sampled_from(PEOPLE),
        "birth_year": st.sampled_from([1980, 2009, 1950, 1901, 2022, None]),
        "sex": st.sampled_from(["f", "m", None]),
        "province_code": st.sampled_from(PROVINCES),
        "district_code": st.sampled_from([None, "001", "760"]),
        "group_bits": st.sampled_from([0, 1 << 1, 1 << 16, (1 << 3) | (1 << 9), None]),
        "version": ANY_VERSION,
    }
)
doses = st.fixed_dictionaries(
    {
        "dose_id": st.integers(0, 11),
        "person_key": st.sampled_from(PEOPLE),
        "product_code": st.sampled_from(PRODUCTS),
        "dose_number": st.sampled_from([1, 2, 3, 9, None]),
        "lot_number": st.sampled_from(["L1", "L2"]),
        "site_code": st.integers(0, 4),
        "injected_at": st.sampled_from([0, 0, 1, 28, 56, 57, 90, 200, 300]),
        "recorded_at": st.sampled_from([0, 0, 2, 5, 20, 70]),
        "identity_status": st.sampled_from(["matched", "mismatched", "none"]),
        "voided": st.sampled_from([False, False, False, True]),
        "age_years": st.sampled_from([30, 12, 70, 4, None]),
        "version": ANY_VERSION,
    }
)
registrations = st.fixed_dictionaries(
    {
        "registration_id": st.integers(0, 4),
        "person_key": st.sampled_from(PEOPLE),
        "state": st.sampled_from(["registered", "approved", "deferred", "injected", "observed", "cancelled"]),
        "registered_at": st.sampled_from([0, 0, 40]),
        "state_at": st.sampled_from([0, 3, 40, 2000]),
        "deferral_reason": st.sampled_from([None, "", "Sốt", " huyết áp cao ", "gọi 0912 345 678"]),
        "province_code": st.sampled_from(PROVINCES),
        "age_years": st.sampled_from([30, 12, None]),
        "version": ANY_VERSION,
    }
)
records = st.lists(
    st.one_of(
        st.tuples(st.just("dose"), doses),
        st.tuples(st.just("person"), people),
        st.tuples(st.just("registration"), registrations),
    ),
    max_size=9,
)
merges = st.lists(
    st.fixed_dictionaries(
        {
            "merge_id": st.integers(0, 4),
            "kept_key": st.sampled_from(PEOPLE),
            "merged_key": st.sampled_from(PEOPLE),
            "merged_at": st.integers(0, 3),
            "undone": st.sampled_from([False, False, True]),
        }
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda merge: merge["merge_id"],
)
sites = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(PROVINCES), st.sampled_from([None, "001"]), st.booleans()),
    min_size=1,
    max_size=3,
    unique_by=lambda site: site[0],
)


class EngineBesideTwin(RuleBasedStateMachine):
    """Records by feed, number and version are remembered: a version that comes again is the same record again."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.bench = Bench(Path(self._folder.name) / "held")
        self.twin = new_twin()
        self.seen: dict[tuple[str, object, int], Row] = {}
        self.committed: list[tuple[str, Row]] = []
        self.clock = 100
        self.text = False

    @initialize(text=st.booleans(), places=sites)
    def begin(self, *, text: bool, places: list[tuple[int, str | None, str | None, bool]]) -> None:
        """Some registries number their records, others name them."""
        self.text = text
        self._refresh({"area": [area("79"), area("01")], "site": [self._site(*place) for place in places]})

    @rule(found=records, fail=st.sampled_from([False, False, False, True]))
    def refresh(self, *, found: list[tuple[str, dict[str, Any]]], fail: bool) -> None:
        self._refresh(self._rows(found), fail=fail)

    @rule(found=st.lists(doses, min_size=1, max_size=8))
    def more_doses(self, *, found: list[dict[str, Any]]) -> None:
        self._refresh(self._rows([("dose", dose) for dose in found]))

    @rule(key=st.sampled_from(PEOPLE), dose=doses, count=st.integers(5, 8))
    def many_doses_of_one_person(self, *, key: str, dose: dict[str, Any], count: int) -> None:
        same = {"person_key": key, "version": None, "voided": False}
        rows = [dose | same | {"dose_id": n, "injected_at": 30 * n} for n in range(count)]
        self._refresh(self._rows([("dose", row) for row in rows]))

    @rule(numbers=st.sets(st.integers(0, 11), min_size=1, max_size=4), voided=st.booleans())
    def void_or_revive(self, *, numbers: set[int], voided: bool) -> None:
        held = [self.twin.held["dose"].get(self._number(number)) for number in sorted(numbers)]
        self._refresh(
            {"dose": [self._remember("dose", {**row, "voided": voided}, newer=True) for row in held if row is not None]}
        )

    @rule(made=merges, found=records)
    def merge(self, *, made: list[dict[str, Any]], found: list[tuple[str, dict[str, Any]]]) -> None:
        rows = [{**row, "merged_at": START + timedelta(row["merged_at"]), "version": self._tick()} for row in made]
        self._refresh({"person_merge": rows, **self._rows(found)})

    @rule(moved=sites, found=records, code=st.sampled_from([None, "48", "74"]))
    def move_sites(
        self,
        *,
        moved: list[tuple[int, str | None, str | None, bool]],
        found: list[tuple[str, dict[str, Any]]],
        code: str | None,
    ) -> None:
        """Also an area that the registry did not know until now."""
        rows = {"area": [area(code, self._tick())] if code else [], "site": [self._site(*place) for place in moved]}
        again = [item for item in self.committed if item[0] == "dose"][-2:]
        self._refresh({**rows, **self._rows([*found, *again])})

    @rule(dice=st.randoms(use_true_random=False))
    def replay_everything(self, *, dice: Any) -> None:
        """In one refresh and any order: the content hash stays."""
        before = self.bench.content_hash()
        rows: dict[str, list[Row]] = {}
        for feed, row in dice.sample(self.committed, len(self.committed)):
            rows.setdefault(feed, []).append(row)
        self.bench.apply(Batch(rows={**rows, "person_merge": []}))
        assert self.bench.content_hash() == before

    @rule()
    def fold(self) -> None:
        self.bench.fold()
        assert differing(self.bench, self.twin) == {}

    @rule()
    def reopen(self) -> None:
        self.bench.reopen()

    @rule()
    def load_again(self) -> None:
        self.bench.engine.load()

    @rule()
    def sum_up(self) -> None:
        self.bench.sum_up()

    @rule()
    def look(self) -> None:
        assert differing(self.bench, self.twin) == {}

    def teardown(self) -> None:
        try:
            assert differing(self.bench, self.twin) == {}
            verified = self.bench.verify()
            assert verified.cells_differing == 0, verified
            assert clean_rebuild(Path(self._folder.name) / "clean", self.twin, seed=self.clock) == {}
        finally:
            self.bench.close()
            self._folder.cleanup()

    def _refresh(self, rows: dict[str, list[Row]], *, fail: bool = False) -> None:
        batch = Batch(rows=rows)
        self.bench.apply(batch, fail=fail)
        if not fail:
            take_into_twin(self.twin, batch)
            self.committed += [(feed, row) for feed in ("person", "dose", "registration") for row in rows.get(feed, ())]

    def _rows(self, found: list[tuple[str, dict[str, Any]]]) -> dict[str, list[Row]]:
        builders: dict[str, Callable[[dict[str, Any]], Row]] = {
            "person": dict,
            "dose": self._dose,
            "registration": self._registration,
        }
        rows: dict[str, list[Row]] = {feed: [] for feed in builders}
        for feed, record in found:
            built = record if self._is_held(feed, record) else builders[feed](record)
            rows[feed].append(self._remember(feed, built, newer=built["version"] is None))
        return rows

    def _is_held(self, feed: str, record: Row) -> bool:
        return (feed, record[KEYS[feed]], record["version"]) in self.seen

    def _dose(self, record: dict[str, Any]) -> Row:
        codes = sorted(self.twin.held["site"])
        injected = START + timedelta(days=record["injected_at"], hours=record["dose_id"])
        return record | {
            "dose_id": self._number(record["dose_id"]),
            "site_code": codes[record["site_code"] % len(codes)],
            "injected_at": injected,
            "recorded_at": injected + timedelta(days=record["recorded_at"]),
        }

    def _registration(self, record: dict[str, Any]) -> Row:
        at = {name: START + timedelta(days=record[name], hours=11) for name in ("registered_at", "state_at")}
        return record | at | {"channel": "web", "registration_id": self._number(record["registration_id"])}

    def _number(self, number: int) -> object:
        # Not in the order of their numbers once they are hashed; and as numbers not all of one size.
        return f"record-{number}" if self.text else (number - 3) * 10**number

    def _remember(self, feed: str, record: Row, *, newer: bool) -> Row:
        row = {**record, "version": self._tick()} if newer else record
        return self.seen.setdefault((feed, row[KEYS[feed]], row["version"]), row)

    def _site(self, number: int, province: str | None, district: str | None, army: bool) -> Row:
        return {
            "code": f"s{number}", "kind": "fixed", "district_code": district, "province_code": province,
            "recipient_code": "QD" if army else None, "opened_on": date(2021, 3, 1), "version": self._tick(),
        }  # fmt: skip

    def _tick(self) -> int:
        self.clock += 1
        return self.clock


def area(code: str, version: int = 1) -> Row:
    return {"code": code, "level": "province", "name_vi": code, "version": version}


def new_twin() -> Twin:
    return Twin(rules=SERIES, named_areas=frozenset(NAMED_AREAS), reference_year=RULES.reference_year)


def clean_rebuild(folder: Path, twin: Twin, *, seed: int) -> dict[str, Any]:
    """What a fresh warehouse makes of the final records differs in nothing."""
    bench = Bench(folder)
    try:
        for batch in everything_held(twin, parts=3, seed=seed):
            bench.apply(batch)
        return differing(bench, twin)
    finally:
        bench.close()


TestEngineBesideTwin = EngineBesideTwin.TestCase
TestEngineBesideTwin.settings = settings(
    max_examples=10, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
