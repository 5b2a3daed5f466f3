"""`app.py refresh --once` in a process of its own, to be killed.

Forked from a process that has imported what it needs and done nothing else: a hundred of them would otherwise spend
minutes on imports. Everything a refresh opens, it opens itself.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType

from cli.main import main

_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(["cli.parts", "tests.support.refresher"])


class Refresh:
    """A running refresh. Use as a context manager, or wait for it."""

    def __init__(self, url: str, state: Path, *, kill_at: str = "") -> None:
        """`kill_at`: the named point at which it kills itself."""
        environ = {"MCC_REGISTRY__URL": url, "MCC_FAULTS__KILL_AT": kill_at}
        ours, theirs = _FORKED.Pipe(duplex=False)
        self._process = _FORKED.Process(target=_refresh, args=(state, environ, theirs))
        self._process.start()
        theirs.close()
        self._told = os.fdopen(os.dup(ours.fileno()), encoding="utf-8")
        ours.close()

    def __enter__(self) -> Refresh:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self.wait()

    def until_told(self, text: str) -> None:
        """Raises AssertionError where it ends without having said so."""
        for line in self._told:
            if text in line:
                return
        raise AssertionError(f"the refresh never said {text!r}")

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> int:
        """Its exit code; that of a process killed is -9. What it said on standard error is lost."""
        if not self._told.closed:
            self.rest()
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode

    def rest(self) -> str:
        """What it goes on to say until it ends."""
        with self._told:
            return self._told.read()


def refresh(url: str, state: Path, *, kill_at: str = "") -> int:
    """One refresh to its end. Raises AssertionError, with what it said, where it fails of itself."""
    with Refresh(url, state, kill_at=kill_at) as running:
        told = running.rest()
        code = running.wait()
    assert code in (0, -signal.SIGKILL), told
    return code


def _refresh(state: Path, environ: Mapping[str, str], told: Connection) -> None:
    os.environ.update(environ)
    os.dup2(told.fileno(), sys.stderr.fileno())
    told.close()
    sys.exit(main(["refresh", "--once", "--state", str(state)]))
