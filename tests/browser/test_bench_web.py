"""The bench of the board itself: it counts what viewers and real screens meet, and says what they missed."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bench.viewers import Crowd, Viewers, combinations
from bench.web import Pace, current_of
from cli.bench_web import measure
from tests.browser.conftest import Serve
from tests.support.signed_in import SESSION
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import settings_for
from warehouse.files import point_to

pytestmark = pytest.mark.browser


def test_every_version_reaches_every_viewer_and_screen(tmp_path: Path, browser: Browser) -> None:
    assert browser.is_connected()  # so that the test is skipped or fails as all of these where there is no browser
    snapshot = write_snapshot(tmp_path, Recipe(version=1))
    pace = Pace(change=2, publish=9)
    found: list[dict[str, object]] = []

    def run() -> None:
        found.append(
            measure(snapshot, viewers=6, screens=1, seconds=34, naive_seconds=6, raw=tmp_path / "raw", pace=pace)
        )

    # The tests' own browser holds this thread's event loop.
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    (figures,) = found
    assert figures["errors"] == 0, figures
    versions = figures["versions"]
    assert isinstance(versions, int)
    assert versions >= 2
    assert (figures["repaints"], figures["screens_missed"], figures["refused_streams"]) == (versions, 0, 0)
    refreshes = figures["refresh_kilobytes"]
    assert isinstance(refreshes, list)
    assert len(refreshes) == versions
    assert min(refreshes) > 1
    raw = json.loads((tmp_path / "raw" / "waits.json").read_text(encoding="utf-8"))
    assert len(raw["news"]) == 6 * versions
    assert len(raw["filters"]) == figures["changes"]
    assert all(wait > 0 for wait in [*raw["repaints"], *raw["filters"], *raw["screen_filters"]])
    assert figures["server_cpu_cores"]
    naive = figures["naive"]
    assert isinstance(naive, dict)
    assert naive["errors"] == 0
    assert naive["changes"] + naive["remembered"] > 10


def test_viewers_without_a_place_follow_too_and_missed_versions_are_errors(
    serve: Serve, token: str, tmp_path: Path
) -> None:
    address, state = serve(Recipe(version=1), max_streams=1)
    cookie = f"{SESSION}={token}"
    crowd = Crowd(
        url=address,
        cookies=[cookie] * 4,
        first=current_of(address, cookie),
        change_every=1,
        poll_every=0.5,
    )
    viewers = Viewers(crowd, combinations(["est_2021"]), seed=1)

    folder = settings_for(state).snapshot_dir
    write_snapshot(folder, Recipe(version=2), point=False)

    async def publish() -> None:
        await asyncio.sleep(1)
        viewers.published[2] = 0.0
        point_to(folder, 2)

    async def both() -> None:
        await asyncio.gather(viewers.look(8), publish())

    thread = threading.Thread(target=lambda: asyncio.run(both()))
    thread.start()
    thread.join()
    assert viewers.tally.refused_streams == 3
    assert viewers.tally.missed_versions == 0
    assert viewers.tally.errors == {}
    viewers.published[3] = 0.0
    assert viewers.missed() == 4
