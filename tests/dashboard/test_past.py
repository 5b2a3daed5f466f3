"""What did we show at that moment: by version, by instant, and what is named where that snapshot is gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaign.readings import SnapshotInfo
from dashboard.past import by_instant, by_version
from tests.dashboard.conftest import Site, text_of
from tests.support.snapshots import Recipe, write_snapshot
from warehouse.files import SnapshotUnavailable

NOON = datetime(2021, 11, 5, 5, 0, tzinfo=UTC)  # 12:00 in Viet Nam
# Version and minutes after NOON; 13 to 15 were deleted.
KEPT = {11: 0, 12: 1, 16: 30}


def info(version: int, minutes: int) -> SnapshotInfo:
    at = NOON + timedelta(minutes=minutes)
    return SnapshotInfo(
        version=version,
        content_hash="",
        as_of=at,
        published_at=at,
        kind="record",
        title_vi="",
        title_en="",
        one_in=1,
        is_demo=False,
        denominator="",
        first_day=None,
        last_day=None,
        has_boundaries=True,
        note_vi="",
        note_en="",
    )


INFOS = tuple(info(version, minutes) for version, minutes in KEPT.items())


@pytest.mark.parametrize(
    ("minutes", "version", "exact"),
    [
        (0, 11, True),
        (0.9, 11, True),
        (10, 12, False),  # 13, 14 or 15 was shown then; 12 is nearer than 16
        (29, 16, False),
        (30, 16, True),
        (500, 16, True),
        (-5, 11, False),
    ],
)
def test_an_instant_finds_what_was_shown_or_the_nearest(minutes: float, version: int, exact: bool) -> None:
    found = by_instant(INFOS, NOON + timedelta(minutes=minutes))
    assert (found.info.version, found.exact) == (version, exact)


@pytest.mark.parametrize(("asked", "version", "exact"), [(12, 12, True), (13, 12, False), (99, 16, False)])
def test_a_version_finds_itself_or_the_nearest(asked: int, version: int, exact: bool) -> None:
    found = by_version(INFOS, asked)
    assert (found.info.version, found.exact) == (version, exact)


def test_before_the_first_publication_nothing_is_found() -> None:
    with pytest.raises(SnapshotUnavailable):
        by_instant((), NOON)


@pytest.fixture
def past(make_site: Any) -> Site:
    site: Site = make_site()
    for version, minutes in KEPT.items():
        recipe = Recipe(version=version, published_at=NOON + timedelta(minutes=minutes), extra=(("01", version),))
        write_snapshot(site.folder, recipe)
    return site


def test_the_address_answers_with_list_version_and_banner(past: Site) -> None:
    listed = past.json("/versions")
    assert [entry["version"] for entry in listed["versions"]] == list(KEPT)
    assert "chosen" not in listed
    told = past.json("/versions?at=2021-11-05T12:00:30")
    assert (told["chosen"]["version"], told["exact"]) == (11, True)
    assert "Đang xem bản số 11, công bố lúc 12:00\u00a005/11/2021" in text_of(told["banner"])
    gone = past.json("/versions?v=14&lang=en")
    assert (gone["chosen"]["version"], gone["exact"]) == (12, False)
    assert "snapshot 14" in text_of(gone["banner"])
    assert "no longer kept" in text_of(gone["banner"])
    assert past.client.get("/versions").headers["Cache-Control"] == "no-store"
    for nonsense in ("v=x", "at=yesterday", "when=now"):
        assert past.client.get(f"/versions?{nonsense}").status_code == 400


def test_a_past_version_is_answered_under_its_own_key(past: Site) -> None:
    chosen = past.json("/versions?v=11")["chosen"]
    answer = past.client.get(f"/snap/11/vn/coverage?key={chosen['key']}")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["ETag"]
    now, then = (past.json(f"/snap/{version}/vn/coverage") for version in (16, 11))
    assert now["pinned"][-1]["doses"] - then["pinned"][-1]["doses"] == 5


def test_before_the_first_snapshot_the_list_is_empty(make_site: Any) -> None:
    site: Site = make_site()
    assert site.json("/versions")["versions"] == []
    assert site.client.get("/versions?v=3").status_code == 404
