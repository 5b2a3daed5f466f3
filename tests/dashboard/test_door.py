"""Coming in and going out over real requests: forms, cookies, and what is forged, replayed, old or too large."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from campaign.access import Role
from dashboard.door.addresses import safe_next
from dashboard.door.cookies import SESSION
from operations import accounts, walls
from tests.dashboard.conftest import VERSION, Site
from tests.support.people import PASSWORD, grant
from tests.support.signed_in import forgery_header, signed_in
from tests.support.snapshots import Recipe

BOARD = f"/snap/{VERSION}/vn/coverage"
Response = Any


class Clock:
    """Wall and monotonic time that a test moves."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.seconds = 1000.0

    def wall(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.seconds

    def advance(self, by: timedelta) -> None:
        self.now += by
        self.seconds += by.total_seconds()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(make_site: Callable[..., Site], clock: Clock) -> Site:
    return make_site(Recipe(version=VERSION), deps={"wall": clock.wall, "monotonic": clock.monotonic})


@pytest.fixture
def person(door: Site, request: pytest.FixtureRequest) -> str:
    """The login of an account of this test's own, who may look at everything."""
    login = re.sub(r"[^a-z0-9]+", ".", request.node.name.lower())[-40:].strip(".")
    signed_in(door.registry, [grant(Role.VIEWER)], login=login, password=PASSWORD)
    return login


def browser(site: Site, address: str = "10.1.0.1") -> FlaskClient:
    client = site.app.server.test_client()
    client.environ_base = {**client.environ_base, "REMOTE_ADDR": address}
    return client


def token_in(answer: Response) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', answer.get_data(as_text=True))
    assert found, answer.get_data(as_text=True)[:300]
    return found.group(1)


def enter(client: FlaskClient, login: str, password: str = PASSWORD, **more: str) -> Response:
    csrf = token_in(client.get("/dang-nhap"))
    return client.post("/dang-nhap", data={"csrf": csrf, "login": login, "password": password, **more})


def cookie(client: FlaskClient, name: str = SESSION) -> str:
    found = client.get_cookie(name)
    return found.value if found else ""


def test_a_stranger_is_shown_the_way_in_and_comes_back_where_he_wanted(door: Site, person: str) -> None:
    client = browser(door)
    sent = client.get("/du-lieu?lang=en")
    assert (sent.status_code, sent.headers["Location"]) == (303, "/dang-nhap?next=%2Fdu-lieu%3Flang%3Den")
    form = client.get(sent.headers["Location"])
    assert form.status_code == 200
    assert 'value="/du-lieu?lang=en"' in form.get_data(as_text=True)
    done = enter(client, person, next="/du-lieu?lang=en")
    assert (done.status_code, done.headers["Location"]) == (303, "/du-lieu?lang=en")
    [written] = [line for line in done.headers.getlist("Set-Cookie") if line.startswith(SESSION)]
    assert "HttpOnly" in written
    assert "SameSite=Lax" in written
    assert "Path=/" in written
    assert "Domain" not in written
    assert client.get("/du-lieu").status_code == 200
    assert client.get(BOARD).status_code == 200
    for path in ("/version", BOARD, "/alerts"):
        refused = browser(door).get(path)
        assert refused.status_code == 401
        assert refused.get_json()["sign_in"] == "/dang-nhap"
        assert refused.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_form_is_in_both_languages_and_has_no_script_of_its_own(door: Site, language: str) -> None:
    page = browser(door).get(f"/dang-nhap?lang={language}").get_data(as_text=True)
    assert {"vi": "Mật khẩu", "en": "Password"}[language] in page
    assert f'<html lang="{language}"' in page
    assert not re.findall(r"<script(?![^>]*\bsrc=)|\son[a-z]+=|style=", page)


def test_a_wrong_login_and_a_wrong_password_are_told_alike_and_what_was_typed_is_escaped(
    door: Site, person: str
) -> None:
    client = browser(door)
    answers = [enter(client, login, password) for login, password in ((person, "wrong one 12"), ("nobody-x", PASSWORD))]
    assert [answer.status_code for answer in answers] == [403, 403]
    texts = [re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True)) for answer in answers]
    assert texts[0] == texts[1]
    assert "không đúng" in texts[0]
    nasty = enter(client, '"><script>alert(1)</script>')
    assert "<script>alert" not in nasty.get_data(as_text=True)
    for odd in ("\x00", "a\x00b", "́" * 60, "%", "'; DROP TABLE x; --", "x" * 60_000):
        assert enter(client, odd).status_code == 403
    assert not cookie(client)


def test_five_wrong_passwords_lock_the_login_in_every_browser_and_at_every_address(
    door: Site, person: str, clock: Clock
) -> None:
    for number in range(5):
        assert enter(browser(door, f"10.2.0.{number}"), person, "wrong one 12").status_code == 403
    locked = enter(browser(door, "10.2.0.9"), person)
    assert locked.status_code == 429
    assert 0 < int(locked.headers["Retry-After"]) <= 900
    assert "15 phút" in locked.get_data(as_text=True)
    clock.advance(timedelta(minutes=16))
    assert enter(browser(door, "10.2.0.9"), person).status_code == 303


def test_an_address_that_tries_many_logins_is_held_up(door: Site, person: str) -> None:
    client = browser(door, "10.3.0.1")
    for number in range(30):
        assert enter(client, f"guess-{person}-{number}"[:60], "x").status_code == 403
    assert enter(client, person).status_code == 429
    assert enter(browser(door, "10.3.0.2"), person).status_code == 303


def test_a_form_that_was_not_handed_out_here_changes_nothing(door: Site, person: str) -> None:
    client, other = browser(door), browser(door)
    theirs = token_in(other.get("/dang-nhap"))
    mine = token_in(client.get("/dang-nhap"))
    right = {"login": person, "password": PASSWORD}
    forged: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}),
        ({"csrf": ""}, {}),
        ({"csrf": theirs}, {}),
        ({"csrf": mine}, {"Origin": "https://evil.example"}),
        ({"csrf": mine}, {"Origin": "null"}),
        ({"csrf": mine}, {"Origin": "http://["}),
        ({"csrf": mine}, {"Sec-Fetch-Site": "cross-site"}),
        ({"csrf": mine}, {"Sec-Fetch-Site": "same-site"}),
    ]
    for data, headers in forged:
        answer = client.post("/dang-nhap", data={**right, **data}, headers=headers)
        assert answer.status_code == 403
        assert not cookie(client)
    assert browser(door).post("/dang-nhap", data={**right, "csrf": mine}).status_code == 403, "without the visit"
    here = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/dang-nhap", data={**right, "csrf": mine}, headers=here).status_code == 303


def test_signing_out_ends_the_session_wherever_its_cookie_went(door: Site, person: str) -> None:
    client = browser(door)
    enter(client, person)
    stolen = cookie(client)
    account = client.get("/tai-khoan")
    assert "Người xem" in account.get_data(as_text=True)
    assert client.post("/dang-xuat").status_code == 403
    assert client.get(BOARD).status_code == 200
    out = client.post("/dang-xuat", data={"csrf": token_in(account)})
    assert (out.status_code, out.headers["Location"]) == (303, "/dang-nhap?out=1")
    assert not cookie(client)
    replayed = door.with_token(stolen)
    assert replayed.get(BOARD).status_code == 401
    assert replayed.get("/").headers["Location"].endswith("&ended=1")
    assert replayed.post("/dang-xuat", headers=forgery_header(stolen)).status_code == 303


def test_signing_in_takes_a_new_session_and_ends_the_old_one(door: Site, person: str) -> None:
    client = browser(door)
    client.set_cookie(SESSION, "chosen-by-somebody-else")
    enter(client, person)
    first = cookie(client)
    assert first != "chosen-by-somebody-else"
    assert client.get("/dang-nhap?next=/canh-bao").headers["Location"] == "/canh-bao"
    # A second window still shows the form.
    client.delete_cookie(SESSION)
    csrf = token_in(client.get("/dang-nhap"))
    client.set_cookie(SESSION, first)
    client.post("/dang-nhap", data={"csrf": csrf, "login": person, "password": PASSWORD})
    assert cookie(client) != first
    assert door.with_token(first).get(BOARD).status_code == 401


@pytest.mark.parametrize(
    "token", ["", "x", "ä" * 20, "a" * 5000, "../../etc", "';--", "\x7f", "0" * 43, '"quoted"', "a b"]
)
def test_a_forged_session_opens_nothing(door: Site, token: str) -> None:
    answer = door.app.server.test_client(use_cookies=False).get(
        BOARD, headers={"Cookie": f"{SESSION}={token}".encode("utf-8", "replace").decode("latin-1")}
    )
    assert answer.status_code == 401
    assert b"doses" not in answer.data


def test_a_session_ends_when_nobody_is_there_even_while_the_page_asks_by_itself(
    door: Site, person: str, clock: Clock
) -> None:
    client, left = browser(door), browser(door)
    enter(client, person)
    enter(left, person)
    for _ in range(7):
        clock.advance(timedelta(minutes=10))
        assert client.get("/version").status_code == 200
        away = left.get("/version", headers={"X-Reader": "away"}).status_code
    assert away == 401
    for _ in range(68):
        clock.advance(timedelta(minutes=10))
        last = client.get("/version").status_code
    assert last == 401, "after the whole life of a session"


def test_a_clock_that_jumps_ends_sessions_and_opens_none(door: Site, person: str, clock: Clock) -> None:
    for jump in (timedelta(days=400), -timedelta(minutes=5), -timedelta(days=400)):
        client = browser(door)
        enter(client, person)
        assert client.get(BOARD).status_code == 200
        clock.now += jump
        assert client.get(BOARD).status_code == 401
        clock.now -= jump
        assert client.get(BOARD).status_code == 401, "what has ended stays so"


def test_a_new_password_ends_the_other_sessions_and_the_old_password(door: Site, person: str) -> None:
    client, elsewhere = browser(door), browser(door)
    enter(client, person)
    enter(elsewhere, person)
    before = cookie(client)
    page = client.get("/tai-khoan")
    new = "another board for 63"

    def change(**fields: str) -> Response:
        sent = {"csrf": token_in(page), "current": PASSWORD, "new": new, "again": new, **fields}
        return client.post("/mat-khau", data=sent)

    told = {
        "không giống nhau": change(again="something else 99"),
        "quá ngắn": change(new="short", again="short"),
        "đơn điệu": change(new="a" * 20, again="a" * 20),
        "không đúng": change(current="wrong one 12"),
    }
    for text, answer in told.items():
        assert answer.status_code in {400, 403}
        assert text in answer.get_data(as_text=True)
    assert client.post("/mat-khau", data={"current": PASSWORD, "new": new, "again": new}).status_code == 403
    assert elsewhere.get(BOARD).status_code == 200
    assert change().headers["Location"] == "/tai-khoan?changed=1"
    assert cookie(client) != before
    assert client.get(BOARD).status_code == 200
    assert [door.with_token(before).get(BOARD).status_code, elsewhere.get(BOARD).status_code] == [401, 401]
    assert enter(browser(door), person).status_code == 403
    assert enter(browser(door), person, new).status_code == 303
    stale = client.post("/mat-khau", data={"csrf": token_in(page), "current": new, "new": PASSWORD, "again": PASSWORD})
    assert stale.status_code == 403, "a form of the session before"


def test_guessing_the_current_password_locks_like_guessing_at_the_door(door: Site, person: str) -> None:
    client = browser(door, "10.4.0.1")
    enter(client, person)
    page = client.get("/tai-khoan")
    wrong = {"csrf": token_in(page), "current": "wrong one 12", "new": "another board 63", "again": "another board 63"}
    codes = [client.post("/mat-khau", data=wrong).status_code for _ in range(6)]
    assert codes == [403] * 5 + [429]
    assert enter(browser(door, "10.4.0.2"), person).status_code == 429


def test_what_is_too_large_is_refused_unread(door: Site, person: str) -> None:
    client = browser(door)
    csrf = token_in(client.get("/dang-nhap"))
    large = {"csrf": csrf, "login": person, "password": "x" * 200_000}
    assert client.post("/dang-nhap", data=large).status_code == 413
    many = "&".join(f"f{number}=1" for number in range(20_000))
    assert client.post("/dang-nhap", data=many, content_type="application/x-www-form-urlencoded").status_code == 413
    token = signed_in(door.registry)
    body = b'{"output":"' + b"x" * 200_000 + b'"}'
    answer = door.with_token(token).post(
        "/_dash-update-component", data=body, content_type="application/json", headers=forgery_header(token)
    )
    assert answer.status_code in {403, 413}


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/du-lieu", "/du-lieu"),
        ("/du-lieu?v=3&lang=en#checks", "/du-lieu?v=3&lang=en#checks"),
        ("/?area=79", "/?area=79"),
        ("/tỉnh", "/t%E1%BB%89nh"),
        *[
            (text, "/")
            for text in (
                None, "", "du-lieu", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
                "https://evil.example", "http:evil.example", "javascript:alert(1)", "/\tevil", "/a\r\nSet-Cookie: x=1",
                " /x", "//[", "/dang-nhap?next=/dang-nhap", "/dang-xuat", "/wall/enter", "/" + "x" * 2000, "@evil",
            )
        ],
    ],
)  # fmt: skip
def test_the_way_back_stays_on_this_host(asked: str | None, leads_to: str) -> None:
    assert safe_next(asked) == leads_to


def test_behind_tls_cookies_are_bound_to_the_host_and_the_browser_is_told_to_stay(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(Recipe(version=VERSION), access__tls="true")
    login = "behind-tls"
    signed_in(site.registry, [grant(Role.VIEWER)], login=login, password=PASSWORD)
    client = site.app.server.test_client()
    form = client.get("/dang-nhap", base_url="https://mcc.example")
    assert "max-age=31536000" in form.headers["Strict-Transport-Security"]
    done = client.post(
        "/dang-nhap",
        base_url="https://mcc.example",
        data={"csrf": token_in(form), "login": login, "password": PASSWORD},
        headers={"Origin": "https://mcc.example"},
    )
    assert done.status_code == 303
    [written] = [line for line in done.headers.getlist("Set-Cookie") if "mcc_session" in line]
    assert written.startswith(f"__Host-{SESSION}=")
    assert "Secure" in written
    assert client.get("/", base_url="https://mcc.example").status_code == 200


def test_while_the_registry_is_down_nothing_opens_and_who_was_seen_may_read_on_for_a_while(
    door: Site, person: str, clock: Clock
) -> None:
    seen, unseen = browser(door), browser(door)
    enter(seen, person)
    enter(unseen, person)
    assert seen.get(BOARD).status_code == 200
    csrf = token_in(seen.get("/tai-khoan"))
    fresh_form = token_in((fresh := browser(door)).get("/dang-nhap"))
    flag = door.deps.settings.state / "registry-down"
    flag.touch()
    clock.seconds += 30
    assert [seen.get(path).status_code for path in ("/", BOARD, "/version", "/du-lieu")] == [200] * 4
    assert unseen.get(BOARD).status_code == 503, "this worker has never seen that session"
    assert door.with_token("0" * 43).get(BOARD).status_code == 503
    assert browser(door).get(BOARD).status_code == 401
    for path in ("/tai-khoan", "/alerts"):
        assert seen.get(path).status_code == 503
    assert seen.post("/dang-xuat", data={"csrf": csrf}).status_code == 503
    sent = fresh.post("/dang-nhap", data={"csrf": fresh_form, "login": person, "password": PASSWORD})
    assert sent.status_code == 503
    assert "không trả lời" in sent.get_data(as_text=True)
    clock.seconds += 560
    assert seen.get(BOARD).status_code == 200
    clock.seconds += 30
    closed = seen.get("/")
    assert closed.status_code == 503, "reading on has not lengthened it"
    assert "Chưa kiểm tra được quyền truy cập" in closed.get_data(as_text=True)
    assert closed.headers["Retry-After"]
    flag.unlink()
    clock.seconds += 5
    assert [seen.get(BOARD).status_code, unseen.get(BOARD).status_code] == [200, 200]


def test_a_withdrawal_counts_at_the_next_request_and_is_not_undone_by_a_dead_registry(
    door: Site, person: str, clock: Clock
) -> None:
    client = browser(door)
    enter(client, person)
    etag = client.get(BOARD).headers["ETag"]
    assert client.get(BOARD, headers={"If-None-Match": etag}).status_code == 304
    accounts.withdraw(door.registry, login=person, role=Role.VIEWER, actor="shell", now=clock.now)
    paths = (BOARD, f"/snap/{VERSION}/vn/frame", "/version", "/live", "/versions", "/alerts", "/", "/du-lieu")
    assert [client.get(path).status_code for path in paths] == [403] * len(paths)
    assert client.get(BOARD, headers={"If-None-Match": etag}).status_code == 403, "what it kept is lost too"
    assert client.get("/tai-khoan").status_code == 200
    (door.deps.settings.state / "registry-down").touch()
    clock.seconds += 30
    assert client.get(BOARD).status_code == 403


@pytest.mark.parametrize("how", ["withdraw", "disable", "sign_out", "down"])
def test_an_open_stream_ends_within_seconds(make_site: Callable[..., Site], how: str) -> None:
    site = make_site(Recipe(version=1), access__recheck_seconds=1, access__grace_seconds=0)
    login = f"stream-{how.replace('_', '-')}"
    token = signed_in(site.registry, [grant(Role.VIEWER)], login=login)
    client = site.with_token(token)
    answer = client.get("/live", buffered=False)
    stream = iter(answer.response)
    assert b"retry" in next(stream)
    assert b"version" in next(stream)
    now = datetime.now(UTC)
    if how == "withdraw":
        accounts.withdraw(site.registry, login=login, role=Role.VIEWER, actor="shell", now=now)
    elif how == "disable":
        accounts.disable(site.registry, login=login, actor="shell", now=now)
    elif how == "sign_out":
        assert client.post("/dang-xuat", headers=forgery_header(token)).status_code == 303
    else:
        (site.deps.settings.state / "registry-down").touch()
    began = datetime.now(UTC)
    told = b"".join(stream)
    assert (datetime.now(UTC) - began).total_seconds() < 10
    assert b"event: version" not in told
    answer.close()


def test_a_screen_enters_by_its_token_once_shown_and_until_it_is_withdrawn(door: Site, clock: Clock) -> None:
    signed_in(door.registry, [grant(Role.WALL)], login="wall-hall")
    token = walls.give_token(door.registry, login="wall-hall", actor="shell", now=clock.now)
    with psycopg.connect(door.registry) as connection:
        kept = str(connection.execute("SELECT * FROM operations.wall_token").fetchall())
        kept += str(connection.execute("SELECT * FROM operations.audit").fetchall())
    assert token not in kept

    def come_in(sent: str) -> tuple[FlaskClient, Response]:
        client = browser(door)
        csrf = token_in(client.get("/wall/enter"))
        return client, client.post("/wall/enter", data={"csrf": csrf, "token": sent})

    client, done = come_in(token)
    assert (done.status_code, done.headers["Location"]) == (303, "/")
    [written] = [line for line in done.headers.getlist("Set-Cookie") if line.startswith(SESSION)]
    assert "Max-Age=2592000" in written
    assert token not in written
    assert client.get(BOARD).status_code == 200
    assert client.get("/alerts").status_code == 200
    for path in ("/versions", f"/snap/{VERSION}/vn/data", "/du-lieu"):
        assert client.get(path).status_code == 403
    clock.advance(timedelta(days=20))
    assert client.get(BOARD).status_code == 200, "nobody sits at a screen, so it is never idle"
    for wrong in ("", "x", token + "x", "\x00", "y" * 50_000):
        assert come_in(wrong)[1].status_code == 403
    clock.advance(timedelta(minutes=2))
    again = walls.give_token(door.registry, login="wall-hall", actor="shell", now=clock.now)
    assert client.get(BOARD).status_code == 401
    assert come_in(token)[1].status_code == 403
    client, _ = come_in(again)
    walls.withdraw_token(door.registry, login="wall-hall", actor="shell", now=clock.now)
    assert client.get(BOARD).status_code == 401
    assert come_in(again)[1].status_code == 403
