"""Signing in by a real provider on loopback: what is let in, and every way of being fooled that is not."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from joserfc.jwk import RSAKey
from psycopg.rows import dict_row
from structlog.testing import capture_logs

from campaign.access import Role
from cli.places import as_role
from dashboard.door.cookies import PROVIDER, SESSION
from operations import accounts, links
from tests.dashboard.conftest import VERSION, Site
from tests.dashboard.provider_visit import (
    BACK,
    at_provider,
    browser,
    come,
    press,
    query_of,
    secret_of,
    sent_to,
    session_of,
)
from tests.dashboard.test_door import Clock, enter
from tests.support.people import PASSWORD, add_account, grant
from tests.support.provider import Provider, elliptic, oidc_settings, running_provider
from tests.support.snapshots import Recipe

BOARD = f"/snap/{VERSION}/vn/coverage"
_numbers = itertools.count(1)
Change = Callable[[Provider], None]


@pytest.fixture
def subject() -> str:
    """Of a person of this test's own."""
    return f"subject-{next(_numbers)}"


@pytest.fixture
def provider(subject: str) -> Iterator[Provider]:
    with running_provider(lan=subject, stranger=f"{subject}-stranger") as found:
        found.redirect_uri = f"http://localhost{BACK}"
        yield found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_door(make_site: Callable[..., Site], provider: Provider, clock: Clock) -> Callable[..., Site]:
    def make(**more: object) -> Site:
        web = oidc_settings(provider, public_url="http://localhost", **more)
        deps = {"wall": clock.wall, "monotonic": clock.monotonic}
        return make_site(Recipe(version=VERSION), deps=deps, **web)

    return make


@pytest.fixture
def door(make_door: Callable[..., Site]) -> Site:
    return make_door()


@pytest.fixture
def login(web_registry: str, provider: Provider, subject: str) -> str:
    """An account with a password that is linked to the provider's `lan`."""
    name = f"by.{subject}"
    url = as_role(web_registry, "mcc_app")
    add_account(url, name, [grant(Role.VIEWER)])
    link(url, name, provider, subject)
    return name


def link(url: str, login: str, provider: Provider, subject: str, *, drop_password: bool = False) -> None:
    links.link(
        url,
        login=login,
        issuer=provider.address,
        subject=subject,
        drop_password=drop_password,
        actor="shell",
        now=datetime.now(UTC),
    )


def newest(site: Site, count: int = 1) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Rows of the audit, the newest first: actor, action, outcome, detail."""
    query = "SELECT actor, action, outcome, detail FROM operations.audit ORDER BY audit_id DESC LIMIT %s"
    with psycopg.connect(site.registry, row_factory=dict_row) as connection:
        return [tuple(row.values()) for row in connection.execute(query, [count]).fetchall()]  # type: ignore[misc]


def warned(written: list[Any]) -> list[tuple[str, int]]:
    """What the log says of it: once, and with one word."""
    return [(line["why"], line["status"]) for line in written if line["log_level"] == "warning"]


def forget(provider: Provider, clock: Clock) -> None:
    """An hour later, with a provider that behaves."""
    provider.behave()
    clock.advance(timedelta(hours=1, seconds=1))
    provider.now = clock.now.timestamp


def test_the_provider_lets_in_and_leads_where_one_wanted(door: Site, provider: Provider, login: str) -> None:
    client = browser(door, "10.9.1.1")
    page = client.get("/dang-nhap?next=/du-lieu").get_data(as_text=True)
    assert "Đăng nhập bằng tài khoản Bộ Y tế" in page
    assert provider.asked == [], "nobody is asked before somebody wants to sign in"
    address = sent_to(press(client, next="/du-lieu"))
    asked = query_of(address)
    assert asked["redirect_uri"] == f"http://localhost{BACK}"
    assert (asked["code_challenge_method"], asked["response_type"], asked["scope"]) == ("S256", "code", "openid")
    secret = secret_of(client)
    assert secret and secret not in address
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    done = client.get(at_provider(address))
    assert (done.status_code, done.headers["Location"]) == (303, "/du-lieu")
    written = {line.split("=")[0]: line for line in done.headers.getlist("Set-Cookie")}
    assert "HttpOnly" in written[SESSION] and "SameSite=Lax" in written[SESSION]
    assert "Max-Age=0" in written[PROVIDER]
    assert client.get(BOARD).status_code == 200
    assert newest(door) == [(login, "signed_in", "done", {"way": "provider"})]
    with psycopg.connect(door.registry) as connection:
        assert connection.execute("SELECT count(*) FROM operations.provider_sign_in").fetchone() == (0,)


def test_what_is_kept_meanwhile_finishes_nobodys_sign_in(door: Site, login: str) -> None:
    client = browser(door, "10.9.1.2")
    asked = query_of(sent_to(press(client)))
    with psycopg.connect(door.registry) as connection:
        kept = str(connection.execute("SELECT * FROM operations.provider_sign_in").fetchall())
    for value in (secret_of(client), asked["state"], asked["nonce"], asked["code_challenge"]):
        assert value not in kept


def test_an_account_without_a_password_is_signed_in_by_the_provider_alone(
    door: Site, provider: Provider, login: str, subject: str
) -> None:
    link(as_role(door.registry, "mcc_app"), login, provider, subject, drop_password=True)
    assert enter(browser(door, "10.9.1.3"), login).status_code == 403
    client = browser(door, "10.9.1.3")
    assert come(client).status_code == 303
    page = client.get("/tai-khoan").get_data(as_text=True)
    assert login in page
    assert 'name="current"' not in page


def test_roles_come_from_here_whatever_the_provider_says(door: Site, provider: Provider, login: str) -> None:
    provider.claims = {"roles": ["administrator"], "groups": ["administrator"], "preferred_username": "root"}
    client = browser(door, "10.9.1.4")
    assert come(client).status_code == 303
    assert client.get("/nhat-ky").status_code == 403
    assert login in client.get("/tai-khoan").get_data(as_text=True)


def test_the_sessions_of_passwords_and_of_the_provider_are_of_one_kind(door: Site, login: str, clock: Clock) -> None:
    client = browser(door, "10.9.1.5")
    assert enter(client, login).status_code == 303
    before = session_of(client)
    client.post("/dang-xuat")  # forged: it has no token, and ends nothing
    other = browser(door, "10.9.1.5")
    other.set_cookie(SESSION, before)
    address = at_provider(sent_to(press(browser(door, "10.9.1.5"))))
    assert other.get(address).status_code == 403, "another browser began it"
    again = browser(door, "10.9.1.5")
    answer = press(again)
    again.set_cookie(SESSION, before)
    assert again.get(at_provider(sent_to(answer))).status_code == 303
    assert session_of(again) != before
    assert client.get(BOARD).status_code == 401, "the browser's session before is over"
    clock.advance(timedelta(minutes=61))
    assert again.get(BOARD).status_code == 401, "idle"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_whoever_is_not_linked_is_told_so_and_the_auditors_learn_whom_to_link(
    door: Site, provider: Provider, subject: str, login: str, language: str
) -> None:
    told = {"vi": "Chưa có tài khoản nào", "en": "No account in use here"}[language]
    client = browser(door, f"10.9.1.{6 + len(language)}")
    client.set_cookie("lang", language)
    # The name that the provider shows is an account's login here, and proves nothing.
    provider.claims = {"preferred_username": login, "email": login}
    refused = come(client, "stranger")
    assert refused.status_code == 403
    page = refused.get_data(as_text=True)
    assert told in page
    assert f"{subject}-stranger" not in page and login not in page
    assert not session_of(client)
    stranger = {"way": "provider", "why": "not_linked", "subject": f"{subject}-stranger"}
    assert newest(door) == [("unknown", "sign_in_failed", "refused", stranger)]


def test_a_disabled_account_is_told_as_one_that_is_not_there(door: Site, login: str) -> None:
    accounts.disable(as_role(door.registry, "mcc_app"), login=login, actor="shell", now=datetime.now(UTC))
    client = browser(door, "10.9.1.12")
    refused = come(client)
    assert refused.status_code == 403
    assert "Chưa có tài khoản nào" in refused.get_data(as_text=True)
    assert newest(door)[0][3]["why"] == "disabled"


CURVE = elliptic()
OTHER = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})


def claims(**changed: object) -> Change:
    return lambda provider: provider.claims.update(changed)


def later(**seconds: int) -> Change:
    def change(provider: Provider) -> None:
        provider.claims.update({name: int(provider.now()) + by for name, by in seconds.items()})

    return change


def signing(how: Callable[[Provider, dict[str, Any]], str]) -> Change:
    def change(provider: Provider) -> None:
        provider.sign = lambda found: how(provider, found)

    return change


def publishing(*keys: dict[str, Any]) -> Change:
    def change(provider: Provider) -> None:
        provider.published = list(keys)

    return change


def ignoring_azp(provider: Provider) -> None:
    provider.claims = {"aud": ["response-centre", "another"], "azp": None}


FORGERIES: dict[str, tuple[Change, str]] = {
    "another key under the same name": (signing(lambda p, c: p.signed(c, key=OTHER)), "signature"),
    "a name that no key has": (signing(lambda p, c: p.signed(c, kid="second")), "unknown_key"),
    "alg none": (signing(lambda p, c: p.unsigned(c)), "algorithm"),
    "the public key as a secret": (signing(lambda p, c: p.confused(c)), "algorithm"),
    "a key that the token brings": (
        signing(lambda p, c: p.signed(c, key=CURVE, alg="ES256", kid="curve", jwk=CURVE.as_dict(private=False))),
        "unknown_key",
    ),
    "a changed claim": (signing(lambda p, c: _bent(p.signed(c))), "signature"),
    "an access token": (signing(lambda p, c: p.signed(c, typ="at+jwt")), "token_type"),
    "no token at all": (signing(lambda p, c: "a.b"), "malformed"),
    "letters": (signing(lambda p, c: "\u0111.\u0111.\u0111"), "malformed"),
    "another audience": (claims(aud="another"), "claim_aud"),
    "two audiences and no party": (ignoring_azp, "claim_azp"),
    "another party": (claims(azp="another"), "claim_azp"),
    "another issuer": (claims(iss="https://other.example"), "claim_iss"),
    "another nonce": (claims(nonce="x" * 43), "claim_nonce"),
    "no nonce": (claims(nonce=None), "claim_nonce"),
    "expired": (later(exp=-61), "expired"),
    "expires never": (claims(exp=None), "claim_exp"),
    "expires at no number": (claims(exp="tomorrow"), "claim_exp"),
    "not yet": (later(nbf=3600), "claim_nbf"),
    "from the future": (later(iat=3600), "claim_iat"),
    "made long ago": (later(iat=-3600, exp=3600), "claim_iat"),
    "of another access token": (claims(at_hash="x" * 22), "claim_at_hash"),
    "nobody": (claims(sub=None), "claim_sub"),
    "an empty name": (claims(sub=""), "no_subject"),
    "a name of two lines": (claims(sub="a\nb"), "no_subject"),
    "a long name": (claims(sub="a" * 256), "no_subject"),
    "a number as a name": (claims(sub=7), "claim_sub"),
    "a key for ciphers": (lambda p: p.published[0].update(use="enc"), "unknown_key"),
    "no keys": (publishing(), "unknown_key"),
    "odd keys": (publishing({"kty": "RSA", "kid": "first"}, {"kid": "first"}), "unknown_key"),
    "a short key": (publishing({"kty": "RSA", "kid": "first", "n": "sXch", "e": "AQAB"}), "unknown_key"),
}


def _bent(token: str) -> str:
    head, body, signature = token.split(".")
    return f"{head}.{body[:-2]}{'AA' if not body.endswith('AA') else 'BB'}.{signature}"


def test_a_token_that_proves_nothing_lets_nobody_in(
    door: Site, provider: Provider, login: str, subject: str, clock: Clock
) -> None:
    """All in one place, as each takes its seconds. Between them the centre forgets what it kept of the provider."""
    wrong: dict[str, object] = {}
    for number, (forgery, (change, why)) in enumerate(FORGERIES.items()):
        forget(provider, clock)
        change(provider)
        client = browser(door, f"10.9.2.{number}")
        back = at_provider(sent_to(press(client)))
        with capture_logs() as written:
            refused = client.get(back)
        page = refused.get_data(as_text=True)
        row = ("unknown", "sign_in_failed", "refused", {"way": "provider", "why": why})
        leaks = [
            secret
            for secret in (query_of(back)["code"], query_of(back)["state"], subject, "eyJ")
            if secret in page + str(written)
        ]
        found = (refused.status_code, session_of(client), warned(written), newest(door), leaks)
        if found != (403, "", [(why, 403)], [row], []) or "Không xác minh được câu trả lời" not in page:
            wrong[forgery] = found
    assert not wrong
    forget(provider, clock)
    assert come(browser(door, "10.9.2.99")).status_code == 303, "and what proves something does"


def closed(provider: Provider) -> None:
    provider.metadata = {"token_endpoint": "http://127.0.0.1:1/token"}


def answering(path: str, status: int, body: bytes, **headers: str) -> Change:
    def change(provider: Provider) -> None:
        provider.instead[path] = (status, headers, body)

    return change


def describing(**changed: object) -> Change:
    return lambda provider: provider.metadata.update(changed)


WELL_KNOWN = "/.well-known/openid-configuration"
TROUBLES: dict[str, tuple[Change, int, str]] = {
    "away": (closed, 503, "unreachable"),
    "out of order": (answering("/token", 500, b"{}"), 503, "status"),
    "busy by its own word": (
        answering("/token", 400, b'{"error": "temporarily_unavailable"}'),
        503,
        "provider_temporarily_unavailable",
    ),
    "a page instead of a token": (answering("/token", 200, b"<html>"), 502, "no_json"),
    "a list instead of a token": (answering("/token", 200, b"[1]"), 502, "no_json"),
    "sends the code elsewhere": (answering("/token", 307, b"", Location="http://127.0.0.1:1/"), 502, "no_json"),
    "endless": (answering("/token", 200, b"x" * 400_000), 502, "too_long"),
    "breaks off": (answering("/token", 200, b"{", **{"Content-Length": "100"}), 503, "broke_off"),
    "odd numbers": (
        answering("/token", 200, b'{"access_token": "a", "expires_in": "soon", "id_token": "b"}'),
        502,
        "no_json",
    ),
    "keys that are none": (answering("/keys", 200, b'{"keys": 7}'), 502, "no_keys"),
    "no keys to be had": (answering("/keys", 404, b""), 502, "status"),
}


def test_a_provider_that_does_not_do_its_part_is_named_as_such_and_passwords_go_on(
    door: Site, provider: Provider, login: str, clock: Clock
) -> None:
    wrong: dict[str, object] = {}
    for number, (trouble, (change, status, why)) in enumerate(TROUBLES.items()):
        forget(provider, clock)
        change(provider)
        client = browser(door, f"10.9.3.{number}")
        back = at_provider(sent_to(press(client)))
        with capture_logs() as written:
            refused = client.get(back)
        page = refused.get_data(as_text=True)
        found = (refused.status_code, "Retry-After" in refused.headers, warned(written), session_of(client))
        if found != (status, status == 503, [(why, status)], "") or query_of(back)["code"] in str(written) + page:
            wrong[trouble] = found
        assert "Chưa đăng nhập được bằng tài khoản Bộ Y tế" in page
        assert enter(client, login).status_code == 303
    assert not wrong


UNREADY: dict[str, tuple[Change, int, str]] = {
    "not there": (answering(WELL_KNOWN, 404, b""), 502, "status"),
    "out of order": (answering(WELL_KNOWN, 503, b""), 503, "status"),
    "a page": (answering(WELL_KNOWN, 200, b"<html>"), 502, "no_json"),
    "of another issuer": (describing(issuer="https://other.example"), 502, "metadata_issuer"),
    "nearly of this issuer": (lambda p: p.metadata.update(issuer=p.address + "/"), 502, "metadata_issuer"),
    "without an address": (describing(token_endpoint=None), 502, "metadata_endpoint"),
    "with a script for an address": (describing(authorization_endpoint="javascript:x"), 502, "metadata_endpoint"),
    "with a quote in an address": (describing(authorization_endpoint='http://x/"'), 502, "metadata_endpoint"),
    "without PKCE": (describing(code_challenge_methods_supported=["plain"]), 502, "no_s256"),
    "asking for certificates": (
        describing(token_endpoint_auth_methods_supported=["tls_client_auth"]),
        502,
        "client_authentication",
    ),
    "moved": (answering(WELL_KNOWN, 302, b"", Location="http://127.0.0.1:1/"), 502, "status"),
}


def test_a_provider_that_cannot_be_used_sends_nobody_anywhere(
    door: Site, provider: Provider, login: str, clock: Clock
) -> None:
    wrong: dict[str, object] = {}
    for number, (unready, (change, status, why)) in enumerate(UNREADY.items()):
        forget(provider, clock)
        change(provider)
        client = browser(door, f"10.9.4.{number}")
        with capture_logs() as written:
            refused = press(client, next="/du-lieu")
        if (refused.status_code, warned(written)) != (status, [(why, status)]):
            wrong[unready] = (refused.status_code, warned(written))
        page = refused.get_data(as_text=True)
        assert 'name="next" value="/du-lieu"' in page
        assert "http-equiv" not in page
        assert not secret_of(client)
        assert enter(client, login).status_code == 303
    assert not wrong


def test_a_slow_provider_is_given_up_and_not_asked_again_at_once(
    make_door: Callable[..., Site], provider: Provider, login: str, clock: Clock
) -> None:
    door = make_door(timeout_seconds=0.3)
    provider.delay_seconds = 1.5
    client = browser(door, "10.9.5.1")
    assert press(client).status_code == 503
    assert press(client).status_code == 503
    assert provider.asked == [f"GET {WELL_KNOWN}"]
    assert enter(client, login).status_code == 303
    provider.delay_seconds, provider.trickle_seconds = 0, 0.1
    clock.advance(timedelta(seconds=6))
    with capture_logs() as written:
        assert press(browser(door, "10.9.5.1")).status_code == 503
    assert warned(written) == [("slow", 503)], "each byte came in time, all of them together did not"
    provider.trickle_seconds = 0
    clock.advance(timedelta(seconds=6))
    assert come(browser(door, "10.9.5.1")).status_code == 303


def test_a_provider_that_is_not_there_at_all(make_door: Callable[..., Site], login: str) -> None:
    door = make_door(issuer="http://127.0.0.1:1")
    client = browser(door, "10.9.5.2")
    assert press(client).status_code == 503
    assert enter(client, login).status_code == 303


def test_a_state_and_a_code_are_good_once(door: Site, provider: Provider, login: str) -> None:
    client = browser(door, "10.9.6.1")
    address = sent_to(press(client))
    secret, back = secret_of(client), at_provider(address)
    assert client.get(back).status_code == 303
    # The same browser, with the cookie put back: an answer counts once.
    client.set_cookie(PROVIDER, secret)
    assert client.get(back).status_code == 403
    # A code that was used, in a sign-in of its own: the provider does not take it again.
    fresh = browser(door, "10.9.6.1")
    state = query_of(sent_to(press(fresh)))["state"]
    used = query_of(back)["code"]
    with capture_logs() as written:
        assert fresh.get(f"{BACK}?state={state}&code={used}&iss={provider.address}").status_code == 403
    assert warned(written) == [("provider_invalid_grant", 403)]
    # A code of somebody else's sign-in: its verifier is in another browser.
    victim, thief = browser(door, "10.9.6.1"), browser(door, "10.9.6.1")
    stolen = query_of(at_provider(sent_to(press(victim))))["code"]
    state = query_of(sent_to(press(thief)))["state"]
    assert thief.get(f"{BACK}?state={state}&code={stolen}&iss={provider.address}").status_code == 403
    assert not session_of(thief)


def test_an_answer_that_this_browser_did_not_ask_for_touches_nothing(
    door: Site, provider: Provider, login: str
) -> None:
    client, other = browser(door, "10.9.6.2"), browser(door, "10.9.6.2")
    back = at_provider(sent_to(press(client)))
    foreign = at_provider(sent_to(press(other)))
    for path in (foreign, BACK, f"{BACK}?code=x", f"{BACK}?state=&code=", f"{BACK}?state=\u0111", f"{back}&state=x"):
        with capture_logs() as written:
            refused = client.get(path)
        assert refused.status_code == 403
        assert warned(written) == [("state", 403)]
        assert "Hãy bấm nút để bắt đầu lại" in refused.get_data(as_text=True)
    assert client.head(back).status_code == 303, "who only looks uses nothing up"
    assert client.get(back).status_code == 303, "and the sign-in under way is still good"


def test_a_sign_in_that_took_too_long_is_begun_again(door: Site, login: str, clock: Clock) -> None:
    client = browser(door, "10.9.6.3")
    back = at_provider(sent_to(press(client)))
    clock.advance(timedelta(minutes=10, seconds=1))
    assert client.get(back).status_code == 403
    assert not session_of(client)


@pytest.mark.parametrize(
    ("parameters", "why"),
    [
        ({"iss": "https://other.example"}, "other_issuer"),
        ({"iss": None}, "no_issuer"),
        ({"code": None}, "no_code"),
        ({"code": "x" * 3000}, "no_code"),
        ({"code": None, "error": "login_required"}, "provider_login_required"),
        ({"code": None, "error": "<script>"}, "provider_other"),
    ],
)
def test_an_answer_of_another_provider_or_none_is_refused(
    door: Site, provider: Provider, login: str, parameters: dict[str, str | None], why: str
) -> None:
    provider.parameters = parameters
    client = browser(door, f"10.9.6.{100 + next(_numbers) % 100}")
    with capture_logs() as written:
        refused = come(client)
    assert refused.status_code == 403
    assert warned(written) == [(why, 403)]
    assert "<script>" not in refused.get_data(as_text=True)
    assert "POST /token" not in provider.asked


def test_whoever_says_no_at_the_provider_is_back_at_the_door(door: Site, provider: Provider) -> None:
    provider.parameters = {"code": None, "error": "access_denied"}
    refused = come(browser(door, "10.9.6.5"))
    assert refused.status_code == 403
    assert "Đã hủy đăng nhập bằng tài khoản Bộ Y tế" in refused.get_data(as_text=True)


def test_a_lock_of_the_login_holds_for_the_provider_too(door: Site, login: str) -> None:
    for number in range(5):
        assert enter(browser(door, f"10.9.7.{number}"), login, "wrong one 12").status_code == 403
    client = browser(door, "10.9.7.9")
    locked = come(client)
    assert locked.status_code == 429
    assert 0 < int(locked.headers["Retry-After"]) <= 900
    assert not session_of(client)
    assert newest(door)[0][1:3] == ("sign_in_locked", "refused")
    accounts.unlock(as_role(door.registry, "mcc_app"), login=login, actor="shell", now=datetime.now(UTC))
    assert come(browser(door, "10.9.7.10")).status_code == 303


def test_an_address_that_tries_without_end_is_made_to_wait_at_both_ends(
    make_door: Callable[..., Site], provider: Provider, login: str
) -> None:
    door = make_door()
    client = browser(door, "10.9.8.1")
    back = at_provider(sent_to(press(client)))
    for _ in range(29):
        assert client.get(f"{BACK}?state=x&code=y").status_code == 403
    assert client.get(back).status_code == 429
    assert press(client).status_code == 429
    assert "POST /token" not in provider.asked
    with psycopg.connect(door.registry) as connection:
        query = "SELECT count(*) FROM operations.audit WHERE origin = '10.9.8.1' AND action = 'sign_in_locked'"
        assert connection.execute(query).fetchone() == (1,), "once a lock, not once a try"


def test_nothing_begins_unasked(door: Site, provider: Provider) -> None:
    client = browser(door, "10.9.9.1")
    assert client.post("/dang-nhap/oidc").status_code == 403
    assert client.get("/dang-nhap/oidc").headers["Location"] == "/dang-nhap?next=%2F", "a link begins nothing"
    page = client.get("/dang-nhap")
    assert page.status_code == 200
    csrf = {"csrf": page.get_data(as_text=True).split('name="csrf" value="')[1].split('"')[0]}
    assert client.post("/dang-nhap/oidc", data=csrf, headers={"Origin": "https://evil.example"}).status_code == 403
    assert provider.asked == []


def test_the_way_back_is_the_one_that_was_agreed_upon_whatever_the_request_says(door: Site) -> None:
    client = browser(door, "10.9.9.2")
    page = client.get("/dang-nhap", headers={"Host": "evil.example"}).get_data(as_text=True)
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    visit = client.get_cookie("mcc_visit", domain="localhost") or client.get_cookie("mcc_visit", domain="evil.example")
    assert visit is not None
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Cookie": f"mcc_visit={visit.value}"}
    answer = client.post("/dang-nhap/oidc", data={"csrf": csrf, "next": "//evil.example"}, headers=headers)
    assert query_of(sent_to(answer))["redirect_uri"] == f"http://localhost{BACK}"
    assert "evil" not in sent_to(answer)


def test_without_a_provider_there_is_no_button_and_nothing_behind_it(site: Site) -> None:
    client = browser(site, "10.9.9.3")
    assert "by-provider" not in client.get("/dang-nhap").get_data(as_text=True)
    assert press(client).status_code == 404
    assert client.get(f"{BACK}?state=x&code=y").status_code == 404


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"amr": ["pwd", "otp", "mfa"]}, 303),
        ({"amr": ["pwd"]}, 403),
        ({"amr": []}, 403),
        ({"amr": "mfa-not"}, 403),
        ({}, 403),
    ],
)
def test_a_second_factor_that_is_demanded_must_be_told_by_the_provider(
    make_door: Callable[..., Site], provider: Provider, login: str, said: dict[str, object], status: int
) -> None:
    door = make_door(required_claim="amr", required_values="[mfa, hwk]")
    provider.claims = said
    answer = come(browser(door, f"10.9.10.{next(_numbers)}"))
    assert answer.status_code == status
    if status == 403:
        assert "chẳng hạn đăng nhập hai bước" in answer.get_data(as_text=True)
        assert newest(door)[0][3]["why"] == "claim_amr"


def test_a_level_that_is_demanded_is_asked_for(make_door: Callable[..., Site], provider: Provider, login: str) -> None:
    door = make_door(required_claim="acr", required_values="['urn:loa:3']", max_age_minutes=30)
    client = browser(door, "10.9.11.1")
    address = sent_to(press(client))
    assert (query_of(address)["acr_values"], query_of(address)["max_age"]) == ("urn:loa:3", "1800")
    provider.claims = {"acr": "urn:loa:1"}
    assert client.get(at_provider(address)).status_code == 403
    provider.claims = {"acr": "urn:loa:3"}
    assert come(browser(door, "10.9.11.1")).status_code == 303


@pytest.mark.parametrize(("ago", "status"), [(0, 303), (1700, 303), (2000, 403), (-3600, 403), (None, 403)])
def test_a_sign_in_there_that_is_too_old_is_not_taken(
    make_door: Callable[..., Site], provider: Provider, login: str, ago: int | None, status: int
) -> None:
    door = make_door(max_age_minutes=30)
    provider.claims = {"auth_time": None if ago is None else int(provider.now()) - ago}
    assert come(browser(door, f"10.9.12.{next(_numbers)}")).status_code == status


def test_another_claim_may_name_the_account(
    make_door: Callable[..., Site], provider: Provider, login: str, subject: str
) -> None:
    door = make_door(subject_claim="oid")
    provider.claims = {"sub": "pairwise", "oid": subject}
    assert come(browser(door, "10.9.13.1")).status_code == 303


def test_a_provider_that_changes_its_keys_is_followed(door: Site, provider: Provider, login: str, clock: Clock) -> None:
    assert come(browser(door, "10.9.14.1")).status_code == 303
    curve = elliptic()
    provider.published = [{"kty": "OKP", "kid": "odd"}, curve.as_dict(private=False)]
    provider.sign = lambda found: provider.signed(found, key=curve, alg="ES256", kid="curve")
    # Not more than every half minute, whatever name a token gives its key.
    assert come(browser(door, "10.9.14.1")).status_code == 403
    clock.advance(timedelta(seconds=31))
    assert come(browser(door, "10.9.14.1")).status_code == 303
    assert provider.asked.count(f"GET {WELL_KNOWN}") == 1


def test_a_provider_that_does_not_name_itself_in_its_answers(door: Site, provider: Provider, login: str) -> None:
    """RFC 9207 is not every provider's; one that never promised it is taken by its token alone."""
    provider.metadata = {"authorization_response_iss_parameter_supported": None}
    provider.parameters = {"iss": None}
    assert come(browser(door, "10.9.15.1")).status_code == 303


def test_a_client_without_a_secret_and_one_that_sends_it_in_the_form(
    make_door: Callable[..., Site], provider: Provider, login: str
) -> None:
    provider.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    door = make_door()
    assert come(browser(door, "10.9.16.1")).status_code == 303
    open_door = make_door(client_secret="")
    with capture_logs() as written:
        assert come(browser(open_door, "10.9.16.2")).status_code == 403
    assert "provider_invalid_client" in str(written), "this provider wants one"


def test_while_the_registry_is_down_nobody_comes_in(door: Site, login: str) -> None:
    client = browser(door, "10.9.17.1")
    back = at_provider(sent_to(press(client)))
    page = client.get("/dang-nhap").get_data(as_text=True)
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    (door.deps.settings.state / "registry-down").touch()
    assert client.get(back).status_code == 503
    assert client.post("/dang-nhap/oidc", data={"csrf": csrf}).status_code == 503
    (door.deps.settings.state / "registry-down").unlink()
    assert client.get(back).status_code == 303
    assert enter(browser(door, "10.9.17.1"), login, PASSWORD).status_code == 303
