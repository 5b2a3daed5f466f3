"""A small publisher of our own, for the rules of the file feed: three areas, doses, registrations and deliveries."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from etl.profile import Profile
from etl.profile_file import load_profile
from etl.replay import replay
from etl.replay_line import ReplayLine
from settings import EtlSettings
from warehouse.snapshot import Snapshots
from warehouse.writer import Warehouse

NOW = datetime(2022, 1, 1, 12, tzinfo=UTC)
ZONE = "Asia/Ho_Chi_Minh"
# Small files: every bad row must be judged by its own, not by its share.
ETL = EtlSettings(bad_share_min_rows=50)

RAW: dict[str, Any] = {
    "title": {"vi": "Thử nghiệm", "en": "Trial"},
    "source": "our own",
    "timezone": "Asia/Kuala_Lumpur",
    "earliest_day": "2021-01-01",
    "products": {"Alpha": ["Alfa"], "Beta": []},
    "pack": {
        "areas": [
            {"code": "N", "name_vi": "Bắc", "name_en": "North"},
            {"code": "C", "name_vi": "Trung", "name_en": "Centre"},
            {"code": "S", "name_vi": "Nam", "name_en": "South"},
        ],
        "population": {
            "version": "trial_2021",
            "source": "our own",
            "valid_from": "2021-01-01",
            "figures": {"all": {"N": 1000, "C": 2000, "S": 4000}},
        },
    },
    "feeds": {
        "doses": {
            "kind": "doses",
            "file": "doses.csv",
            "columns": {"day": "day", "area": "area", "first": "first", "second": ["second", "full"], "total": "total"},
            "measures": {"doses": "total", "dose1_people": "first", "full_people": "second"},
            "known_columns": ["note"],
        },
        "registrations": {
            "kind": "registrations",
            "file": "registered.csv",
            "required": False,
            "figures": "cumulative",
            "columns": {"day": "day", "area": "area", "total": "total"},
            "measures": {"people": "total"},
        },
        "deliveries": {
            "kind": "deliveries",
            "file": "delivered.csv",
            "required": False,
            "columns": {
                "day": "day",
                "area": "area",
                "product": "product",
                "doses": {"from": "doses", "negative": True},
            },
            "measures": {"doses": "doses"},
        },
    },
}

DoseRow = tuple[str, str, int, int]
Edit = Callable[[dict[str, Any]], object]


def write_profile(folder: Path, edit: Edit | None = None, *, raw: Mapping[str, Any] = RAW) -> Profile:
    """The profile above, or `raw`, after `edit`, by the way of a YAML file."""
    changed = copy.deepcopy(dict(raw))
    if edit is not None:
        edit(changed)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "trial.yaml"
    file.write_text(yaml.safe_dump(changed, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return load_profile(str(file), folder)


def raw_profile(folder: Path, name: str) -> dict[str, Any]:
    """One of the project's profiles with its area pack inside, to be edited."""
    raw: dict[str, Any] = yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))
    raw["pack"] = yaml.safe_load((folder / "packs" / f"{raw['pack']}.yaml").read_text(encoding="utf-8"))
    raw["name"] = name
    return raw


def doses_csv(rows: Sequence[DoseRow]) -> str:
    """(day, area, first, second) -> a file of the publisher."""
    lines = [f"{day},{area},{first},{second},{first + second}" for day, area, first, second in rows]
    return "\n".join(["day,area,first,second,total", *lines]) + "\n"


def publish(folder: Path, name: str, **files: str | bytes) -> Path:
    """Write dated folder `name`; `doses="..."` is its doses.csv."""
    target = folder / name
    target.mkdir(parents=True, exist_ok=True)
    for stem, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (target / f"{stem}.csv").write_bytes(data)
    return target


@contextmanager
def warehouse_in(state: Path, checkpoint: Callable[[str], None] | None = None) -> Iterator[Warehouse]:
    extra = {"checkpoint": checkpoint} if checkpoint else {}
    warehouse = Warehouse(state, snapshot_dir=state / "snapshots", **extra)
    try:
        yield warehouse
    finally:
        warehouse.close()


def run(warehouse: Warehouse, profile: Profile, folder: Path) -> list[ReplayLine]:
    return list(replay(warehouse, profile, folder, clock=lambda: NOW, etl=ETL, timezone=ZONE))


def replayed(state: Path, profile: Profile, folder: Path) -> list[ReplayLine]:
    """The lines of one replay into `state`."""
    with warehouse_in(state) as warehouse:
        return run(warehouse, profile, folder)


def cells(warehouse: Warehouse, feed: str = "doses") -> dict[tuple[str, str], int]:
    """(area, day) -> figure, of one feed as it stands."""
    query = "SELECT area_code, day, value FROM declared.cell WHERE feed = ?"
    return {
        (area, day.isoformat()): value for area, day, value in warehouse.connection.execute(query, [feed]).fetchall()
    }


@contextmanager
def newest_snapshot(state: Path) -> Iterator[tuple[Snapshots, int]]:
    """What a reader sees."""
    snapshots = Snapshots(state / "snapshots")
    try:
        yield snapshots, snapshots.current()
    finally:
        snapshots.close()
