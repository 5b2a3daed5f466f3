"""What a notice names: the lot that is recalled, and the province that it is in."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from campaign.notices import NoticeKind
from layouts.notice_text import NoticeFacts, notice_text
from layouts.words import Language, load_catalogues

WHY = {"post": "Trực Hà Giang", "duty_id": 7, "area": "02", "rule_prefix": "", "level": 1}


@pytest.mark.parametrize(
    ("kind", "where", "lines"),
    [
        (NoticeKind.OPENED, "FL1", {"lô: FL1", "lot: FL1"}),
        (
            NoticeKind.JOINED,
            "FL1, Hà Giang",
            {"địa phương: Hà Giang", "area: Hà Giang", "lô: FL1", "lot: FL1"},
        ),
    ],
)
def test_a_recalled_lot_is_named_and_so_is_the_province_that_has_it(
    kind: NoticeKind, where: str, lines: set[str]
) -> None:
    facts = NoticeFacts(
        incident_id=1,
        kind=kind,
        rule="stock_stopped",
        severity="critical",
        places={language: {"lot": "FL1", "why": "Hà Giang"} for language in Language},
        members=2,
        firing=2,
        level=1,
        opened_at=datetime(2021, 11, 22, 3, tzinfo=UTC),
        over_at=None,
        drill=False,
        link="https://x.example/canh-bao#incident-1",
        why=WHY,
    )
    subject, body = notice_text(facts, load_catalogues(), ZoneInfo("Asia/Ho_Chi_Minh"))
    assert f", {where} (" in subject
    told = set(body.splitlines())
    assert lines <= told
    assert any(line.startswith("địa phương:") for line in told) is (kind is NoticeKind.JOINED)
