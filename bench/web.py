"""Many viewers who change filters: how long each waits for the answer, over real connections."""

from __future__ import annotations

import asyncio
import json
import random
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from itertools import product
from typing import Any

# A person reads before changing the next filter.
PAUSE_SECONDS = (0.5, 3.5)
TIMEOUT_SECONDS = 30.0
METRICS = ("dose1", "full", "doses7", "daily", "gap_dose1", "gap_full", "left")
GROUPS = ("18plus", "all", "65plus")
LANGUAGES = ("vi", "en")
THEMES = ("light", "dark")
SIZES = ("phone", "desk", "wall")


@dataclass
class Tally:
    """What all viewers met together. `waits` are seconds from the request to the last byte."""

    waits: list[float] = field(default_factory=list)
    errors: int = 0
    bytes_received: int = 0


def bench_web(base_url: str, viewers: int, seconds: float, *, cookie: str) -> dict[str, Any]:
    """`viewers` connections for `seconds`, each asking for random combinations of filters of the current snapshot.

    cookie: of a session that may look at the board (bench/visitor.py). Gives the share of waits in milliseconds,
    requests, errors and bytes. Raises RuntimeError before the first snapshot.
    """
    current = _current(base_url, cookie)
    tally = Tally()
    started = time.perf_counter()
    asyncio.run(_all_viewers(base_url, cookie, _addresses(current), viewers, seconds, tally))
    elapsed = time.perf_counter() - started
    waits = sorted(tally.waits)
    return {
        "viewers": viewers,
        "seconds": round(elapsed, 1),
        "requests": len(waits),
        "errors": tally.errors,
        "requests_per_second": round(len(waits) / elapsed, 1),
        "p50_ms": _quantile_ms(waits, 0.50),
        "p95_ms": _quantile_ms(waits, 0.95),
        "p99_ms": _quantile_ms(waits, 0.99),
        "max_ms": _quantile_ms(waits, 1.0),
        "megabytes": round(tally.bytes_received / 1e6, 2),
    }


def _current(base_url: str, cookie: str) -> dict[str, Any]:
    asked = urllib.request.Request(f"{base_url}/version", headers={"Cookie": cookie})  # noqa: S310  # nosec B310
    with urllib.request.urlopen(asked, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310  # nosec B310
        current: dict[str, Any] = json.load(response)
    if current["version"] is None:
        raise RuntimeError("no snapshot has been published yet: nothing to ask for")
    return current


def _addresses(current: dict[str, Any]) -> list[str]:
    combinations = product(METRICS, GROUPS, LANGUAGES, THEMES, SIZES)
    names = ("metric", "group", "lang", "theme", "size")
    return [
        f"/snap/{current['version']}/vn/coverage?"
        + urllib.parse.urlencode({**dict(zip(names, values, strict=True)), "key": current["key"]})
        for values in combinations
    ]


async def _all_viewers(
    base_url: str, cookie: str, addresses: list[str], viewers: int, seconds: float, tally: Tally
) -> None:
    place = urllib.parse.urlsplit(base_url)
    end = time.perf_counter() + seconds
    await asyncio.gather(
        *(
            _viewer(
                place.hostname or "127.0.0.1",
                place.port or 80,
                cookie,
                addresses,
                end,
                random.Random(seed),  # noqa: S311  # nosec B311
                tally,
            )
            for seed in range(viewers)
        )
    )


async def _viewer(
    host: str, port: int, cookie: str, addresses: list[str], end: float, dice: random.Random, tally: Tally
) -> None:
    """One browser: keeps its connection, opens another when it was closed, pauses between two changes."""
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    await asyncio.sleep(dice.uniform(0, PAUSE_SECONDS[1]))
    while time.perf_counter() < end:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                if connection is None:
                    connection = await asyncio.open_connection(host, port)
                size, stays = await _ask(*connection, host, cookie, dice.choice(addresses))
        except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError):
            tally.errors += 1
            connection = _closed(connection)
        else:
            tally.waits.append(time.perf_counter() - started)
            tally.bytes_received += size
            if not stays:
                connection = _closed(connection)
        await asyncio.sleep(dice.uniform(*PAUSE_SECONDS))
    _closed(connection)


def _closed(connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None) -> None:
    if connection is not None:
        connection[1].close()


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, cookie: str, address: str
) -> tuple[int, bool]:
    """Bytes of the body, and whether the connection stays. ValueError for anything but 200."""
    head = f"GET {address} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nAccept-Encoding: br, gzip\r\n\r\n"
    writer.write(head.encode())
    await writer.drain()
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status, *lines = head.rstrip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    size = int(headers["content-length"])
    await reader.readexactly(size)
    if status.split()[1] != "200":
        raise ValueError(status)
    return size, headers.get("connection", "").lower() != "close"


def _quantile_ms(waits: list[float], share: float) -> float | None:
    """Of sorted waits, the one that `share` of them do not exceed; None where there are none."""
    if not waits:
        return None
    return round(waits[min(int(share * len(waits)), len(waits) - 1)] * 1000, 1)
