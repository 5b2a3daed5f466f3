"""A board in use: how long viewers wait for a changed filter and for a new version, what that costs the server, and
what the same page costs where every figure is built for its request."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from bench.quantiles import quantile
from bench.viewers import Crowd, Viewers, combinations

if TYPE_CHECKING:
    from bench.screens import Screens, Seen

TIMEOUT_SECONDS = 30.0
# A page that is measured stands still for a moment before a version is published.
SETTLE_SECONDS = 1.5
# After the last version everybody is told of it, and whoever has no stream has looked twice.
LAST_SECONDS = 30.0
GIGABYTE = 1 << 30
SEED = 2021


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds between two changes of one viewer's filters, and between two versions, which come once a minute: longer
    than a viewer without a stream waits between two looks, so that nobody may miss one."""

    change: float = 10.0
    publish: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A board that answers. cookies: of sessions that may look at it, one a viewer; screens: the same, one a Chromium;
    pid: of the server's first process, 0 where it is not ours; publish: make a next version ready, and give what points
    to it; denominators: the versions of the population that its snapshot has."""

    url: str
    cookies: Sequence[str]
    screens: Sequence[str] = ()
    denominators: Sequence[str]
    poll_seconds: float = 15.0
    pace: Pace = Pace()
    pid: int = 0
    publish: Callable[[], tuple[int, Callable[[], None]]] | None = None


def bench_web(served: Served, seconds: float, *, raw: Path | None = None) -> dict[str, Any]:
    """All of `served.cookies` look for `seconds`. Milliseconds; cores are seconds of processor time a second; memory is
    the server's resident part. `raw`: a folder for every single wait. Raises RuntimeError before the first snapshot."""
    viewers = Viewers(
        Crowd(
            url=served.url,
            cookies=served.cookies,
            first=current_of(served.url, served.cookies[0]),
            change_every=served.pace.change,
            poll_every=served.poll_seconds,
        ),
        combinations(served.denominators),
        seed=SEED,
    )
    stage = _Stage(served, viewers, seconds)
    began, load = time.perf_counter(), psutil.getloadavg()[0]
    asyncio.run(stage.run())
    if raw is not None:
        raw.mkdir(parents=True, exist_ok=True)
        waits = {"filters": viewers.tally.filters, "news": viewers.tally.news, **stage.raw}
        (raw / "waits.json").write_text(json.dumps(waits), encoding="utf-8")
    return {
        "viewers": len(served.cookies),
        "seconds": round(time.perf_counter() - began, 1),
        "load_average": round(load, 1),
        "versions": len(viewers.published),
        **told(viewers),
        **stage.told(),
    }


def bench_naive(url: str, *, like: Served, seconds: float) -> dict[str, Any]:
    """As many viewers at `url`, which has no stream: filters alone."""
    crowd = Crowd(
        url=url,
        cookies=like.cookies,
        first=current_of(like.url, like.cookies[0]),
        change_every=like.pace.change,
        poll_every=like.poll_seconds,
        live=False,
        shared=False,
    )
    viewers = Viewers(crowd, combinations(like.denominators), seed=SEED)
    asyncio.run(viewers.look(seconds))
    return told(viewers)


def told(viewers: Viewers) -> dict[str, Any]:
    """What they met, without the screens."""
    tally = viewers.tally
    return {
        "filter_ms": shares(tally.filters),
        "news_ms": shares(tally.news),
        "changes": len(tally.filters),
        "remembered": tally.remembered,
        "combinations": len(tally.combinations),
        "errors": sum(tally.errors.values()) + tally.missed_versions,
        "errors_by_kind": {
            **tally.errors,
            **({"missed version": tally.missed_versions} if tally.missed_versions else {}),
        },
        "refused_streams": tally.refused_streams,
        "megabytes": round(tally.bytes_received / 1e6, 1),
    }


def shares(waits: Sequence[float]) -> dict[str, float | None]:
    """Milliseconds that half, 95 and 99 of a hundred waits do not exceed, and the longest; None where there is none."""
    ordered = sorted(waits)
    names = {"p50": 0.50, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {name: round(quantile(ordered, share) * 1000, 1) if ordered else None for name, share in names.items()}


def current_of(url: str, cookie: str) -> tuple[int, str]:
    """Version and key that viewers should have. Raises RuntimeError before the first snapshot."""
    asked = urllib.request.Request(f"{url}/version", headers={"Cookie": cookie})  # noqa: S310  # nosec B310
    with urllib.request.urlopen(asked, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310  # nosec B310
        current: dict[str, Any] = json.load(response)
    if current["version"] is None:
        raise RuntimeError("no snapshot has been published yet: nothing to ask for")
    return int(current["version"]), str(current["key"])


class _Stage:
    """What goes on beside the viewers: versions, real screens, and a look at the server's processes."""

    def __init__(self, served: Served, viewers: Viewers, seconds: float) -> None:
        self.served = served
        self.viewers = viewers
        self.seconds = seconds
        self.raw: dict[str, Any] = {}
        self._figures: dict[str, Any] = {}

    async def run(self) -> None:
        """The screens are open before the first viewer comes."""
        async with AsyncExitStack() as stack:
            screens = None
            if self.served.screens:
                # A browser is driven by a development package, which a centre in service does not have.
                from bench.screens import screens as open_screens

                screens = await stack.enter_async_context(open_screens(self.served.url, self.served.screens))
            end, pace = time.time() + self.seconds, self.served.pace
            work: list[Coroutine[Any, Any, None]] = [self.viewers.look(self.seconds), self._publish(screens, end)]
            if screens:
                work.append(screens.turn_filters(pace.change, end - pace.change))
            await asyncio.gather(*work)
            if screens:
                self._take(await screens.seen())

    async def _publish(self, screens: Screens | None, end: float) -> None:
        before, began, most = self._used(), time.monotonic(), 0.0
        pause = self.served.pace.publish
        # Those who come and those who are told do not fall on the same second.
        await asyncio.sleep(pause / 2)
        while self.served.publish and time.time() < end - min(pause, LAST_SECONDS) - SETTLE_SECONDS:
            version, point = await asyncio.to_thread(self.served.publish)
            if screens:
                await screens.expect(version)
                await asyncio.sleep(SETTLE_SECONDS)
            self.viewers.published[version] = time.time()
            await asyncio.to_thread(point)
            await asyncio.sleep(min(pause, max(0.0, end - time.time())))
            most = max(most, self._resident())
        await asyncio.sleep(max(0.0, end - time.time()))
        if self.served.pid:
            self._figures |= {
                "server_cpu_cores": round((self._used() - before) / (time.monotonic() - began), 2),
                "server_rss_gb": round(max(most, self._resident()) / GIGABYTE, 3),
            }

    def told(self) -> dict[str, Any]:
        return self._figures

    def _take(self, seen: Sequence[Seen]) -> None:
        published = self.viewers.published
        repaints = [at - published[version] for one in seen for version, at in one.repaints]
        filters = [wait for one in seen for wait in one.filters]
        steps = [[round(at - published[version], 3) for at in times] for one in seen for version, times in one.steps]
        self.raw = {"repaints": repaints, "repaint_steps": steps, "screen_filters": filters}
        self._figures |= {
            "repaint_ms": shares(repaints),
            "repaints": len(repaints),
            "screen_filter_ms": shares(filters),
            "screens_missed": sum(one.missed for one in seen),
            "first_paint_seconds": [round(one.first_paint_seconds, 2) for one in seen],
            "first_visit_megabytes": [round(one.first_megabytes, 2) for one in seen],
            "refresh_kilobytes": sorted(round(size, 1) for one in seen for size in one.refresh_kilobytes),
        }

    def _processes(self) -> list[psutil.Process]:
        if not self.served.pid:
            return []
        first = psutil.Process(self.served.pid)
        return [first, *first.children(recursive=True)]

    def _used(self) -> float:
        return sum(times.user + times.system for times in (process.cpu_times() for process in self._processes()))

    def _resident(self) -> float:
        return float(sum(process.memory_info().rss for process in self._processes()))


def wait_for(url: str, patience: float = 60.0) -> None:
    """Until the server at `url` answers. TimeoutError where it does not."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5) as response:  # noqa: S310  # nosec B310
                if response.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise TimeoutError(f"{url} never answered")
