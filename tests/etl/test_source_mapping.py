"""A registry of another shape: other names, UUID and text keys, a time of change only, a role that may only read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import psycopg
import pytest

from cli import check_source as command
from cli.places import as_role
from etl.feeds.check import FeedCheck, check_source, open_source
from etl.feeds.mapping import MappingError, SourceMapping, load_mapping
from etl.feeds.postgres import reading
from etl.feeds.registry import FEEDS
from etl.pull import Limits, Puller
from settings import Settings
from tests.support.registry import ROOT

EXAMPLE = ROOT / "data" / "profiles" / "sources" / "example_register.yaml"
ENVIRON = {"REGISTER_KEY": "a key of this test alone"}
PRODUCTS = frozenset({"astrazeneca", "comirnaty"})
NOW = datetime(2021, 11, 22, tzinfo=UTC)
ROLE = "other_reader"
SCHEMA = """
CREATE SCHEMA tiem_chung;
CREATE TABLE tiem_chung.dia_ban (ma varchar(5) PRIMARY KEY, cap text, ten text, ma_cha text,
    sua_luc timestamptz NOT NULL DEFAULT now());
CREATE TABLE tiem_chung.co_so (ma_co_so uuid PRIMARY KEY DEFAULT gen_random_uuid(), luu_dong boolean, ma_tinh text,
    mo_cua date, sua_luc timestamptz NOT NULL DEFAULT now());
CREATE TYPE tiem_chung.gioi AS ENUM ('nu', 'nam');
CREATE TABLE tiem_chung.nguoi (so_dinh_danh text PRIMARY KEY, ho_ten text, ngay_sinh date, nam_sinh integer,
    gioi tiem_chung.gioi, ma_tinh text, sua_luc timestamptz NOT NULL DEFAULT now());
CREATE TABLE tiem_chung.mui_tiem (so_mui bigint PRIMARY KEY, so_dinh_danh text, vac_xin text, mui_thu integer,
    so_lo text, ma_co_so uuid, tiem_luc timestamp, nhap_luc timestamp, da_huy boolean NOT NULL DEFAULT false,
    tuoi integer, sua_luc timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON tiem_chung.mui_tiem (sua_luc);
INSERT INTO tiem_chung.dia_ban (ma, cap, ten) VALUES ('79', 'tinh', 'Hồ Chí Minh');
INSERT INTO tiem_chung.co_so (luu_dong, ma_tinh, mo_cua) VALUES (false, '79', '2021-03-01');
INSERT INTO tiem_chung.nguoi SELECT '0790800' || lpad(i::text, 5, '0'), 'Nguyễn Bí Mật', '1980-05-01', 1980, 'nu',
    '79'
    FROM generate_series(1, 300) i;
INSERT INTO tiem_chung.mui_tiem SELECT i, '0790800' || lpad(i::text, 5, '0'),
    CASE WHEN i % 2 = 0 THEN 'AZ' ELSE 'PF' END,
    1, 'L1', (SELECT ma_co_so FROM tiem_chung.co_so), '2021-11-20 09:00', '2021-11-20 09:05', false, 41
    FROM generate_series(1, 300) i;
"""


@pytest.fixture(scope="module")
def owner(postgres: str) -> Iterator[str]:
    """The other registry, with its owner's rights. No test changes a row of it."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE other_registry")
    url = postgres.replace("/postgres?", "/other_registry?")
    with psycopg.connect(url) as connection:
        connection.execute(SCHEMA)
        connection.execute(f"CREATE ROLE {ROLE} LOGIN")
        connection.execute(f"GRANT USAGE ON SCHEMA tiem_chung TO {ROLE}")
    yield url
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP DATABASE other_registry WITH (FORCE)")
        connection.execute(f"DROP ROLE {ROLE}")


@pytest.fixture
def other(owner: str) -> str:
    """The address as a role that may read and see other sessions, and nothing else."""
    with psycopg.connect(owner) as connection:
        connection.execute(f"GRANT pg_monitor TO {ROLE}")
        connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA tiem_chung TO {ROLE}")
    return as_role(owner, ROLE)


@pytest.fixture
def mapped(tmp_path: Path) -> Callable[..., SourceMapping]:
    """The example with some words replaced."""

    def make(*replaced: tuple[str, str]) -> SourceMapping:
        text = EXAMPLE.read_text(encoding="utf-8")
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new)
        file = tmp_path / "register.yaml"
        file.write_text(text, encoding="utf-8")
        return load_mapping(file)

    return make


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """Tables of all feeds, as wide as the feeds."""
    sql = {
        "string": "VARCHAR",
        "int16": "SMALLINT",
        "int32": "INTEGER",
        "int64": "BIGINT",
        "double": "DOUBLE",
        "bool": "BOOLEAN",
        "date32[day]": "DATE",
    }
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA core")
        for feed in FEEDS:
            columns = ", ".join(f"{name} {sql.get(kind, 'TIMESTAMPTZ')}" for name, kind in feed.columns.items())
            connection.execute(f"CREATE TABLE core.{feed.name} ({columns}, version BIGINT)")
        connection.execute("CREATE TABLE core.feed_state (name VARCHAR, watermark VARCHAR)")
        connection.execute(
            "CREATE TABLE core.quarantine (record_key VARCHAR, version BIGINT, field VARCHAR, reason VARCHAR, "
            "value VARCHAR, expected VARCHAR, row_json VARCHAR)"
        )
        yield connection


def found(url: str, mapping: SourceMapping, feed: str) -> FeedCheck:
    results = check_source(url, mapping, ENVIRON, products=PRODUCTS, now=NOW)
    return next(result for result in results if result.feed == feed)


def test_the_example_passes_and_reads_a_few_rows(other: str, mapped: Callable[..., SourceMapping]) -> None:
    results = check_source(other, mapped(), ENVIRON, products=PRODUCTS, now=NOW)
    assert [(result.feed, result.ok, result.rows) for result in results] == [
        ("area", True, 1),
        ("site", True, 1),
        ("person", True, 200),
        ("dose", True, 200),
    ]
    assert {result.feed for result in results if result.advice} == {"area", "site", "person"}, "no index on the stamp"


def test_it_is_read_wholly_through_the_puller(
    other: str, mapped: Callable[..., SourceMapping], warehouse: duckdb.DuckDBPyConnection
) -> None:
    puller = Puller(
        warehouse,
        products=PRODUCTS,
        limits=Limits(max_bad_share=0.05, min_rows=200),
        checkpoint=lambda _: None,
    )
    with reading(open_source(other, mapped(), ENVIRON)) as reader:
        pulled = {item.feed.name: item for item in puller.pull(reader, wall_now=NOW)}
    assert [item.problem for item in pulled.values() if item.problem] == []
    rows = {name: item.staging.rows_in for name, item in pulled.items() if item.staging and item.staging.rows_in}
    assert rows == {"area": 1, "site": 1, "person": 300, "dose": 300}
    assert pulled["dose"].staging is not None
    assert pulled["dose"].staging.rows_bad == 0
    assert pulled["dose"].watermark.startswith("us:")
    doses = pulled["dose"].staging.frame()
    assert doses is not None
    assert doses.get_column("injected_at")[0] == datetime(2021, 11, 20, 2, tzinfo=UTC), "local time of the source"
    assert set(doses.get_column("product_code")) == PRODUCTS
    people = pulled["person"].staging.frame() if pulled["person"].staging else None
    assert people is not None
    assert set(people.get_column("person_key")) == set(doses.get_column("person_key"))
    assert people.select(pl.col("person_key").str.contains("^[0-9a-f]{32}$").all()).item()
    assert set(people.get_column("sex")) == {"f"}


def test_no_identity_is_sent(other: str, mapped: Callable[..., SourceMapping]) -> None:
    with reading(open_source(other, mapped(), ENVIRON)) as reader:
        for feed in FEEDS:
            if reader.serves(feed.name):
                text = str([batch.to_pylist() for batch in reader.batches(feed, "0")])
                assert "Bí Mật" not in text
                assert "0790800" not in text


OF_DOSES = "\n    stamp: sua_luc\n    columns:\n      dose_id"
PRODUCT = "product_code: {column: vac_xin, codes: {AZ: astrazeneca, PF: comirnaty}}"
HASHED = "person_key: {column: so_dinh_danh, pseudonym: hashed}\n      birth"
FAULTS = [
    ((OF_DOSES, OF_DOSES.replace("sua_luc", "sua")), "dose", "'sua' is not"),
    (("table: tiem_chung.mui_tiem", "table: tiem_chung.mui"), "dose", "no table tiem_chung.mui"),
    ((PRODUCT, "product_code: vac_xin"), "dose", "unknown_code in 200 of 200 rows"),
    (("dose_number: mui_thu", "dose_number: so_lo"), "dose", "'so_lo' is text"),
    (("lot_number: so_lo", "lot_number: lo"), "dose", "no column 'lo'"),
    (("birth_year: nam_sinh", "birth_year: mui"), "person", "no column 'mui'"),
    ((f"open_transactions{OF_DOSES}", f"xid8{OF_DOSES}"), "dose", "timestamp with time zone"),
    ((HASHED, HASHED.replace("hashed", "already")), "person", "no pseudonym"),
]


@pytest.mark.parametrize(("replaced", "feed", "message"), FAULTS, ids=[item[2] for item in FAULTS])
def test_a_fault_is_named_with_its_fix(
    other: str, mapped: Callable[..., SourceMapping], replaced: tuple[str, str], feed: str, message: str
) -> None:
    result = found(other, mapped(replaced), feed)
    assert not result.ok
    assert message in result.faults[0].what
    assert result.faults[0].fix


def test_missing_rights_are_named(other: str, mapped: Callable[..., SourceMapping], owner: str) -> None:
    with psycopg.connect(owner) as connection:
        connection.execute(f"REVOKE SELECT ON tiem_chung.mui_tiem FROM {ROLE}")
        connection.execute(f"REVOKE pg_monitor FROM {ROLE}")
    fixes = [fault.fix for fault in found(other, mapped(), "dose").faults]
    assert any("GRANT pg_monitor" in fix for fix in fixes)
    assert any("GRANT SELECT" in fix for fix in fixes)


WRONG = [
    (("  dose:\n", "  doze:\n"), "did you mean 'dose'"),
    (("      lot_number:", "      lot_nummer:"), "did you mean 'lot_number'"),
    (("      lot_number: so_lo\n", ""), "lot_number: is missing"),
    (("name_vi: ten", "name_vi: ho_ten"), "looks like a field of identity"),
    (("birth_year: nam_sinh", "birth_year: ngay_sinh"), "looks like a field of identity"),
    (("{column: so_dinh_danh, pseudonym: hashed}", "so_dinh_danh"), "pseudonym: hashed"),
    (("max_rows:", "max_row:"), "did you mean 'max_rows'"),
    (("order: open_transactions", "order: updated_at"), "'xid8' or 'open_transactions'"),
    (("table: tiem_chung.mui_tiem", "table: (SELECT 1)"), "feeds.dose.table"),
]


@pytest.mark.parametrize(("replaced", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_mapping_that_cannot_be_used_names_the_key(
    mapped: Callable[..., SourceMapping], replaced: tuple[str, str], message: str
) -> None:
    with pytest.raises(MappingError, match=message.replace("(", r"\(")):
        mapped(replaced)


def test_the_key_of_the_pseudonyms_must_be_there(other: str, mapped: Callable[..., SourceMapping]) -> None:
    with pytest.raises(MappingError, match="REGISTER_KEY"):
        open_source(other, mapped(), {})


def test_the_command_tells_each_feed(
    other: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REGISTER_KEY", ENVIRON["REGISTER_KEY"])
    chosen = type("Chosen", (), {"url": other, "mapping": EXAMPLE, "json": True})()
    assert command.run(chosen, settings) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["feed"] for line in lines] == ["area", "site", "person", "dose"]
    assert all(line["ok"] for line in lines)
