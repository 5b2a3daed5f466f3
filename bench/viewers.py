"""Many viewers at once, over real connections: each holds the live stream, changes a filter at its own times whether or
not earlier answers have come, and asks for what the page asks for when a version is published."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
import urllib.parse
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

TIMEOUT_SECONDS = 30.0
# A browser goes on reading a stream that says nothing for as long; heartbeats come every 15 s.
SILENT_SECONDS = 45.0
METRICS = ("dose1", "full", "doses7", "daily", "gap_dose1", "gap_full", "left")
GROUPS = ("18plus", "all", "65plus")
LANGUAGES = ("vi", "en")
THEMES = ("light", "dark")
SIZES = ("phone", "desk", "wall")
GRAINS = ("63", "34")
# What a reader changes, one at a time; language, theme and size of the screen are those of their browser.
TURNED = ("metric", "group", "denominator", "grain")
# What the first page fetches for a new version: these in one answer (dashboard/assets/coverage.js, board.js), then what
# stands above the map (first-screen.js).
PARTS = ("coverage", "nation", "frame")
ABOVE = ("first",)
EVERY = ("metric", "group", "denominator", "lang", "theme", "size", "grain")
# What each of them depends on: a change of anything else does not ask for it.
OWN = {"coverage": EVERY, "nation": EVERY[1:], "frame": ("lang",), "first": ("denominator", "lang")}
# Answers that a page keeps by itself (dashboard/assets/board.js).
KEPT = 24

Filters = dict[str, str]
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Who looks. cookies: of as many sessions as there are viewers; first: the version and key that stand when they
    come; change_every: seconds between two changes of one viewer's filters; poll_every: seconds between two looks of a
    viewer to whom the stream was refused; live: whether the server has a stream at all; shared: whether it answers as
    the board does, several parts in one and alike for all themes and screens."""

    url: str
    cookies: Sequence[str]
    first: tuple[int, str]
    change_every: float
    poll_every: float
    live: bool = True
    shared: bool = True

    @property
    def host(self) -> str:
        return urllib.parse.urlsplit(self.url).hostname or "127.0.0.1"

    @property
    def port(self) -> int:
        return urllib.parse.urlsplit(self.url).port or 80


@dataclass(slots=True)
class Tally:
    """What all viewers met together. Waits are seconds: `filters` from the moment at which a change was due to the last
    byte of its answer, `news` from the publication to the last byte of what the page then asks for. `remembered` are
    changes to what the page still had, which ask for nothing and are in no wait."""

    filters: list[float] = field(default_factory=list[float])
    news: list[float] = field(default_factory=list[float])
    errors: dict[str, int] = field(default_factory=dict[str, int])
    remembered: int = 0
    refused_streams: int = 0
    missed_versions: int = 0
    combinations: set[str] = field(default_factory=set[str])
    bytes_received: int = 0

    def fail(self, kind: str) -> None:
        self.errors[kind] = self.errors.get(kind, 0) + 1


def combinations(denominators: Sequence[str]) -> list[Filters]:
    """Every combination of the first page's filters, for each version of the population that the snapshot has."""
    every = product(METRICS, GROUPS, denominators, LANGUAGES, THEMES, SIZES, GRAINS)
    return [dict(zip(EVERY, values, strict=True)) for values in every]


class Viewers:
    """A crowd on one page. `published`: wall time at which each version was pointed to, filled while they look."""

    def __init__(self, crowd: Crowd, filters: Sequence[Filters], *, seed: int) -> None:
        self.crowd = crowd
        self.filters = filters
        self.published: dict[int, float] = {}
        self.tally = Tally()
        self._dice = random.Random(seed)  # noqa: S311  # nosec B311
        self._all: list[_Viewer] = []

    async def look(self, seconds: float) -> None:
        """Until `seconds` have passed; answers that are still awaited then are waited for."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        self._all = [_Viewer(self, cookie, random.Random(self._dice.random())) for cookie in self.crowd.cookies]  # noqa: S311  # nosec B311
        await asyncio.gather(*(viewer.look(began, began + seconds) for viewer in self._all))
        self.tally.missed_versions = self.missed()

    def missed(self) -> int:
        """Versions that were published and not seen, of all viewers together."""
        return sum(len(set(self.published) - viewer.seen) for viewer in self._all)


class _Viewer:
    """One browser: some connections that are kept, one of them the stream's."""

    def __init__(self, crowd: Viewers, cookie: str, dice: random.Random) -> None:
        self.all = crowd
        self.cookie = cookie
        self.dice = dice
        self.seen: set[int] = set()
        self.current = crowd.crowd.first
        self.filters = dice.choice(crowd.filters)
        self.kept: dict[str, None] = {}
        self.idle: list[Connection] = []
        self.asked: set[asyncio.Task[None]] = set()

    async def look(self, began: float, end: float) -> None:
        loop = asyncio.get_running_loop()
        crowd = self.all.crowd
        live = asyncio.create_task(self._follow(end)) if crowd.live else None
        due = began + self.dice.uniform(0, crowd.change_every)
        while due < end:
            await asyncio.sleep(max(0.0, due - loop.time()))
            self._start(self._change(due))
            due += crowd.change_every
        if live is not None:
            await live
        await asyncio.gather(*self.asked)
        for _, writer in self.idle:
            writer.close()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.asked.add(task)
        task.add_done_callback(self.asked.discard)

    async def _change(self, due: float) -> None:
        """One filter to another value that it has; what of the page depends on it is asked for."""
        values = {name: sorted({one[name] for one in self.all.filters} - {self.filters[name]}) for name in TURNED}
        name = self.dice.choice([name for name in TURNED if values[name]])
        self.filters = {**self.filters, name: self.dice.choice(values[name])}
        wanted = self._missing((*PARTS, *ABOVE))
        self.all.tally.combinations.add(json.dumps(self.filters))
        if not wanted:
            self.all.tally.remembered += 1
        elif await self._both():
            self.all.tally.filters.append(asyncio.get_running_loop().time() - due)

    async def _both(self) -> bool:
        """The map and what comes with it, and then what stands above it; whether they came."""
        return await self._fetch(self._missing(PARTS)) and await self._fetch(self._missing(ABOVE))

    def _missing(self, parts: Sequence[str]) -> dict[str, str]:
        """Of what the page does not have yet the address under which each part is kept."""
        filters = self.filters
        if self.all.crowd.shared:
            filters = {**filters, "theme": "open", "size": "open"}
        addresses = {name: self._address(name, {part: filters[part] for part in OWN[name]}) for name in parts}
        return {name: address for name, address in addresses.items() if address not in self.kept}

    def _address(self, name: str, query: Filters) -> str:
        version, key = self.current
        return f"/snap/{version}/vn/{name}?" + urllib.parse.urlencode({**query, "key": key})

    async def _fetch(self, wanted: Mapping[str, str]) -> bool:
        """Ask for parts of the page in one answer as it does, or else side by side; whether they came."""
        for address in wanted.values():
            self.kept[address] = None
        while len(self.kept) > KEPT:
            del self.kept[next(iter(self.kept))]
        addresses = list(wanted.values())
        if self.all.crowd.shared and len(wanted) > 1:
            filters = {**self.filters, "theme": "open", "size": "open"}
            query = {part: value for part, value in filters.items() if any(part in OWN[name] for name in wanted)}
            addresses = [self._address("parts", {**query, "parts": ",".join(wanted)})]
        here = all(await asyncio.gather(*(self._get(address) for address in addresses)))
        if not here:
            for address in wanted.values():
                self.kept.pop(address, None)
        return here

    async def _get(self, address: str) -> bool:
        """Whether it came; what went wrong is told."""
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                # As browsers do: a kept connection that the server has closed meanwhile is no error, a new one is.
                while self.idle:
                    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                        return await self._over(self.idle.pop(), address)
                return await self._over(await self._connect(), address)
        except TimeoutError:
            self.all.tally.fail("timeout")
        except ValueError as error:
            self.all.tally.fail(str(error))
        except (OSError, asyncio.IncompleteReadError) as error:
            self.all.tally.fail(type(error).__name__)
        return False

    async def _over(self, connection: Connection, address: str) -> bool:
        stays = False
        try:
            size, stays = await self._ask(connection, address)
        finally:
            if stays:
                self.idle.append(connection)
            else:
                connection[1].close()
        self.all.tally.bytes_received += size
        return True

    async def _connect(self) -> Connection:
        return await asyncio.open_connection(self.all.crowd.host, self.all.crowd.port)

    async def _ask(self, connection: Connection, address: str) -> tuple[int, bool]:
        """Bytes of the body, and whether the connection stays. ValueError for anything but 200."""
        status, headers = await self._send(connection, address, "Accept-Encoding: br, gzip\r\n")
        size = int(headers["content-length"])
        await connection[0].readexactly(size)
        if status != "200":
            raise ValueError(status)
        return size, headers.get("connection", "").lower() != "close"

    async def _send(self, connection: Connection, address: str, more: str = "") -> tuple[str, dict[str, str]]:
        reader, writer = connection
        head = f"GET {address} HTTP/1.1\r\nHost: {self.all.crowd.host}\r\nCookie: {self.cookie}\r\n{more}\r\n"
        writer.write(head.encode())
        await writer.drain()
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
        return first.split()[1], {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
        }

    async def _follow(self, end: float) -> None:
        """The stream; where it is refused, a look now and then, as dashboard/assets/live.js does."""
        loop = asyncio.get_running_loop()
        while (left := end - loop.time()) > 0:
            try:
                async with asyncio.timeout(left):
                    if await self._stream():
                        continue
                    self.all.tally.refused_streams += 1
                    await self._poll()
            except TimeoutError:
                if loop.time() < end:
                    self.all.tally.fail("silent stream")
            except (OSError, ValueError, asyncio.IncompleteReadError) as error:
                self.all.tally.fail(
                    f"broken stream: {error if isinstance(error, ValueError) else type(error).__name__}"
                )
                await asyncio.sleep(1)

    async def _stream(self) -> bool:
        """Read it until it ends; False where there was no place."""
        connection = await self._connect()
        try:
            status, _ = await self._send(connection, "/live", "Accept: text/event-stream\r\n")
            if status == "503":
                return False
            if status != "200":
                raise ValueError(status)
            event = ""
            while True:
                async with asyncio.timeout(SILENT_SECONDS):
                    line = (await connection[0].readline()).decode()
                if not line:
                    raise ValueError("the stream ended")
                if line.startswith("event: "):
                    event = line.removeprefix("event: ").strip()
                elif line.startswith("data: ") and event == "version":
                    self._take(json.loads(line.removeprefix("data: ")))
        finally:
            connection[1].close()

    async def _poll(self) -> None:
        await asyncio.sleep(self.dice.uniform(0, self.all.crowd.poll_every))
        while True:
            connection = await self._connect()
            try:
                status, headers = await self._send(connection, "/version")
                body = await connection[0].readexactly(int(headers["content-length"]))
                if status != "200":
                    raise ValueError(status)
                self._take(json.loads(body))
            finally:
                connection[1].close()
            await asyncio.sleep(self.all.crowd.poll_every)

    def _take(self, told: dict[str, Any]) -> None:
        if told["version"] is None or self.current[0] == told["version"]:
            return
        self.current = (int(told["version"]), str(told["key"]))
        self.seen.add(self.current[0])
        if self.current[0] in self.all.published:
            self._start(self._repaint(self.current[0]))

    async def _repaint(self, version: int) -> None:
        if await self._both():
            self.all.tally.news.append(time.time() - self.all.published[version])
