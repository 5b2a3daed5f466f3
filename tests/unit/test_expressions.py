"""Conditions of rules: what is taken, what it comes to, and what a bad one is told. None can fail once it was taken."""

from __future__ import annotations

import math
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.alerts import Severity
from campaign.expressions import LONGEST, BadExpression, read_expression
from campaign.rule_facts import FACTS
from campaign.stock import Rule
from settings import Settings, load
from settings.rule_expressions import Asked, levels, own_expressions, read_rule, with_usable

ROOT = Path(__file__).resolve().parents[2]
KNOWN = ("days_of_stock", "doses_on_hand", "doses_that_will_expire")
SEEN = {"days_of_stock": 6.5, "doses_on_hand": 1000.0, "doses_that_will_expire": 100.0}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("days_of_stock < 7 and doses_on_hand > 0", True),
        ("days_of_stock < 6.5", False),
        ("days_of_stock <= 6.5", True),
        ("doses_that_will_expire >= 0.1 * doses_on_hand", True),
        ("doses_that_will_expire > 0.1 * doses_on_hand", False),
        ("not (days_of_stock < 7 or doses_on_hand == 1000)", False),
        ("3 < days_of_stock < 7", True),
        ("7 < days_of_stock < 9", False),
        ("days_of_stock < 1 or days_of_stock > 2 and doses_on_hand != 0", True),
        ("doses_on_hand / 4 - doses_that_will_expire * 2 == 50", True),
        ("-days_of_stock < -6", True),
        ("  days_of_stock<7  ", True),
    ],
)
def test_what_a_condition_comes_to(text: str, wanted: bool) -> None:
    assert read_expression(text, KNOWN).holds(SEEN) is wanted


@pytest.mark.parametrize(
    ("text", "why", "place", "told"),
    [
        ("", "expression_empty", 1, "is empty"),
        ("days_of_stock < 7 " * 20, "expression_long", 1, f"at most {LONGEST}"),
        ("days_of_stok < 7", "expression_unknown", 1, "did you mean days_of_stock?"),
        ("days_of_stock < 7 and xyz > 1", "expression_unknown", 23, "known here: days_of_stock, doses_on_hand"),
        ("days_of_stock < 0,5", "expression_character", 18, "numbers are written as 0.1"),
        ("days_of_stock < 7e3", "expression_character", 17, "'7e3' at character 17"),
        ("days_of_stock < 'a'", "expression_character", 17, "cannot be used"),
        ("đủ < 7", "expression_character", 1, "cannot be used"),
        ("days_of_stock <", "expression_unreadable", 16, "complete it"),
        ("days_of_stock < 7)", "expression_unreadable", 18, "from character 18 on"),
        ("(days_of_stock < 7", "expression_unreadable", 1, "complete it"),
        ("days_of_stock = 7", "expression_character", 15, "'=' at character 15"),
        ("days_of_stock", "expression_number", 1, "compare it, such as days_of_stock > 0"),
        ("days_of_stock < 7 and 5", "expression_number", 23, "a condition is needed"),
        ("(days_of_stock < 7) + 1 > 0", "expression_condition", 2, "a number is needed there"),
        ("(days_of_stock < 7) == (doses_on_hand > 1)", "expression_condition", 2, "a number is needed there"),
        ("doses_that_will_expire / doses_on_hand > 0.1", "expression_division", 26, "not a / b >= 0.1"),
        ("days_of_stock / 0 > 1", "expression_division", 17, "may be zero"),
        ("days_of_stock / (1 - 1) > 1", "expression_division", 18, "may be zero"),
        ("days_of_stock < 99999999999999", "expression_large", 17, "too large"),
        (" * ".join(["days_of_stock"] * 10) + " > 1", "expression_large", 1, "too large"),
        ("1 < 2", "expression_no_fact", 1, "always the same"),
        ("days_of_stock ** 2 > 1", "expression_strange", 1, "no part of this language"),
        ("days_of_stock // 2 > 1", "expression_strange", 1, "no part of this language"),
        ("days_of_stock in doses_on_hand", "expression_strange", 1, "no part of this language"),
        ("days_of_stock is 1", "expression_strange", 1, "no part of this language"),
        ("print(days_of_stock) > 1", "expression_strange", 1, "no part of this language"),
        ("True", "expression_strange", 1, "no part of this language"),
        ("days_of_stock < True", "expression_strange", 17, "no part of this language"),
        ("1 if days_of_stock < 7 else 0", "expression_strange", 1, "no part of this language"),
        ("lambda: days_of_stock < 7", "expression_character", 7, "':'"),
    ],
)
def test_a_bad_one_says_where_and_what_to_do(text: str, why: str, place: int, told: str) -> None:
    with pytest.raises(BadExpression) as refused:
        read_expression(text, KNOWN)
    assert (refused.value.why, refused.value.place) == (why, place)
    assert told in str(refused.value)


NUMBERS = st.floats(allow_nan=False, allow_infinity=True)
PARTS = st.lists(
    st.sampled_from(
        [
            *KNOWN,
            "0",
            "7",
            "0.1",
            "999999999999",
            "+",
            "-",
            "*",
            "/",
            "<",
            "<=",
            ">",
            "==",
            "and",
            "or",
            "not",
            "(",
            ")",
            "if",
            "is",
            "in",
            "**",
            "True",
            "None",
            "lambda",
            "not in",
            ".",
            ",",
            "[",
            "]",
            "'",
        ]
    ),
    max_size=14,
)


@settings(max_examples=400, deadline=None)
@given(parts=PARTS, seen=st.tuples(NUMBERS, NUMBERS, NUMBERS))
def test_whatever_is_written_is_refused_by_name_or_can_be_judged_with_any_facts(
    parts: list[str], seen: tuple[float, float, float]
) -> None:
    try:
        found = read_expression(" ".join(parts), KNOWN)
    except BadExpression:
        return
    assert found.holds(dict(zip(KNOWN, seen, strict=True))) in (True, False)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadExpression):
        read_expression(text, KNOWN)


def test_no_calculation_ends_in_something_that_is_no_number() -> None:
    found = read_expression("doses_on_hand * doses_on_hand - doses_on_hand * doses_on_hand >= 0", KNOWN)
    assert found.holds({**SEEN, "doses_on_hand": math.inf}) is True


def rule(raise_when: str, clear_when: str = "") -> Rule:
    raised, cleared = read_rule("stock_low", Asked(raise_when=raise_when, clear_when=clear_when))
    return Rule(
        raise_at=7, clear_at=9, hold=timedelta(0), severity=Severity.WARNING, raise_when=raised, clear_when=cleared
    )


def judged(of: Rule, days: float, doses: float = 100) -> bool | None:
    facts = dict.fromkeys(FACTS["stock_low"], 0.0) | {"days_of_stock": days, "doses_on_hand": doses}
    return of.below(days, facts)


def test_between_raised_and_cleared_an_alert_stays_and_none_is_raised() -> None:
    own = rule("days_of_stock < 5 and doses_on_hand > 50", "days_of_stock >= 8 or doses_on_hand <= 20")
    assert [judged(own, days) for days in (4.9, 5, 7.9, 8)] == [True, False, False, None]
    assert [judged(own, 4, doses) for doses in (51, 50, 21, 20)] == [True, False, False, None]


def test_without_a_clear_level_it_is_over_as_soon_as_it_does_not_hold() -> None:
    assert [judged(rule("days_of_stock < 5"), days) for days in (4.9, 5)] == [True, None]


def test_where_both_hold_it_goes_on() -> None:
    assert judged(rule("days_of_stock < 5", "doses_on_hand > 0"), 4) is True


def configured(tmp_path: Path, **of_stock_low: str) -> Settings:
    """config.yaml with these conditions of stock_low."""
    raw = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    raw["stock"]["alerts"]["stock_low"] |= of_stock_low
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return load(file, environ={})


def test_a_bad_one_in_config_yaml_stops_nothing_and_the_numbers_hold(tmp_path: Path) -> None:
    asked = configured(tmp_path, raise_when="days_of_stok < 7")
    found, unusable = with_usable(asked, {})
    assert own_expressions(found, "stock_low") == Asked()
    assert levels(found)["stock_low"].raise_at == 7
    assert [(item.name, item.place, item.part) for item in unusable] == [("stock_low", 1, "days_of_stok")]
    assert "stock_low.raise_when 'days_of_stok' at character 1 is no fact of this rule" in unusable[0].told
    assert levels(found) | {"stock_low": levels(asked)["stock_low"]} == levels(asked), "all others as they were"


def test_one_that_was_set_and_cannot_be_used_any_more_gives_way_to_the_last_good_one(tmp_path: Path) -> None:
    own = configured(tmp_path, raise_when="days_of_stock < 6")
    good, gone = Asked(raise_when="days_of_stock < 5"), Asked(raise_when="fridges < 5")
    found, unusable = with_usable(own, {"stock_low": [gone, gone, good], "gone": [good]})
    assert own_expressions(found, "stock_low") == good
    assert [(item.name, item.held) for item in unusable] == [("stock_low", good), ("gone", None)]
    assert own_expressions(with_usable(own, {"stock_low": [gone]})[0], "stock_low").raise_when == "days_of_stock < 6"


def test_a_clear_level_alone_is_none(tmp_path: Path) -> None:
    found, unusable = with_usable(configured(tmp_path, clear_when="days_of_stock > 9"), {})
    assert own_expressions(found, "stock_low") == Asked()
    assert "stock_low.clear_when needs a raise_when beside it" in unusable[0].told


def test_every_rule_with_levels_has_facts() -> None:
    """Those of devices and feeds have conditions alone (test_rule_whens.py)."""
    assert set(levels(load(ROOT / "config.yaml", environ={}))) < set(FACTS)
