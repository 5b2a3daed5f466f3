"""A mail server that is one: aiosmtpd on loopback, which may refuse, answer late, or take a mail and hang up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.running import free_port


@dataclass
class Post:
    """What came, one entry a recipient. refuse: part of addresses that are answered 550. busy: 451 to each mail.
    late_seconds: before each answer to DATA. hang_up: takes the mail and closes without an answer, so many times.
    taken: called once a mail is kept, before the answer; left: once whoever sent it has the answer and takes leave."""

    port: int = 0
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list[tuple[str, EmailMessage]])
    refuse: str = ""
    busy: bool = False
    late_seconds: float = 0.0
    hang_up: int = 0
    taken: Callable[[], None] | None = None
    left: Callable[[], None] | None = None

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for found, mail in self.mails if found == address]

    @property
    def keys(self) -> set[tuple[str, str]]:
        return {(address, str(mail["Message-ID"])) for address, mail in self.mails}

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refuse and self.refuse in address:
            return "550 no such address"
        envelope.rcpt_tos.append(address)
        return "250 yes"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.busy:
            return "451 not now"
        body = envelope.content
        mail = cast("EmailMessage", message_from_bytes(body if isinstance(body, bytes) else b"", policy=policy.default))
        self.mails += [(address, mail) for address in envelope.rcpt_tos]
        if self.taken is not None:
            self.taken()
        await asyncio.sleep(self.late_seconds)
        if self.hang_up:
            self.hang_up -= 1
            transport = server.transport
            if transport is not None:
                transport.abort()
        return "250 kept"

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:
        if self.left is not None:
            self.left()
        return "221 bye"


@contextmanager
def post_office() -> Iterator[Post]:
    post = Post(port=free_port())
    server = Controller(post, hostname="127.0.0.1", port=post.port)
    server.start()
    try:
        yield post
    finally:
        server.stop()
