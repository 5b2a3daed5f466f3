"""config.yaml: every mistake is told with the key and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.pipeline import refresh_rules
from etl.drift import DriftLimits
from settings import ConfigError, load
from settings.load import ENV_OTHER


def write(folder: Path, text: str) -> Path:
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_committed_file_is_complete_and_equals_the_defaults(tmp_path: Path) -> None:
    ours, bare = load(environ={}), load(write(tmp_path, ""), environ={})
    assert ours.model_dump(exclude={"root"}) == bare.model_dump(exclude={"root"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("web: {prot: 9000}", ["web.prot", "did you mean 'web.port'"]),
        ("wab: {port: 9000}", ["wab", "did you mean 'web'"]),
        ("web: {port: many}", ["web.port", "many"]),
        ("web: {port: 70000}", ["web.port", "65535"]),
        ("web: {threads: 8, max_streams: 8}", ["max_streams (8) must be below threads (8)"]),
        ("[1, 2]", ["sections"]),
        ("web: {port: [", ["not valid YAML"]),
    ],
)
def test_a_mistake_names_the_key_and_the_fix(tmp_path: Path, text: str, told: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, text), environ={})
    for part in told:
        assert part in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.yaml: cannot be read"):
        load(tmp_path / "config.yaml", environ={})


def test_the_environment_overrides_a_key_and_is_checked_alike(tmp_path: Path) -> None:
    file = write(tmp_path, "web: {port: 9000}")
    assert load(file, environ={"MCC_WEB__PORT": "9100"}).web.port == 9100
    with pytest.raises(ConfigError, match=r"web\.prt"):
        load(file, environ={"MCC_WEB__PRT": "1"})
    assert load(file, environ=dict.fromkeys(ENV_OTHER, "x")).web.port == 9000


def test_state_goes_where_it_is_told(tmp_path: Path) -> None:
    assert load(state=tmp_path / "s", environ={}).warehouse_dir == (tmp_path / "s").resolve() / "warehouse"


def test_the_drift_guard_is_set_by_its_section() -> None:
    """What config.yaml ships is what the guard was tried with, and a changed value reaches it."""
    shipped = load(environ={})
    assert DriftLimits(**shipped.drift.model_dump()) == DriftLimits()
    changed = load(environ={"MCC_DRIFT__MAX_NEW_SHARE": "0.5"})
    assert refresh_rules(changed).drift.max_new_share == 0.5
