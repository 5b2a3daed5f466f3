"""Files dropped into a folder: whole or waiting, taken once, put away after the commit, never deleted."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from etl.feeds.drop import DropReader, DropRules, parse
from etl.feeds.registry import BIG, DAY, FLAG, INSTANT, TEXT, RegistryFeed

FEED = RegistryFeed(
    name="stock_movement", key="id", columns={"id": BIG, "lot": TEXT, "on": DAY, "at": INSTANT, "good": FLAG}
)
GOOD = pl.DataFrame(
    {
        "id": [1, 2],
        "lot": ["L1", None],
        "on": [date(2021, 11, 20)] * 2,
        "at": [datetime(2021, 11, 20, 2, tzinfo=UTC)] * 2,
        "good": [True, False],
    }
)
HEAD = "id,lot,on,at,good\n"
LINE = "{},L1,2021-11-20,2021-11-20T02:00:00+00:00,true\n"


class Centre:
    """A reader with a clock that tests move, and what a warehouse would keep: rows by key, and the watermark."""

    def __init__(self, folder: Path, settle: float = 10.0) -> None:
        self.folder = folder
        self.now = 1000.0
        self.settle = settle
        self.watermark = "0"
        self.rows: dict[int, int] = {}
        self.note = ""
        self.restart()

    def restart(self) -> None:
        rules = DropRules(folder=self.folder, feeds=frozenset({FEED.name}), settle_seconds=self.settle, batch_rows=1000)
        self.reader = DropReader(rules, clock=lambda: self.now)

    def pull(self, *, confirm: bool = True) -> int:
        rows = [row for batch in self.reader.batches(FEED, self.watermark) for row in pl.DataFrame(batch).to_dicts()]
        self.rows.update({row["id"]: row["version"] for row in rows})
        reached = self.reader.reached(FEED.name)
        self.watermark, self.note = reached.watermark, reached.note
        if confirm:
            self.reader.confirm()
        return len(rows)

    def names(self, part: str = "") -> list[str]:
        return sorted(file.name for file in (self.folder / part).iterdir() if file.is_file())


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre(tmp_path)


def mark(file: Path, **told: object) -> None:
    file.with_name(file.name + ".done").write_text(json.dumps(told) if told else "")


def write_gzip_csv(file: Path) -> None:
    file.write_bytes(gzip.compress(GOOD.write_csv().encode()))


def write_zstd_ndjson(file: Path) -> None:
    import pyarrow as pa

    file.write_bytes(pa.compress(GOOD.write_ndjson().encode(), codec="zstd", asbytes=True))


FORMS: list[tuple[str, Callable[[Path], object]]] = [
    ("stock_movement.csv", GOOD.write_csv),
    ("stock_movement-2021-11-20.csv.gz", write_gzip_csv),
    ("stock_movement-a.parquet", GOOD.write_parquet),
    ("stock_movement-a.ndjson", GOOD.write_ndjson),
    ("stock_movement-b.ndjson.zst", write_zstd_ndjson),
]


@pytest.mark.parametrize(("name", "writer"), FORMS, ids=[name for name, _ in FORMS])
def test_every_form_is_read_into_the_same_rows(centre: Centre, name: str, writer: Callable[[Path], object]) -> None:
    writer(centre.folder / name)
    mark(centre.folder / name)
    frames = [pl.DataFrame(batch) for batch in centre.reader.batches(FEED, "0")]
    assert pl.concat(frames).drop("version").equals(GOOD)
    centre.reader.confirm()
    assert centre.names() == []
    assert [taken.split("-", 1)[1] for taken in centre.names("taken")] == [name, f"{name}.done"]


def test_a_file_without_a_mark_waits_until_it_has_settled(centre: Centre) -> None:
    file = centre.folder / "stock_movement.csv"
    file.write_text(HEAD + LINE.format(1))
    assert centre.pull() == 0
    assert "waits" in centre.note
    centre.now += 11
    file.write_text(HEAD + LINE.format(1) + LINE.format(2))
    assert centre.pull() == 0, "it grew meanwhile"
    centre.now += 11
    assert centre.pull() == 2


def test_a_manifest_that_does_not_match_waits_and_says_so(centre: Centre) -> None:
    file = centre.folder / "stock_movement.csv"
    whole = (HEAD + LINE.format(1) + LINE.format(2)).encode()
    file.write_bytes(whole[:-20])
    mark(file, sha256=hashlib.sha256(whole).hexdigest(), rows=2)
    assert centre.pull() == 0
    assert "sha256" in centre.note
    file.write_bytes(whole)
    assert centre.pull() == 2


def test_unfinished_and_hidden_names_are_not_looked_at(centre: Centre) -> None:
    for name in ("stock_movement.csv.part", ".stock_movement.csv", "stock_movement.csv.tmp"):
        (centre.folder / name).write_text("rubbish")
    centre.now += 100
    assert (centre.pull(), centre.note, centre.reader.strangers()) == (0, "", [])


def test_the_same_batch_twice_changes_nothing(centre: Centre) -> None:
    for name in ("stock_movement.csv", "stock_movement-again.csv"):
        (centre.folder / name).write_text(HEAD + LINE.format(1))
        mark(centre.folder / name)
        centre.pull()
    assert parse(centre.watermark)[0] == 1
    assert centre.names() == []


def test_a_stop_between_commit_and_move_takes_nothing_twice(centre: Centre) -> None:
    file = centre.folder / "stock_movement.csv"
    file.write_text(HEAD + LINE.format(1))
    mark(file)
    assert centre.pull(confirm=False) == 1
    centre.restart()
    assert centre.pull() == 0
    assert centre.names() == []


BAD = [
    (HEAD + LINE.format(1) + LINE.format("x"), "line 3, field 'id'"),
    (HEAD.replace("lot", "lotto") + LINE.format(1), "column 'lot' is missing"),
    (HEAD + "1,L1,1899-99-30,2021-11-20T02:00:00+00:00,true\n", "line 2, field 'on'"),
]


@pytest.mark.parametrize(("text", "reason"), BAD, ids=[reason for _, reason in BAD])
def test_a_bad_file_is_set_aside_and_the_rest_goes_on(centre: Centre, text: str, reason: str) -> None:
    for name, content in (("stock_movement-1.csv", text), ("stock_movement-2.csv", HEAD + LINE.format(7))):
        (centre.folder / name).write_text(content)
        mark(centre.folder / name)
    assert centre.pull() == 1
    assert reason in centre.note
    assert any(name.endswith("stock_movement-1.csv") for name in centre.names("refused"))
    told = next((centre.folder / "refused").glob("*.reason.txt")).read_text()
    assert reason in told


@pytest.mark.parametrize("name", ["stock_movement.parquet", "stock_movement.csv.gz", "stock_movement.ndjson"])
def test_a_damaged_file_is_refused(centre: Centre, name: str) -> None:
    (centre.folder / name).write_bytes(b"PAR1 not what it says {")
    mark(centre.folder / name)
    assert centre.pull() == 0
    assert "refused" in centre.note


def test_a_manifest_with_another_number_of_rows_refuses_the_file(centre: Centre) -> None:
    file = centre.folder / "stock_movement.csv"
    file.write_text(HEAD + LINE.format(1))
    mark(file, rows=2)
    assert centre.pull() == 0
    assert "1 rows, its manifest says 2" in centre.note


def test_versions_come_from_the_file_or_its_order(centre: Centre) -> None:
    for number in (1, 2):
        file = centre.folder / f"stock_movement-{number}.csv"
        file.write_text(HEAD + LINE.format(1) + LINE.format(10 + number))
        mark(file)
    timed = centre.folder / "stock_movement-3.csv"
    timed.write_text(
        HEAD.replace("good", "good,updated_at") + LINE.format(20).replace("true", "true,2021-11-20T02:00:00Z")
    )
    mark(timed)
    centre.pull()
    assert centre.rows == {1: 2, 11: 1, 12: 2, 20: 1_637_373_600_000_000}


def test_a_file_of_no_feed_is_named(centre: Centre) -> None:
    (centre.folder / "dosage.csv").write_text("x")
    assert centre.reader.strangers() == ["dosage.csv"]
