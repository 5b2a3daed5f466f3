"""Whose word about an address is taken: nobody's without `access.proxies`, else that of the outermost proxy of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from campaign.access import Role
from dashboard.door.caller import address_of
from tests.dashboard.conftest import VERSION, Site
from tests.dashboard.test_door import browser, token_in
from tests.support.people import PASSWORD, grant
from tests.support.signed_in import SESSION, signed_in
from tests.support.snapshots import Recipe

PROXY = "10.9.0.1"
CLIENT = "203.0.113.7"
TRIES = 5


@pytest.fixture
def behind(make_site: Callable[..., Site]) -> Callable[..., Site]:
    def make(proxies: int, **more: object) -> Site:
        return make_site(
            Recipe(version=VERSION), access__proxies=proxies, access__address_tries=TRIES, access__failures=100, **more
        )

    return make


def origin_of(site: Site, *forwarded: str) -> str:
    """The address that the audit and the count of tries have of a sign-in that failed."""
    client = browser(site, PROXY)
    with psycopg.connect(site.registry) as connection:
        before = connection.execute("SELECT coalesce(max(audit_id), 0) FROM operations.audit").fetchone()
        guess(client, "somebody-else", forwarded)
        rows = connection.execute(
            "SELECT a.origin, (SELECT address FROM operations.sign_in_try ORDER BY try_id DESC LIMIT 1) "
            "FROM operations.audit a WHERE audit_id > %s AND action = 'sign_in_failed'",
            before,
        ).fetchall()
    assert len(rows) == 1
    assert rows[0][0] == rows[0][1]
    return str(rows[0][0])


def guess(client: FlaskClient, login: str, forwarded: tuple[str, ...], password: str = "wrong one 12") -> Any:
    headers = [("X-Forwarded-For", value) for value in forwarded]
    csrf = token_in(client.get("/dang-nhap"))
    return client.post("/dang-nhap", data={"csrf": csrf, "login": login, "password": password}, headers=headers)


HOPS: dict[int, list[tuple[tuple[str, ...], str]]] = {
    0: [((), PROXY), ((CLIENT,), PROXY), (("127.0.0.1",), PROXY)],
    1: [
        ((CLIENT,), CLIENT),
        ((f"198.51.100.1, {CLIENT}",), CLIENT),
        (("198.51.100.1", CLIENT), CLIENT),  # a second header is the same list, gone on with
        ((f"127.0.0.1, 10.0.0.1, 192.0.2.1, {CLIENT}",), CLIENT),
        ((), PROXY),
        (("2001:DB8::0007",), "2001:db8::7"),
        ((f"{CLIENT}:51234",), CLIENT),
        (("[2001:db8::7]:443",), "2001:db8::7"),
        (("::ffff:203.0.113.7",), CLIENT),
        ((f"198.51.100.1, {'x' * 3000}",), "unknown"),
        (("<script>alert(1)</script>",), "unknown"),
    ],
    2: [
        ((f"{CLIENT}, 10.8.0.1",), CLIENT),
        ((f"198.51.100.1, {CLIENT}, 10.8.0.1",), CLIENT),
        ((CLIENT,), PROXY),  # one hop where two are said: whoever wrote it is not the one we trust
    ],
}


@pytest.mark.parametrize("proxies", list(HOPS))
def test_the_address_is_the_one_that_our_outermost_proxy_saw(behind: Callable[..., Site], proxies: int) -> None:
    site = behind(proxies)
    for forwarded, believed in HOPS[proxies]:
        with psycopg.connect(site.registry, autocommit=True) as connection:
            connection.execute("DELETE FROM operations.sign_in_try")
        assert origin_of(site, *forwarded) == believed, forwarded


def tries_until_held_up(site: Site, forwarded: Callable[[int], tuple[str, ...]]) -> int:
    client = browser(site, PROXY)
    with psycopg.connect(site.registry, autocommit=True) as connection:
        connection.execute("DELETE FROM operations.sign_in_try")
    for number in range(3 * TRIES):
        if guess(client, f"guess-{number}", forwarded(number)).status_code == 429:
            return number
    return 3 * TRIES


def test_a_forged_hop_does_not_get_around_the_limit_by_address(behind: Callable[..., Site]) -> None:
    def forged(number: int) -> tuple[str, ...]:
        return (f"198.51.100.{number}",)

    assert tries_until_held_up(behind(0), forged) == TRIES, "no proxy, so the header is anybody's"
    one = behind(1)
    assert tries_until_held_up(one, lambda number: (f"198.51.100.{number}, {CLIENT}",)) == TRIES
    # Other people behind the same proxy go on.
    signed_in(one.registry, [grant(Role.VIEWER)], login="neighbour", password=PASSWORD)
    assert guess(browser(one, PROXY), "neighbour", ("203.0.113.8",), PASSWORD).status_code == 303
    assert tries_until_held_up(one, forged) == 3 * TRIES, "what the proxy itself says differs, so these are several"
    assert tries_until_held_up(behind(2), lambda number: (f"198.51.100.{number}, {CLIENT}, 10.8.0.1",)) == TRIES
    assert tries_until_held_up(behind(2), forged) == TRIES, "too few hops: counted by who is at the door"


@pytest.mark.parametrize("proxies", [0, 1, 2])
@pytest.mark.parametrize("tls", [False, True])
def test_whether_cookies_are_secure_is_a_setting_and_nobody_s_word(
    behind: Callable[..., Site], proxies: int, tls: bool
) -> None:
    site = behind(proxies, access__tls=str(tls).lower())
    for said in ("", "http", "https", "https, http", "http, https", "javascript"):
        headers = {"X-Forwarded-Proto": said, "X-Forwarded-Ssl": "on", "Front-End-Https": "on"} if said else {}
        answer = browser(site, PROXY).get("/dang-nhap", headers=headers)
        cookies = [line for line in answer.headers.getlist("Set-Cookie") if "mcc_" in line]
        assert cookies
        assert all(("Secure" in line) == tls and line.startswith("__Host-") == tls for line in cookies)
        assert ("Strict-Transport-Security" in answer.headers) == tls


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_forwarded_host_makes_no_foreign_form_ours_and_leads_nowhere(
    behind: Callable[..., Site], proxies: int
) -> None:
    site = behind(proxies)
    client = browser(site, PROXY)
    evil = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Port": "1", "X-Forwarded-Prefix": "//evil.example"}
    assert client.get("/du-lieu", headers=evil).headers["Location"] == "/dang-nhap?next=%2Fdu-lieu"
    csrf = token_in(client.get("/dang-nhap", headers=evil))
    sent = client.post(
        "/dang-nhap",
        data={"csrf": csrf, "login": "x1", "password": "y"},
        headers={**evil, "Origin": "http://evil.example"},
    )
    assert sent.status_code == 403
    assert not client.get_cookie(SESSION)


@pytest.mark.parametrize("proxies", [0, 1])
def test_metrics_are_not_opened_by_saying_that_one_is_this_machine(behind: Callable[..., Site], proxies: int) -> None:
    site = behind(proxies)
    for forwarded in ("127.0.0.1", "::1", f"{CLIENT}, 127.0.0.1"):
        answer = browser(site, PROXY).get("/metrics", headers={"X-Forwarded-For": forwarded})
        assert answer.status_code == 404


def test_an_address_has_one_form() -> None:
    assert address_of("") == "unknown"
    assert address_of("10.0.0.1") == "10.0.0.1"
    assert address_of("010.0.0.1") == "unknown"
    assert address_of("fe80::1%eth0") in {"fe80::1%eth0", "unknown"}
