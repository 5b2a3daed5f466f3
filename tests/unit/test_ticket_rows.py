"""Correction tickets as the page tells them, and the units of rules' own numbers beside them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaign.access import Scope
from campaign.tickets import Kind, Limits, Ticket
from dashboard.door.expression_rows import UNITS, expression_rows
from dashboard.door.ticket_rows import TicketRows
from geo.gazetteer import Gazetteer
from layouts.words import Language, load_catalogues
from settings import load
from settings.rule_expressions import levels

NOW = datetime(2021, 11, 22, 1, tzinfo=UTC)
SETTINGS = load(environ={})


def ticket(site: str) -> Ticket:
    return Ticket(
        ticket_id=1,
        number="PA-1",
        person="p",
        kind=Kind.MISSING,
        area="01",
        site=site,
        product="astrazeneca",
        injected_on=None,
        dose_id=None,
        filed_at=NOW - timedelta(hours=5),
    )


def test_a_ticket_names_its_site_and_tells_one_that_nobody_knows_by_its_code() -> None:
    rows = TicketRows(
        words=load_catalogues()[Language.VI],
        zone=ZoneInfo("Asia/Ho_Chi_Minh"),
        names={"01": "Hà Nội"},
        products={},
        sites=Gazetteer(SETTINGS.reference_dir).sites,
        handles=Scope(),
        now=NOW,
        limits=Limits({Kind.MISSING: timedelta(hours=72)}),
    )
    known, unknown = rows.tickets([ticket("0100001"), ticket("01-A")], {})
    assert (known["site"], known["site_name"]) == ("0100001", "Trạm y tế phường Phúc Xá (minh họa)")
    assert (unknown["site"], unknown["site_name"]) == ("01-A", "")


@pytest.mark.parametrize("language", Language)
def test_every_number_of_a_rule_has_its_unit(language: Language) -> None:
    assert set(UNITS) == set(levels(SETTINGS))
    rows = expression_rows(SETTINGS, {}, load_catalogues()[language])
    told = {str(row["name"]): str(row["number"]) for row in rows}
    assert not [name for name in UNITS if "level_unit" in told[name]]
    if language is Language.EN:
        assert told["stock_expiring"] == "from 1,000 doses on; over at 500 doses or below"
        assert told["stock_negative"] == "from 1 store and lot on; over when there are none"
        source = told["readings_silent"]
        assert source.endswith(": 20\u00a0devices; share silent at once that means their source stopped: 50%")
        assert told["stock_low"] == "below 7 days of stock; over from 9 days of stock on"
        assert told["stock_over_capacity"] == "from 100% on; over at 95% or below"
