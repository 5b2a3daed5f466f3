"""Ways to tell somebody something. A channel is one method; everything that it needs is handed to it when it is made.

What speaks to the many services of others stands in a module of its own (service_channel.py)."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import smtplib
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
PERMANENT = 500


class Undelivered(Exception):
    """It did not arrive. `final`: trying again will not help. The reason names no password and no whole address."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """kind: its media type, such as application/pdf."""

    name: str
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """key: the same at each try of the same notice. `to`: an address of the channel, '' where it has but one. `at`: of
    this try. attachments: for mail alone."""

    key: str
    to: str
    subject: str
    body: str
    at: datetime
    values: Mapping[str, Any]
    attachments: tuple[Attachment, ...] = ()


class Channel(Protocol):
    @property
    def name(self) -> str: ...

    def send(self, message: Message) -> None:
        """Returns once the other side has taken it. Raises Undelivered."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """By SMTP. tls: `starttls` and `tls` check the server's certificate; `none` is for a server on this machine."""

    host: str
    port: int
    tls: Literal["starttls", "tls", "none"]
    sender: str
    user: str = ""
    password: str = ""
    timeout_seconds: float = 10.0
    ca_file: str = ""
    name: str = "email"

    def send(self, message: Message) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, message.to, message.subject
        mail["Date"] = format_datetime(message.at)
        mail["Message-ID"] = f"<{message.key}@{self.sender.rpartition('@')[2]}>"
        # Answers of machines to machines end here (RFC 3834).
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.body)
        for item in message.attachments:
            main, _, sub = item.kind.partition("/")
            mail.add_attachment(item.body, maintype=main, subtype=sub, filename=item.name)
        try:
            server = self._connect()
            try:
                server.send_message(mail, from_addr=self.sender, to_addrs=[message.to])
            finally:
                # Taken or not is known by now, whatever is said to our leaving.
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
                server.close()
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise Undelivered(f"the mail server refused the address ({code})", final=code >= PERMANENT) from error
        except smtplib.SMTPAuthenticationError as error:
            raise Undelivered(f"the mail server refused our name and password ({error.smtp_code})") from error
        except smtplib.SMTPResponseException as error:
            raise Undelivered(f"the mail server answered {error.smtp_code}") from error
        except ssl.SSLError as error:
            raise Undelivered("no secure connection to the mail server: check notices.smtp_tls and its file") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Undelivered(f"the mail server does not answer ({type(error).__name__})") from error

    def _connect(self) -> smtplib.SMTP:
        trust = ssl.create_default_context(cafile=self.ca_file or None) if self.tls != "none" else None
        if self.tls == "tls" and trust is not None:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_seconds, context=trust)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout_seconds)
        try:
            if self.tls == "starttls":
                server.starttls(context=trust)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """JSON by POST. Signed: X-MCC-Signature is sha256= and the HMAC-SHA256, under the shared secret, of
    X-MCC-Timestamp, a full stop and the body. Idempotency-Key is the notice's own. No redirect is followed."""

    url: str
    secret: str
    timeout_seconds: float = 10.0
    ca_file: str = ""
    name: str = "webhook"

    def send(self, message: Message) -> None:
        body = json.dumps(message.values, ensure_ascii=False, sort_keys=True).encode()
        stamp = str(int(message.at.timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": message.key,
            "X-MCC-Timestamp": stamp,
            "X-MCC-Signature": signature(self.secret, stamp, body),
            "User-Agent": "vaccination-response-centre",
        }
        try:
            status = self._post(body, headers)
        except ssl.SSLError as error:
            raise Undelivered("no secure connection to the webhook's server: its certificate is not good") from error
        except (OSError, http.client.HTTPException) as error:
            raise Undelivered(f"the webhook's server does not answer ({type(error).__name__})") from error
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            final = status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in AGAIN
            raise Undelivered(f"the webhook's server answered {status}", final=final)

    def _post(self, body: bytes, headers: Mapping[str, str]) -> int:
        parts = urlsplit(self.url)
        host, path = parts.hostname or "", (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if parts.scheme == "https":
            trust = ssl.create_default_context(cafile=self.ca_file or None)
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, parts.port, timeout=self.timeout_seconds, context=trust
            )
        else:
            connection = http.client.HTTPConnection(host, parts.port, timeout=self.timeout_seconds)
        try:
            connection.request("POST", path, body=body, headers=dict(headers))
            return connection.getresponse().status
        finally:
            if connection.sock is not None:
                # Not waited for: what the other side has left to say is of no use.
                with suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)
            connection.close()


def signature(secret: str, stamp: str, body: bytes) -> str:
    """What a receiver computes to know that it came from here, unchanged."""
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"
