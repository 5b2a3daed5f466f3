"""A web server on loopback that keeps what is posted to it, and answers what it is told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

# How often a server looks whether it is to end: half a second, its own, would be waited for at the end of each test.
LOOK_SECONDS = 0.01


@dataclass(frozen=True)
class Post:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Hook:
    """`status`: what it answers. `silent`: set while it answers nothing at all."""

    url: str = ""
    status: int = 204
    posts: list[Post] = field(default_factory=list[Post])
    silent: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hook = cast("_Server", self.server).hook
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if hook.silent.is_set():
            hook.over.wait()
            return
        hook.posts.append(Post(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(hook.status)
        if 300 <= hook.status < 400:
            self.send_header("Location", f"{hook.url}/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
        """Nobody reads it."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, hook: Hook) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.hook = hook


@contextmanager
def hook_server() -> Iterator[Hook]:
    hook = Hook()
    with _Server(hook) as server:
        hook.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(LOOK_SECONDS,), daemon=True)
        thread.start()
        try:
            yield hook
        finally:
            hook.over.set()
            server.shutdown()
            thread.join()
