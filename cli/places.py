"""Where the registry and Redis are: the URLs of the settings, else the embedded servers of the state folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from registry import embedded
from settings import Settings

REMEMBERED_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Places:
    """Looked up at each use, because an embedded server may come and go while a process lives."""

    settings: Settings

    @property
    def postgres_dir(self) -> Path:
        return self.settings.state / "postgres"

    @property
    def valkey_dir(self) -> Path:
        return self.settings.state / "valkey"

    def owner_url(self) -> str | None:
        """Address with the owner's rights; None while the embedded server is down."""
        return self.settings.registry.url or embedded.running_url(self.postgres_dir)

    def etl_url(self) -> str | None:
        """The same database as the role that sees the feed views only."""
        url = self.owner_url()
        return as_role(url, self.settings.registry.etl_role) if url else None

    def app_url(self) -> str | None:
        """The same database as the role that the web and named persons act as: it appends to the audit, no more."""
        registry = self.settings.registry
        if registry.app_url:
            return registry.app_url
        url = self.owner_url()
        return as_role(url, registry.app_role) if url else None

    def redis_url(self) -> str | None:
        if self.settings.redis.url:
            return self.settings.redis.url
        address = self.valkey_dir / "address"
        return address.read_text(encoding="utf-8").strip() if address.exists() else None


def as_role(url: str, role: str) -> str:
    """`url`, with every statement run as `role`: works for a superuser and for any member of the role."""
    parts = urlsplit(url)
    # libpq reads %20, not "+", as a space.
    query = [*parse_qsl(parts.query), ("options", f"-c role={role}")]
    return urlunsplit(parts._replace(query=urlencode(query, quote_via=quote)))


def remembered(
    find: Callable[[], str | None],
    *,
    seconds: float = REMEMBERED_SECONDS,
    monotonic: Callable[[], float] = time.monotonic,
) -> Callable[[], str | None]:
    """`find`, asked at most once in `seconds` for as long as it finds something: it reads an embedded server's files
    and looks its process up, which a web worker would do at every request."""
    known: tuple[float, str] | None = None

    def found() -> str | None:
        nonlocal known
        now, last = monotonic(), known
        if last is not None and now - last[0] <= seconds:
            return last[1]
        url = find()
        known = None if url is None else (now, url)
        return url

    return found
