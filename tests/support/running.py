"""The whole response centre in its own processes, as a user starts it, on a free port and a temporary state folder."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psutil

from cli.places import Places
from settings import load
from tests.support.signed_in import cookie_of, signed_in

ROOT = Path(__file__).resolve().parents[2]
# How long a machine under load may take before we call it hung. Not a measure of speed.
SHOWN = 4_000
PATIENCE_SECONDS = 120.0
T = TypeVar("T")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(look: Callable[[], T | None], what: str) -> T:
    """The first result that is not None or False; AssertionError naming `what` if it never comes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = look()
        if found is not None and found is not False:
            return found
        time.sleep(0.2)
    raise AssertionError(f"never seen: {what}")


@dataclass
class Running:
    process: subprocess.Popen[str]
    state: Path
    port: int
    token: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def places(self) -> Places:
        return Places(load(state=self.state, environ={}))

    def get(self, path: str) -> dict[str, Any] | None:
        """JSON of a path, as somebody who may look at everything; None while it does not answer, or answers with an
        error."""
        try:
            with self.open(path) as response:
                return json.load(response)
        except (urllib.error.URLError, ConnectionError, TimeoutError, ValueError):
            return None

    def open(self, path: str) -> Any:
        """The answer itself. Raises URLError, HTTPError among them."""
        return urllib.request.urlopen(urllib.request.Request(self.url + path, headers=self._cookie()), timeout=30)

    def session(self) -> str:
        """Token of somebody who may look at everything; the registry's schema must be there."""
        if not self.token:
            self.token = signed_in(self.registry_url())
        return self.token

    def _cookie(self) -> dict[str, str]:
        """None while the registry is not ready."""
        if not self.token and self._web_answers() and (url := self.places.owner_url()):
            self.token = signed_in(url)
        return cookie_of(self.token) if self.token else {}

    def _web_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=10) as response:
                return response.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def version(self) -> int:
        found = self.get("/version")
        return int(found["version"]) if found and found.get("version") else 0

    def registry_url(self) -> str:
        """Once the web answers: the schema is there by then."""
        eventually(lambda: self.get("/version"), "the web answers")
        return eventually(self.places.owner_url, "the embedded PostgreSQL")

    def logs(self) -> str:
        return "\n".join(f"== {file.name}\n{file.read_text()[-3000:]}" for file in (self.state / "logs").glob("*.log"))


def environment(port: int, **overrides: str) -> dict[str, str]:
    return {**os.environ, "MCC_WEB__PORT": str(port), "MCC_DEMO__ENABLED": "false", **overrides}


@contextmanager
def running(state: Path, **overrides: str) -> Iterator[Running]:
    """`app.py run` until the block ends; then Ctrl-C, and every process of it is waited for."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), "run", "--state", str(state)],
        env=environment(port, **overrides),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield Running(process, state, port)
    finally:
        if process.poll() is None:
            process.terminate()
        # Shown beside a test that failed: why it did not come up stands there and nowhere else.
        for said in process.communicate(timeout=PATIENCE_SECONDS):
            print(said[-SHOWN:])


def processes_of(state: Path) -> list[str]:
    """Command lines of all living processes that mention the state folder, whoever started them."""
    found: list[str] = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or ())
        if str(state) in line and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(line)
    return found
