"""The layer rules are run as a test, and each package can be imported by itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "bench",
    "campaign",
    "cli",
    "dashboard",
    "demo",
    "etl",
    "geo",
    "layouts",
    "operations",
    "registry",
    "reports",
    "settings",
    "warehouse",
)


def test_imports_run_one_way() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_every_package_is_under_the_rules() -> None:
    found = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"tests"}
    assert found == set(PACKAGES)


def test_layouts_have_no_callbacks() -> None:
    for file in (ROOT / "layouts").glob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert not [word for word in ("dash.dependencies", "import callback", ".callback(") if word in text], file.name


@pytest.mark.parametrize("package", ["campaign", "layouts"])
def test_pure_packages_pull_in_no_database_and_no_server(package: str) -> None:
    names = [f"{package}.{file.stem}" for file in (ROOT / package).glob("*.py") if file.stem != "__init__"]
    heavy = ("duckdb", "psycopg", "redis", "apscheduler")
    code = f"import sys, {', '.join(names)}; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
