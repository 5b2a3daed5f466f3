"""Serve the dashboard with gunicorn, started from our own code: no command line, no file beside the state folder."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, cast

import flask
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from dashboard.deps import DashboardDeps
from dashboard.factory import create_app, live_hub
from dashboard.live import LiveHub
from dashboard.observed import forget_worker, share_counts
from settings import Settings

GRACEFUL_SECONDS = 2
USAGE_ERROR = 2


class QuietLogger(Logger):
    """Errors only. Nothing of a request is written: addresses of readers are nobody's business."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.setLevel(logging.WARNING)
        # To the root, which writes every line in one format.
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.access_log.disabled = True


class Server(BaseApplication):
    """gunicorn with `options` by name, on what `build` gives in each worker."""

    def __init__(self, options: dict[str, Any], build: Callable[[], Callable[..., object]]) -> None:
        self._options = options
        self._build = build
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    # gunicorn has no types: what its own class never returns is not what a server may return.
    def load(self) -> Any:  # noqa: ANN401
        return self._build()


def serve(settings: Settings, deps_factory: Callable[[], DashboardDeps]) -> None:
    """Serve until SIGTERM or SIGINT. Exits with 2 and one line on standard error where the port is taken.

    `deps_factory` runs in each worker, after the fork: DuckDB, sockets and threads do not survive one.
    """
    _refuse_taken_port(settings.web.host, settings.web.port)
    state = settings.state
    state.mkdir(parents=True, exist_ok=True)
    with _counts(state):
        Server(options_of(settings, state), lambda: _worker(deps_factory)).run()


@contextmanager
def _counts(state: Path) -> Iterator[None]:
    """Where the workers count, in memory where there is such a folder: each request writes there, through pages of the
    file in memory, and a disk that is busy would hold up that write and with it the whole process."""
    first, folder = os.getpid(), Path(tempfile.mkdtemp(prefix="mcc-metrics-", dir=_memory_folder() or state))
    share_counts(folder)
    try:
        yield
    finally:
        # Workers leave by the same way.
        if os.getpid() == first:
            shutil.rmtree(folder, ignore_errors=True)


def _worker(deps_factory: Callable[[], DashboardDeps]) -> flask.Flask:
    app = create_app(deps_factory())
    live_hub(app).start()
    server: flask.Flask = app.server
    # Half a second, before the first reader asks for a site instead of while they wait.
    server.extensions["gazetteer"].warm()
    return server


def options_of(settings: Settings, state: Path) -> dict[str, Any]:
    """What gunicorn is told; `state` takes what it must write where memory cannot."""
    web = settings.web
    return {
        "bind": f"{web.host}:{web.port}",
        "workers": web.workers,
        "threads": web.threads,
        "worker_class": "gthread",
        "graceful_timeout": GRACEFUL_SECONDS,
        "timeout": 60,
        "keepalive": 15,
        "preload_app": False,
        "accesslog": None,
        "errorlog": "-",
        "logger_class": QuietLogger,
        "proc_name": "response-centre-web",
        # It would lie in the reader's home or runtime folder; all that we write lies below the state folder.
        "control_socket_disable": True,
        "worker_tmp_dir": _memory_folder() or str(state),
        "child_exit": _forget,
        "post_worker_init": _begin,
    }


def _memory_folder() -> str | None:
    """Heartbeat files belong in memory: on a slow disk a worker looks dead while it waits to write one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # nosec B108


def _forget(_server: object, worker: Worker) -> None:
    forget_worker(int(worker.pid))


def _begin(worker: Worker) -> None:
    _close_hub_on_signal(worker)
    # Code and words stay as long as the worker: looking through them for garbage takes 0.2 s in the midst of drawing.
    gc.collect()
    gc.freeze()


def _close_hub_on_signal(worker: Worker) -> None:
    """Streams end when the worker is told to, not at their next heartbeat: it waits for its threads."""
    hub: LiveHub = cast("flask.Flask", worker.wsgi).extensions["live_hub"]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, _first(hub.close, signal.getsignal(number)))


def _first(close: Callable[[], None], follow: Any) -> Callable[[int, FrameType | None], None]:  # noqa: ANN401
    """A signal handler that calls `close` and then the handler that was there."""

    def handle(number: int, frame: FrameType | None) -> None:
        close()
        if callable(follow):
            follow(number, frame)

    return handle


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As gunicorn binds: a port that only waits out its last connections is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = (
                f"web: cannot listen on {host} port {port}: {error.strerror}. "
                f"Stop what uses it or choose another port: MCC_WEB__PORT={port + 1 if port < 65535 else 8050}"
            )
            sys.stderr.write(message + "\n")
            raise SystemExit(USAGE_ERROR) from error
