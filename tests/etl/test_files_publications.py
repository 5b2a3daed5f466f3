"""Dated folders: which are publications, in which order, and what happens to a file that is being written."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from etl.feeds.publications import instant_of, publications, take
from tests.support.declared import publish, write_profile

KUALA_LUMPUR = ZoneInfo("Asia/Kuala_Lumpur")

NAMES = {
    "2021-08-18T0107": datetime(2021, 8, 17, 17, 7, tzinfo=UTC),
    "2021-08-18T01:07:30": datetime(2021, 8, 17, 17, 7, 30, tzinfo=UTC),
    "2021-10-20T0419Z": datetime(2021, 10, 20, 4, 19, tzinfo=UTC),
    "2021-08-18": datetime(2021, 8, 17, 16, tzinfo=UTC),
    "2021-08-18 second attempt": datetime(2021, 8, 17, 16, tzinfo=UTC),
    "2021-02-30": None,
    "notes": None,
    ".tmp-2021-08-18": None,
}


@pytest.mark.parametrize(("name", "instant"), NAMES.items(), ids=NAMES)
def test_the_instant_of_a_folder(name: str, instant: datetime | None) -> None:
    assert instant_of(name, KUALA_LUMPUR) == instant


def test_publications_are_dated_folders_in_order_of_their_names(tmp_path: Path) -> None:
    for name in ("2021-08-16T0232", "2021-07-17T0035", "2021-08-16T0206", "notes"):
        publish(tmp_path, name, doses="x")
    (tmp_path / "2021-08-20").write_text("a file, not a folder", encoding="utf-8")
    found = publications(tmp_path, write_profile(tmp_path / "profile"), timezone="Asia/Kuala_Lumpur")
    assert [item.name for item in found] == ["2021-07-17T0035", "2021-08-16T0206", "2021-08-16T0232"]


def test_a_file_that_changes_while_it_is_read_is_not_taken(tmp_path: Path) -> None:
    folder = publish(tmp_path / "data", "2021-08-18", doses="x" * 5_000_000)
    profile = write_profile(tmp_path / "profile")
    (publication,) = publications(tmp_path / "data", profile, timezone="UTC")
    done = threading.Event()

    def write_on() -> None:
        with (folder / "doses.csv").open("a", buffering=1, encoding="utf-8") as file:
            while not done.is_set():
                file.write("y\n")

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        caught = next((taken for _ in range(2_000) if (taken := take(publication, profile)).faults.get("doses")), None)
    finally:
        done.set()
        writer.join()
    assert caught is not None
    assert caught.faults["doses"] == "doses.csv: changed while it was being read"
    calm = take(publication, profile)
    assert "doses" not in calm.faults
    assert calm.digest != caught.digest  # so that it is read again


def test_the_digest_tells_content_and_profile_apart(tmp_path: Path) -> None:
    profile = write_profile(tmp_path / "profile")
    other = write_profile(tmp_path / "other", lambda raw: raw.update(earliest_day="2020-12-31"))
    publish(tmp_path / "data", "2021-08-18", doses="x")
    (publication,) = publications(tmp_path / "data", profile, timezone="UTC")
    first = take(publication, profile).digest
    assert take(publication, profile).digest == first
    assert take(publication, other).digest != first
    publish(tmp_path / "data", "2021-08-18", doses="y")
    assert take(publication, profile).digest != first
