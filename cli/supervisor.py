"""Start the parts, keep them running, stop them all. Whatever dies is started again; whatever started is stopped."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import structlog

from cli import valkey
from cli.places import Places
from registry import embedded

log = structlog.get_logger(__name__)
LOOK_SECONDS = 0.5
STOP_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 30.0
PR_SET_PDEATHSIG = 1


class AlreadyRunning(Exception):
    """Another copy runs on the same state folder."""


@dataclass(slots=True)
class Part:
    """One child process. `pause` grows with each death, so that a part that cannot start does not spin."""

    name: str
    spawn: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes] | None = None
    pause: float = 0.0
    start_at: float = 0.0
    started_at: float = 0.0
    wanted: bool = True


@dataclass(slots=True)
class Supervisor:
    """Holds `state`/run.lock while it runs. Parts stop in the reverse order of their start."""

    places: Places
    parts: list[Part] = field(default_factory=list)
    _lock: IO[str] | None = None
    _stopping: bool = False

    def hold(self) -> None:
        """Raises AlreadyRunning where another copy holds this state folder."""
        state = self.places.settings.state
        state.mkdir(parents=True, exist_ok=True)
        handle = (state / "run.lock").open("a+")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.seek(0)
            holder = handle.read().strip() or "?"
            handle.close()
            raise AlreadyRunning(
                f"another copy already runs on this state folder (process {holder}): stop it, or use --state DIR"
            ) from error
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        self._lock = handle

    def add_app(self, name: str, arguments: Sequence[str]) -> Part:
        """A part that is this programme with another command; its log is in `state`/logs."""
        part = Part(name=name, spawn=lambda: _app(self.places, name, arguments))
        self.parts.append(part)
        return part

    def start_servers(self) -> str:
        """Embedded PostgreSQL and Valkey, where no URL replaces them. Returns the registry's address."""
        settings = self.places.settings
        if not settings.redis.url:
            self.parts.insert(
                0, Part(name="valkey", spawn=lambda: valkey.start(self.places.valkey_dir, prepare=_die_with_parent))
            )
            self._look_at(self.parts[0])
        if settings.registry.url:
            return settings.registry.url
        return embedded.start(self.places.postgres_dir).url

    def run(self, *, announce: Callable[[], None]) -> None:
        """Until SIGINT or SIGTERM. `announce` is called once, when everything has been started."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        for part in self.parts:
            self._look_at(part)
        announce()
        while not self._stopping:
            time.sleep(LOOK_SECONDS)
            self._look_at_postgres()
            for part in self.parts:
                self._look_at(part)

    def stop(self) -> None:
        """End every part, the youngest first, and the embedded database last. Nothing is left behind."""
        running = [part.process for part in reversed(self.parts) if part.process and part.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                # The whole session: a worker of the web must not outlive its arbiter.
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if not self.places.settings.registry.url:
            embedded.stop(self.places.postgres_dir)
        if self._lock is not None:
            self._lock.close()

    def _stop(self, _signal: int, _frame: object) -> None:
        self._stopping = True

    def _look_at(self, part: Part) -> None:
        if part.process is not None and part.process.poll() is not None:
            code = part.process.returncode
            part.process = None
            if code == 0 and part.name == "demo":
                part.wanted = False
                return
            lived = time.monotonic() - part.started_at
            part.pause = 0.0 if lived > LONGEST_PAUSE_SECONDS else min(part.pause * 2 + 1, LONGEST_PAUSE_SECONDS)
            part.start_at = time.monotonic() + part.pause
            log.warning("part stopped", part=part.name, code=code, again_in_seconds=part.pause)
        if part.process is None and part.wanted and time.monotonic() >= part.start_at:
            part.process = part.spawn()
            part.started_at = time.monotonic()

    def _look_at_postgres(self) -> None:
        if self.places.owner_url() is not None:
            return
        log.warning("embedded PostgreSQL is down: starting it again")
        try:
            embedded.start(self.places.postgres_dir)
        except RuntimeError as error:
            log.warning("embedded PostgreSQL did not start", reason=str(error))


def _app(places: Places, name: str, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    settings = places.settings
    logs = settings.state / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    app = Path(__file__).resolve().parent.parent / "app.py"
    with (logs / f"{name}.log").open("ab") as output:
        return subprocess.Popen(
            [sys.executable, str(app), *arguments, "--state", str(settings.state)],
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - the supervisor has one thread
        )


def _die_with_parent() -> None:
    """In the child: be told to stop when the supervisor is killed outright. Linux only; elsewhere nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
