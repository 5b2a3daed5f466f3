"""What a process uses, as the kernel counts it. Linux only."""

from __future__ import annotations

import mmap
import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil

GIGABYTE = 1 << 30
# Read at a time.
PART = 1 << 24
TOUCH_SECONDS, LOOK_SECONDS = 5.0, 0.1
STATUS, IO, CLEAR = Path("/proc/self/status"), Path("/proc/self/io"), Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Gigabytes. peak: most resident since the last `forget_peak`, file-backed pages included, which the kernel takes
    back when it needs them; own: what is held now without those."""

    peak: float
    resident: float
    own: float


def memory() -> Memory:
    fields = dict(line.split(":", 1) for line in STATUS.read_text(encoding="ascii").splitlines())
    kilobytes = {name: int(fields[name].split()[0]) for name in ("VmHWM", "VmRSS", "RssAnon")}
    to_gb = 1024 / GIGABYTE
    return Memory(
        peak=round(kilobytes["VmHWM"] * to_gb, 3),
        resident=round(kilobytes["VmRSS"] * to_gb, 3),
        own=round(kilobytes["RssAnon"] * to_gb, 3),
    )


def forget_peak() -> None:
    """Peak memory counts from now on."""
    CLEAR.write_text("5", encoding="ascii")


def bytes_written() -> int:
    """Bytes that this process has sent towards a disk since it began."""
    fields = dict(line.split(": ", 1) for line in IO.read_text(encoding="ascii").splitlines())
    return int(fields["write_bytes"])


@dataclass(slots=True)
class Stopwatch:
    """Seconds up to each named point that a refresh passes; handed to the warehouse as its checkpoint."""

    _last: float = field(default_factory=time.perf_counter)
    seconds: dict[str, float] = field(default_factory=dict[str, float])

    def start(self) -> None:
        self.seconds.clear()
        self._last = time.perf_counter()

    def __call__(self, point: str) -> None:
        now = time.perf_counter()
        self.seconds[point] = self.seconds.get(point, 0.0) + now - self._last
        self._last = now


@contextmanager
def peak_with_children() -> Iterator[Callable[[], float]]:
    """Calling what this gives tells the most gigabytes so far: those of this process, pages of files included, and
    what the processes that it began have of their own. Looked at ten times a second."""
    over, most = Event(), [0.0]

    def look() -> None:
        while not over.wait(LOOK_SECONDS):
            most[0] = max(most[0], memory().resident + _own_of_children())

    with ThreadPoolExecutor(1) as beside:
        looking = beside.submit(look)
        try:
            yield lambda: round(max(most[0], memory().peak), 3)
        finally:
            over.set()
        looking.result()


def _own_of_children() -> float:
    """Gigabytes without pages of files. Processes that end while they are looked at count as none."""
    own = 0
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            used = child.memory_info()
            own += used.rss - used.shared
    return own / GIGABYTE


def size_mb(folder: Path) -> float:
    """Of all files below `folder`."""
    found = (Path(base) / name for base, _, names in os.walk(folder) for name in names)
    return round(sum(file.stat().st_size for file in found) / (1 << 20), 1)


def ready_memory(size: int) -> None:
    """Have `size` bytes of the system's free memory at hand, as a machine has that owns its memory.

    Some virtual machines give what nobody used for seconds back to their host, which then takes a second and more a
    gigabyte to hand it out again: neither a refresh nor any other programme can do anything about that."""
    with mmap.mmap(-1, size) as held:
        held.madvise(mmap.MADV_HUGEPAGE)
        for at in range(0, size, mmap.PAGESIZE):
            held[at] = 1


@contextmanager
def at_hand(arrays: Iterable[npt.NDArray[Any]]) -> Iterator[None]:
    """Meanwhile one byte of each page of `arrays` is read every few seconds, as if the machine owned its memory.

    Some hosts take pages back that nobody read for a minute: while a million records are written in the registry, all
    that the refresh after them looks up."""
    over = Event()
    bytes_of = [array.reshape(-1).view(np.uint8) for array in arrays]

    def read() -> None:
        while not over.wait(TOUCH_SECONDS):
            for each in bytes_of:
                each[:: mmap.PAGESIZE].max(initial=0)

    with ThreadPoolExecutor(1) as beside:
        reading = beside.submit(read)
        try:
            yield
        finally:
            over.set()
        # What it could not read is told: the figures would not be what they are said to be.
        reading.result()


def put_in_cache(file: Path) -> None:
    """Read it through, so that the system has it."""
    with file.open("rb", buffering=0) as opened:
        while opened.read(PART):
            pass


def drop_from_cache(file: Path) -> None:
    with file.open("rb") as opened:
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
