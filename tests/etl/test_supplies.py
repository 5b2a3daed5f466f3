"""Consumables and readings of vial monitors, from the registry and the drop folder to the snapshot and the alerts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import LiteralString
from zoneinfo import ZoneInfo

import polars as pl
import psycopg
import pytest

from campaign.stock_board import judge
from campaign.supply_tables import given_by_place, usable_by_place
from cli.places import as_role
from etl.feeds.drop import DropReader, DropRules
from etl.feeds.postgres import Source
from etl.feeds.registry import FEEDS
from etl.marts import Extra
from tests.support.centre import Centre
from tests.support.registry import REFERENCE
from warehouse import reads_stores, reads_supplies
from warehouse.reference import load_supply_book

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2021, 11, 22, 1, tzinfo=UTC)
HANOI, SAIGON = "S-01-A", "S-79-A"


class Books:
    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self._number = 0
        self.run(
            "INSERT INTO registry.lot (lot_number, product_code, source, doses_received, doses_per_vial, "
            "vials_per_tray) VALUES ('VC1', 'vero_cell', 'donation', 9000, 1, 1)"
        )
        self.run(
            "INSERT INTO registry.lot_state (lot_number, state, valid_from, actor) VALUES ('VC1', 'released', %s, 'x')",
            NOW - timedelta(days=30),
        )
        self.run(
            "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
            "recorded_at) VALUES (1, %s, 'VC1', 'receipt', 1000, %s, %s)",
            *(HANOI, NOW, NOW),
        )

    def run(self, query: LiteralString, *values: object) -> None:
        with psycopg.connect(self.centre.url) as connection:
            connection.execute(query, values)

    def move(self, item: str, pieces: int, *, kind: str = "receipt", cancels: int | None = None) -> int:
        self._number += 1
        at = NOW + timedelta(minutes=self._number)
        counted = pieces if kind == "count" else None
        self.run(
            "INSERT INTO registry.supply_movement (movement_id, store_code, item_code, kind, pieces, counted, "
            "occurred_at, recorded_at, cancels_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            *(self._number, HANOI, item, kind, 0 if kind == "count" else pieces, counted, at, at, cancels),
        )
        return self._number

    def read(self, stage: int, *, doses: int | None = None, hours: int = 0) -> None:
        self.run(
            "INSERT INTO registry.vial_reading (store_code, lot_number, read_at, stage, doses, occasion, read_by, "
            "set_at) VALUES (%s, 'VC1', %s, %s, %s, 'count', 'thủ kho', now())",
            *(HANOI, NOW + timedelta(hours=hours), stage, doses),
        )

    def given(self) -> tuple[int, int, str]:
        """Usable doses in Hà Nội, those that can be given, the scarcest item."""
        snapshots, version = self.centre.snapshots, self.centre.snapshots.current()
        stock = reads_stores.stock(snapshots, version, zone=ZONE)
        judged = judge(stock.heaps, stock.lots, {}, today=stock.today, thaw_days={})
        rules = load_supply_book(REFERENCE).on(stock.today)
        usable = usable_by_place(judged)
        found = given_by_place(usable, reads_supplies.supplies(snapshots, version), rules)
        own = found.get("01")
        return sum(usable.get("01", {}).values()), own.given if own else -1, own.limit if own else ""


@pytest.fixture
def books(centre: Centre) -> Books:
    return Books(centre)


def test_from_the_registry_to_what_can_be_given(books: Books) -> None:
    books.centre.refresh()
    assert books.given() == (1000, -1, ""), "nobody keeps books: nothing is said"
    first = books.move("ad_syringe_05", 1100)
    books.move("safety_box_5", 20)
    books.centre.refresh()
    assert books.given() == (1000, 1000, "")
    books.move("ad_syringe_05", 550, kind="count")
    books.centre.refresh()
    assert books.given() == (1000, 500, "ad_syringe_05")
    # What was taken back stood before the count, which says what was there.
    books.move("ad_syringe_05", -1100, kind="cancel", cancels=first)
    books.centre.refresh()
    assert books.given() == (1000, 500, "ad_syringe_05")
    assert books.centre.holds()


def test_doses_past_the_discard_point_are_not_usable_until_somebody_reads_again(books: Books) -> None:
    books.move("ad_syringe_05", 5000)
    books.move("safety_box_5", 90)
    books.read(3, doses=400, hours=-5)
    books.centre.refresh()
    assert books.given() == (600, 600, "")
    books.read(4, hours=-3)
    books.centre.refresh()
    assert books.given() == (0, 0, "")
    # The worse vials are gone: what is there now was looked at.
    books.read(2, hours=-1)
    books.centre.refresh()
    assert books.given() == (1000, 1000, "")
    assert books.centre.holds()


def test_bad_rows_are_set_aside_and_named(books: Books) -> None:
    books.move("ad_syringe_05", 100)
    books.move("ad_syringe_07", 100)
    books.centre.refresh()
    rows = books.centre.warehouse.connection.execute(
        "SELECT feed, field, reason, value FROM core.quarantine WHERE feed IN ('supply_movement', 'vial_reading')"
    ).fetchall()
    assert rows == [("supply_movement", "item_code", "unknown_code", "ad_syringe_07")]


def test_a_file_in_the_drop_folder_is_the_same_feed(books: Books, tmp_path: Path) -> None:
    feed = next(feed for feed in FEEDS if feed.name == "supply_movement")
    row = {
        **{"movement_id": 7, "store_code": SAIGON, "item_code": "ad_syringe_03", "batch": "LOT9", "kind": "opening"},
        **{
            "pieces": 800,
            "counted": None,
            "occurred_at": "2021-11-20T01:00:00Z",
            "recorded_at": "2021-11-20T02:00:00Z",
        },
        **{"counterpart_code": None, "cancels_id": None, "reason": None},
    }
    pl.DataFrame([{name: row[name] for name in feed.columns}]).write_csv(tmp_path / "supply_movement.csv")
    (tmp_path / "supply_movement.csv.done").touch()
    drop = DropReader(DropRules(folder=tmp_path, feeds=frozenset({"supply_movement"})))
    centre = books.centre
    centre.refresher.refresh(Source(url=as_role(centre.url, "mcc_etl")), extra=Extra(), drop=drop)
    found = centre.rows("SELECT store_code, area_code, item, batch, on_hand FROM supply_by_store")
    assert [tuple(row.values()) for row in found] == [(SAIGON, "79", "ad_syringe_03", "LOT9", 800)]
