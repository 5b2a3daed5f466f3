"""The application in this process on a synthetic snapshot and a real registry for who may see what; no Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient

from campaign.access import Grant
from dashboard.deps import DashboardDeps
from dashboard.factory import create_app, live_hub
from dashboard.readings import Readings
from operations.connections import Connections
from tests.support.databases import database
from tests.support.signed_in import SESSION, signed_in
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
    registry: str

    def as_(self, *grants: Grant) -> FlaskClient:
        """A browser of its own, of somebody who holds these roles."""
        return self.with_token(signed_in(self.registry, grants))

    def close(self) -> None:
        live_hub(self.app).close()
        registry = self.deps.registry
        if isinstance(registry, Connections):
            registry.close()

    def with_token(self, token: str) -> FlaskClient:
        client = self.app.server.test_client()
        client.set_cookie(SESSION, token)
        return client

    def json(self, path: str) -> dict[str, Any]:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.get_data(as_text=True)[:400]
        found: dict[str, Any] = answer.get_json()
        return found

    def coverage(self, **filters: str) -> dict[str, Any]:
        """What the map colours and, beside it, what is the nation's: the page asks for both."""
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        nation = self.json(f"/snap/{VERSION}/vn/nation?{query}")
        return {**nation, **self.json(f"/snap/{VERSION}/vn/coverage?{query}")}


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with one published snapshot, shared by tests that only read."""
    folder = tmp_path_factory.mktemp("web-state")
    write_snapshot(settings_for(folder).snapshot_dir, Recipe(version=VERSION))
    return folder


@pytest.fixture(scope="session")
def web_registry(postgres: str) -> Iterator[str]:
    """One registry for all sites: each test makes accounts of its own."""
    with database(postgres) as url:
        yield url


@pytest.fixture(scope="session")
def site(state: Path, web_registry: str) -> Iterator[Site]:
    made = site_of(deps_for(settings_for(state, registry=web_registry)))
    yield made
    made.close()


@pytest.fixture
def make_site(tmp_path: Path, web_registry: str) -> Iterator[Callable[..., Site]]:
    """A site of the test's own, in a folder of its own; `recipe` is published first, settings of `web` are changed.
    `deps`: what is handed over instead of the usual."""
    sites: list[Site] = []

    def make(recipe: Recipe | None = None, deps: dict[str, Any] | None = None, **web: object) -> Site:
        settings = settings_for(tmp_path / str(len(sites)), registry=web_registry, **web)
        if recipe is not None:
            write_snapshot(settings.snapshot_dir, recipe)
        sites.append(site_of(replace(deps_for(settings), **(deps or {}))))
        return sites[-1]

    yield make
    for made in sites:
        made.close()


def site_of(deps: DashboardDeps) -> Site:
    """Its client is signed in as somebody who may look at everything."""
    app = create_app(deps)
    url = deps.settings.registry.url
    client = app.server.test_client()
    client.set_cookie(SESSION, signed_in(url))
    return Site(app=app, client=client, deps=deps, folder=deps.settings.snapshot_dir, registry=url)


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
