"""A few open connections to the registry, shared by the threads of one web worker."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow

from operations.action_log import connect
from operations.audit import Verdict, verify

# A connection that rested longer is asked whether it is alive: the server may have been started anew meanwhile.
RESTED_SECONDS = 1.0
PATIENCE_SECONDS = 3.0


class RegistryUnavailable(Exception):
    """The central database does not answer; what depends on it says so, the rest goes on."""


def verify_at(url: str | None) -> Verdict:
    """The audit's chain, walked over a connection of its own. Raises RegistryUnavailable."""
    if url is None:
        raise RegistryUnavailable("the embedded PostgreSQL is not running")
    try:
        with connect(url) as connection:
            return verify(connection)
    except psycopg.OperationalError as error:
        raise RegistryUnavailable((str(error).splitlines() or ["no answer"])[0]) from error


class Connections:
    """Call it for a transaction: committed at the end of the block, rolled back where it raises, the connection kept.

    Raises RegistryUnavailable where the registry cannot be reached, or goes away within the block, or where every
    connection is busy for seconds.
    """

    def __init__(self, url: Callable[[], str | None], *, limit: int = 8) -> None:
        self._url = url
        self._places = threading.BoundedSemaphore(limit)
        self._lock = threading.Lock()
        self._resting: list[tuple[float, str, psycopg.Connection[DictRow]]] = []

    @contextmanager
    def __call__(self) -> Iterator[psycopg.Connection[DictRow]]:
        with self.reading() as connection, connection.transaction():
            yield connection

    @contextmanager
    def reading(self) -> Iterator[psycopg.Connection[DictRow]]:
        """A connection for one statement that stands by itself: a transaction around it costs two ways to the server
        more, which the look at a session, made at each request, can do without. Raises as a transaction does."""
        if not self._places.acquire(timeout=PATIENCE_SECONDS):
            raise RegistryUnavailable("every connection to the registry is busy")
        try:
            url = self._url()
            if url is None:
                raise RegistryUnavailable("the embedded PostgreSQL is not running")
            try:
                with self._lent(url) as connection:
                    yield connection
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                raise RegistryUnavailable((str(error).splitlines() or ["no answer"])[0]) from error
        finally:
            self._places.release()

    @contextmanager
    def _lent(self, url: str) -> Iterator[psycopg.Connection[DictRow]]:
        """Back to rest afterwards, unless it broke: an error of the caller's own leaves it whole."""
        connection = self._alive(url)
        try:
            yield connection
        finally:
            if connection.closed or connection.info.transaction_status is not TransactionStatus.IDLE:
                connection.close()
            else:
                with self._lock:
                    self._resting.append((time.monotonic(), url, connection))

    def close(self) -> None:
        with self._lock:
            resting, self._resting = self._resting, []
        for _, _, connection in resting:
            connection.close()

    def _alive(self, url: str) -> psycopg.Connection[DictRow]:
        """The one that rested least, where it still answers; else a new one."""
        while True:
            with self._lock:
                if not self._resting:
                    break
                since, place, connection = self._resting.pop()
            rested = time.monotonic() - since > RESTED_SECONDS
            if place == url and not connection.closed and (not rested or _answers(connection)):
                return connection
            connection.close()
        fresh = connect(url)
        # A transaction is one where the block says so: what only reads at the door needs no more than its statement.
        fresh.autocommit = True
        return fresh


def _answers(connection: psycopg.Connection[DictRow]) -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True
