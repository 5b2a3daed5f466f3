"""The application in this process on a synthetic snapshot: no server, no registry, no Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient

from dashboard.deps import DashboardDeps
from dashboard.factory import create_app, live_hub
from dashboard.readings import Readings
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import deps_for, settings_for
from warehouse.snapshot import Snapshots

VERSION = 7


@dataclass(frozen=True, kw_only=True)
class Site:
    """One application, its client, and the folder in which it looks for snapshots."""

    app: Dash
    client: FlaskClient
    deps: DashboardDeps
    folder: Path

    def json(self, path: str) -> dict[str, Any]:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.get_data(as_text=True)[:400]
        found: dict[str, Any] = answer.get_json()
        return found

    def coverage(self, **filters: str) -> dict[str, Any]:
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        return self.json(f"/snap/{VERSION}/vn/coverage?{query}")


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with one published snapshot, shared by tests that only read."""
    folder = tmp_path_factory.mktemp("web-state")
    write_snapshot(settings_for(folder).snapshot_dir, Recipe(version=VERSION))
    return folder


@pytest.fixture(scope="session")
def site(state: Path) -> Iterator[Site]:
    made = _site(deps_for(settings_for(state)))
    yield made
    live_hub(made.app).close()


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """A site of the test's own, in a folder of its own; `recipe` is published first, settings of `web` are changed."""
    sites: list[Site] = []

    def make(recipe: Recipe | None = None, **web: object) -> Site:
        settings = settings_for(tmp_path / str(len(sites)), **web)
        if recipe is not None:
            write_snapshot(settings.snapshot_dir, recipe)
        sites.append(_site(deps_for(settings)))
        return sites[-1]

    yield make
    for made in sites:
        live_hub(made.app).close()


def _site(deps: DashboardDeps) -> Site:
    app = create_app(deps)
    return Site(app=app, client=app.server.test_client(), deps=deps, folder=deps.settings.snapshot_dir)


@pytest.fixture(scope="session")
def readings(state: Path) -> Readings:
    return Readings(Snapshots(settings_for(state).snapshot_dir))


def components(value: object) -> Iterator[dict[str, Any]]:
    """Every component in an answer, from the outside in."""
    if isinstance(value, dict):
        if "namespace" in value and "props" in value:
            yield value
        for child in value.values():
            yield from components(child)
    elif isinstance(value, list):
        for child in value:
            yield from components(child)


def text_of(value: object) -> str:
    """What a reader sees of a component: the words of it and of everything in it."""
    if isinstance(value, dict):
        return text_of(value.get("props", {}).get("children"))
    if isinstance(value, list):
        return " ".join(text_of(child) for child in value)
    return "" if value is None else str(value)
