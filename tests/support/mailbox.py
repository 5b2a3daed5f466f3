"""A mail server on loopback that speaks enough SMTP (RFC 5321) to take a message, and keeps what it took."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from tests.support.hook import LOOK_SECONDS


@dataclass
class Mailbox:
    """`refuse`: part of an address for which it answers 550. `fail`: it answers 451 to every message while set."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list[EmailMessage])
    refuse: str = ""
    fail: bool = False
    farewell: str = "221 bye"


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box = cast("_Server", self.server).box
        self._say("220 loopback")
        while line := self.rfile.readline():
            verb = line.decode().strip().upper()
            if verb.startswith("QUIT"):
                self._say(box.farewell)
                return
            if verb.startswith("RCPT") and box.refuse and box.refuse.upper() in verb:
                self._say("550 no such address")
            elif verb == "DATA":
                self._say("451 not now" if box.fail else "354 go on")
                if not box.fail:
                    box.mails.append(self._message())
                    self._say("250 kept")
            else:
                self._say("250 yes")

    def _message(self) -> EmailMessage:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return cast("EmailMessage", message_from_bytes(b"".join(lines), policy=policy.default))

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, box: Mailbox) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.box = box


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    box = Mailbox()
    with _Server(box) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(LOOK_SECONDS,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
