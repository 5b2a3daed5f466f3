"""The rule catalogue: each reason for setting a record aside has a name, an owner and a fix in two languages."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import polars as pl
import pytest

from etl.contracts import Known, check, rules_for
from etl.feeds.registry import FEEDS
from layouts.words import Language, load_catalogues
from tests.support.registry import REFERENCE

NOW = datetime(2021, 11, 20, 5, tzinfo=UTC)
COUNTED = {
    "identity_mismatch",
    "identity_none",
    "duplicate_same_day",
    "dose_late_over_3_days",
    "negative_stock",
    "unknown_residence",
    "dose_number_disagrees",
    "early_dose_passed_over",
}
# Words that the glossary replaces.
AVOIDED = ("vaccine", "vắc-xin", "vacxin", "hạn sử dụng", "cơ số")


@pytest.fixture(scope="module")
def catalogue() -> list[dict[str, str]]:
    with (REFERENCE / "data_rules.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def of_contracts() -> set[tuple[str, str, str]]:
    known = Known(**{name: frozenset({"a code"}) for name in Known.__dataclass_fields__})
    return {(feed.name, rule.field, rule.reason) for feed in FEEDS for rule in rules_for(feed.name, known, now=NOW)}


def test_every_contract_rule_is_in_the_catalogue_and_none_that_is_not(catalogue: list[dict[str, str]]) -> None:
    set_aside = {(row["feed"], row["field"], row["reason"]) for row in catalogue if row["effect"] == "set_aside"}
    assert set_aside == of_contracts()
    assert len(set_aside) > 40


@pytest.mark.parametrize("language", list(Language))
def test_every_field_that_a_contract_names_has_words_for_a_report(language: Language) -> None:
    texts = load_catalogues()[language].texts
    assert not {field for _, field, _ in of_contracts() if f"record_field.{field}" not in texts}


def test_rules_that_only_count_are_there(catalogue: list[dict[str, str]]) -> None:
    assert {row["rule_id"] for row in catalogue if row["effect"] == "counted"} == COUNTED


def test_a_rule_has_one_row_and_its_id_says_what_it_is(catalogue: list[dict[str, str]]) -> None:
    ids = [row["rule_id"] for row in catalogue]
    assert len(ids) == len(set(ids))
    cells = [(row["feed"], row["field"], row["reason"]) for row in catalogue]
    assert len(cells) == len(set(cells))
    for row in catalogue:
        if row["effect"] == "set_aside":
            assert row["rule_id"] == f"{row['feed']}.{row['field']}.{row['reason']}"


def test_names_owners_and_fixes_are_complete(catalogue: list[dict[str, str]]) -> None:
    fields = {feed.name: feed.columns for feed in FEEDS}
    for row in catalogue:
        assert all(row.values()), row
        assert row["owner"] in {"site", "province_cdc", "registry"}
        assert row["severity"] in {"info", "warning", "critical"}
        assert row["field"] in fields[row["feed"]]
        assert row["fix_vi"].endswith(".")
        assert row["fix_en"].endswith(".")
        words = f"{row['name_vi']} {row['fix_vi']}".lower()
        assert not [word for word in AVOIDED if word in words], row["rule_id"]
    for column in ("name_vi", "name_en"):
        assert len({row[column] for row in catalogue}) == len(catalogue), "two rules that nobody could tell apart"


def test_a_device_with_zero_hours_of_hold_is_kept() -> None:
    """Other registries than the demonstration's send 0 where they do not know."""
    known = Known(**{name: frozenset[str]() for name in Known.__dataclass_fields__})
    contract = [rule for rule in rules_for("equipment", known, now=NOW) if rule.field == "holdover_hours"]
    sent = pl.DataFrame({"equipment_id": list("abcde"), "holdover_hours": [0.0, None, 20.5, -1.0, 20_000.0]})
    found = check(sent, contract)
    assert found.accepted["equipment_id"].to_list() == ["a", "b", "c"]
    assert found.rejected["reason"].to_list() == ["out_of_range"] * 2
