"""Signing in by the provider: a browser is sent there with a secret of its own, and comes back with proof who it is.

The secret is in that browser alone, in a cookie. State, nonce and verifier of PKCE are derived from it, so that nobody
who reads the registry, an address or a token can finish what this browser began. All instants are wall time.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from psycopg.rows import DictRow

from operations.accounts import login_hash
from operations.audit import Author, append
from operations.provider import ProviderTrouble, Said
from operations.provider_client import ProviderClient, refused_by_provider
from operations.provider_token import proven_subject
from operations.sessions import TOKEN_BYTES, Connect, Limits, SignedIn, as_account, open_session, token_hash
from operations.sign_in import TurnedAway, address_wait, count_try, login_wait, refuse_try, try_passed

# To find a password, a telephone and a code at the provider.
UNDER_WAY = timedelta(minutes=10)
LONGEST = 2048
BEGIN = "INSERT INTO operations.provider_sign_in (secret_hash, next_path, began_at, expires_at) VALUES (%s, %s, %s, %s)"
FORGET = "DELETE FROM operations.provider_sign_in WHERE expires_at < %s"
# Whoever comes second finds nothing.
CLAIM = "DELETE FROM operations.provider_sign_in WHERE secret_hash = %s RETURNING next_path, began_at, expires_at"
LINKED = (
    "SELECT account_id, login, disabled_at FROM operations.account WHERE provider_issuer = %s AND provider_subject = %s"
)
WAY = "provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """`secret` goes into the browser's cookie, `address` is where the browser goes."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the browser brought back in the address, as it is: anybody may have written it. None where it is missing."""

    state: str | None
    code: str | None
    error: str | None
    issuer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameIn:
    signed: SignedIn
    next_path: str


def begin(
    connect: Connect, client: ProviderClient, limits: Limits, *, next_path: str, author: Author, now: datetime
) -> Begun | TurnedAway:
    """Counted as a try of its address, so that nobody fills the registry by beginning. Raises ProviderTrouble."""
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    wait = _wait(connect, limits, token_hash(secret), author, now)[1]
    if wait is not None:
        return TurnedAway(wait=wait)
    # Before anything is kept, and outside of any transaction: it may take as long as the provider takes.
    address = client.authorization_url(
        state=_derived(secret, "state"), nonce=_derived(secret, "nonce"), verifier=_derived(secret, "verifier")
    )
    with connect() as connection:
        connection.execute(FORGET, [now])
        connection.execute(BEGIN, [token_hash(secret), next_path, now, now + UNDER_WAY])
    return Begun(secret=secret, address=address)


def finish(
    connect: Connect,
    client: ProviderClient,
    limits: Limits,
    *,
    secret: str,
    answer: Answer,
    author: Author,
    now: datetime,
    replaces: str = "",
) -> CameIn | TurnedAway:
    """Once for each beginning. Raises ProviderTrouble; whom it refuses is in the audit by then.

    `secret`: of the browser's cookie; `replaces`: token of the session that this browser had.
    """
    try_id, wait = _wait(connect, limits, token_hash(secret), author, now)
    if wait is not None:
        return TurnedAway(wait=wait)
    next_path = _claim(connect, secret, answer.state, now)
    try:
        subject = _subject(client, secret, answer, now)
        return _come_in(
            connect,
            client.provider.issuer,
            subject,
            limits,
            next_path=next_path,
            try_id=try_id,
            author=author,
            now=now,
            replaces=replaces,
        )
    except ProviderTrouble as trouble:
        if trouble.audited:
            detail = {"way": WAY, "why": trouble.why} | ({"subject": trouble.subject} if trouble.subject else {})
            with connect() as connection:
                who = as_account(author, "unknown", None)
                append(connection, who, "sign_in_failed", "session", detail=detail, refused=True)
        raise


def _wait(connect: Connect, limits: Limits, key: bytes, author: Author, now: datetime) -> tuple[int, timedelta | None]:
    """Counted before anything is looked at, as a password is; how long until a next try from there is."""
    try_id = count_try(connect, key, author, now)
    with connect() as connection:
        wait = address_wait(connection, limits, author.origin, now)
        if wait is not None:
            refuse_try(connection, limits, key, author, now, try_id)
    return try_id, wait


def _derived(secret: str, use: str) -> str:
    """43 characters that tell nothing of the secret: as RFC 7636 wants a verifier."""
    return base64.urlsafe_b64encode(hmac.digest(secret.encode(), use.encode(), "sha256")).decode().rstrip("=")


def _claim(connect: Connect, secret: str, state: str | None, now: datetime) -> str:
    """Where to go afterwards. A state that is not this browser's touches nothing: another site may have sent it."""
    if not secret or state is None or not hmac.compare_digest(state.encode(), _derived(secret, "state").encode()):
        raise ProviderTrouble("state", Said.STALE)
    with connect() as connection:
        row = connection.execute(CLAIM, [token_hash(secret)]).fetchone()
    if row is None:
        raise ProviderTrouble("replayed", Said.STALE)
    # A clock that was set back makes its age unknowable.
    if not row["began_at"] <= now <= row["expires_at"]:
        raise ProviderTrouble("too_late", Said.STALE)
    return str(row["next_path"])


def _subject(client: ProviderClient, secret: str, answer: Answer, now: datetime) -> str:
    client.check_issuer(answer.issuer)
    if answer.error is not None:
        raise refused_by_provider(answer.error)
    if not answer.code or len(answer.code) > LONGEST:
        raise ProviderTrouble("no_code", Said.UNSURE)
    tokens = client.exchange(code=answer.code, verifier=_derived(secret, "verifier"))
    return proven_subject(
        tokens.id_token,
        tokens.access_token,
        provider=client.provider,
        keys=lambda again: client.keys(again=again),
        nonce=_derived(secret, "nonce"),
        now=now,
    )


def _come_in(
    connect: Connect,
    issuer: str,
    subject: str,
    limits: Limits,
    *,
    next_path: str,
    try_id: int,
    author: Author,
    now: datetime,
    replaces: str,
) -> CameIn | TurnedAway:
    with connect() as connection:
        account = connection.execute(LINKED, [issuer, subject]).fetchone()
        if account is None:
            # Told to the auditors, who may want to link it; never to whoever asks.
            raise ProviderTrouble("not_linked", Said.UNKNOWN, subject=subject)
        if account["disabled_at"] is not None:
            raise ProviderTrouble("disabled", Said.UNKNOWN, subject=subject)
        key = login_hash(account["login"])
        wait = login_wait(connection, limits, key, now, earlier=limits.failures)
        if wait is not None:
            refuse_try(connection, limits, key, author, now, try_id)
            return TurnedAway(wait=wait)
        signed = _open(connection, limits, account, try_id=try_id, author=author, now=now, replaces=replaces)
    return CameIn(signed=signed, next_path=next_path)


def _open(
    connection: psycopg.Connection[DictRow],
    limits: Limits,
    account: DictRow,
    *,
    try_id: int,
    author: Author,
    now: datetime,
    replaces: str,
) -> SignedIn:
    try_passed(connection, try_id, now)
    signed = open_session(
        connection, limits, account_id=account["account_id"], author=author, now=now, replaces=replaces
    )
    who = as_account(author, account["login"], account["account_id"])
    append(connection, who, "signed_in", "session", detail={"way": WAY})
    return signed
