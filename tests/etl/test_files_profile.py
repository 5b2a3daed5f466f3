"""A profile that cannot be used says which key, in which file, and what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from etl.profile_file import ProfileError, load_profile, profile_names
from settings import ConfigError
from tests.support.declared import RAW, Edit, write_profile

PROFILES = Path(__file__).resolve().parents[2] / "data" / "profiles"


@pytest.mark.parametrize("name", profile_names(PROFILES))
def test_every_profile_of_the_project_loads(name: str) -> None:
    profile = load_profile(name, PROFILES)
    assert profile.name == name
    assert len(profile.pack.areas) == {"malaysia_citf": 16, "italy_vaccini": 21}[name]


def set_at(path: str, value: object) -> Edit:
    def edit(raw: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        target = raw
        for part in parents:
            target = target[part]
        target[last] = value

    return edit


FAULTS = {
    "unknown key": (set_at("tittle", 1), "trial.yaml: unknown key 'tittle'; did you mean 'title'?"),
    "unknown key of a feed": (
        set_at("feeds.doses.filee", "x"),
        "unknown key 'feeds.doses.filee'; did you mean 'file'?",
    ),
    "unknown limit": (
        set_at("feeds.doses.guard", {"vanished_key": {"share": 1}}),
        "unknown key 'feeds.doses.guard.vanished_key'; did you mean 'vanished_keys'?",
    ),
    "unknown key of a column": (
        set_at("feeds.doses.columns.total", {"from": "total", "negativ": True}),
        "unknown key 'feeds.doses.columns.total.negativ'; did you mean 'negative'?",
    ),
    "missing key": (lambda raw: raw.pop("earliest_day"), "trial.yaml: key 'earliest_day' is missing"),
    "a field without a column": (
        set_at("feeds.doses.measures.dose1_people", "frist"),
        "feeds.doses: field 'frist' has no column; columns: day, area, first",
    ),
    "a measure that the kind does not know": (
        set_at("feeds.doses.measures.people", "first"),
        "feeds.doses: measures: kind doses needs 'doses' and knows doses, dose1_people",
    ),
    "no figure": (set_at("feeds.registrations.measures", {}), "kind registrations needs 'people'"),
    "kind": (set_at("feeds.doses.kind", "dose"), "feeds.doses.kind: Input should be 'doses'"),
    "no day": (set_at("feeds.doses.columns", {"total": "total"}), "columns"),
    "encoding": (set_at("feeds.doses.encoding", "utf-99"), "feeds.doses.encoding: unknown encoding 'utf-99'"),
    "an optional figure": (
        set_at("feeds.registrations.columns.total", {"from": "total", "optional": True}),
        "measures.people: at least one of its columns must not be optional",
    ),
    "products needed": (set_at("products", {}), "products: needed by feeds.deliveries"),
    "a comparison with nothing": (
        set_at("feeds.nation", {"kind": "check", "file": "n", "columns": {"t": "t"}, "compares": {"t": "dose.value"}}),
        "feeds.nation.compares.t: expected feed.measure, such as doses.value",
    ),
    "population as a feed": (
        set_at(
            "feeds.p", {"kind": "population", "file": "p", "columns": {"area": "a", "n": "n"}, "measures": {"all": "n"}}
        ),
        "feeds.p: population belongs to the area pack",
    ),
    "two areas of one name": (
        set_at("pack.areas", [{"code": c, "name_vi": "A", "name_en": "A"} for c in "XY"]),
        "pack: areas: 'a' names both X and Y",
    ),
    "figures of no area": (
        set_at("pack.population.figures", {"all": {"W": 5}}),
        "pack: population.figures: unknown area 'W'",
    ),
}


@pytest.mark.parametrize(("edit", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_its_key(tmp_path: Path, edit: Edit, message: str) -> None:
    with pytest.raises(ProfileError) as caught:
        write_profile(tmp_path, edit)
    assert message in str(caught.value)


def test_an_unknown_profile_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="unknown profile 'malaysia'; did you mean 'malaysia_citf'"):
        load_profile("malaysia", PROFILES)


def test_an_unknown_pack_names_the_nearest(tmp_path: Path) -> None:
    file = tmp_path / "trial.yaml"
    file.write_text(yaml.safe_dump({**RAW, "pack": "italia"}), encoding="utf-8")
    with pytest.raises(ProfileError, match="unknown area pack 'italia'; did you mean 'italy'"):
        load_profile(str(file), PROFILES)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: [1", "broken.yaml: is not valid YAML in UTF-8"),
        (b"\xff\xfe", "broken.yaml: is not valid YAML in UTF-8"),
        (b"- 1", "broken.yaml: expected keys at the top"),
    ],
)
def test_a_file_that_is_no_profile(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "broken.yaml").write_bytes(content)
    with pytest.raises(ProfileError, match=message):
        load_profile("broken", tmp_path)
