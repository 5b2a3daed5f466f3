"""Bodies that are too large, of unknown length, or packed: refused, unread, with a reason, signed in or not."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import structlog

from campaign.access import Role
from dashboard.edge import HEADER
from operations import acts
from tests.dashboard.conftest import VERSION, Site
from tests.support.people import grant
from tests.support.signed_in import cookie_of, forgery_header, signed_in
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import running, settings_for

LIMIT = 10_000
CALLBACK = "/_dash-update-component"
LARGE = b'{"output": "' + b"x" * 20_000 + b'"}'


@pytest.fixture
def small(make_site: Callable[..., Site]) -> Site:
    return make_site(Recipe(version=VERSION), max_body_bytes=LIMIT)


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as found:
        yield found


def in_pieces(body: bytes, kind: str) -> dict[str, Any]:
    """A request that does not say how long its body is, as the server hands on one that came in chunks."""
    return {
        "input_stream": io.BytesIO(body),
        "content_type": kind,
        "environ_overrides": {
            "wsgi.input_terminated": True,
            "CONTENT_LENGTH": "",
            "HTTP_TRANSFER_ENCODING": "chunked",
        },
    }


def test_a_body_that_is_too_large_is_refused_before_it_is_read(small: Site, lines: list[Any]) -> None:
    token = signed_in(small.registry)
    behind = (small.with_token(token), forgery_header(token))
    for client, headers in ((small.client, {}), behind, (small.app.server.test_client(), {})):
        for path in (CALLBACK, "/version", "/none"):
            lines.clear()
            answer = client.post(path, data=LARGE, content_type="application/json", headers=headers)
            assert answer.status_code == 413, path
            assert answer.get_json() == {"error": "the body is larger than web.max_body_bytes", "why": "too_large"}
            assert answer.headers[HEADER]
            assert answer.headers["Cache-Control"] == "no-store"
            assert [line["why"] for line in lines if line["event"] == "refused"] == ["too_large"]


@pytest.mark.parametrize(
    ("language", "told"), [("vi", "Nội dung gửi lên quá lớn"), ("en", "What was sent is too large")]
)
def test_a_person_is_told_on_a_page(small: Site, language: str, told: str) -> None:
    token = signed_in(small.registry, [grant(Role.DATA_STEWARD)])
    answer = small.with_token(token).post(
        f"/quyet-dinh/sua?lang={language}", data={"reason": "x" * 20_000}, headers=forgery_header(token)
    )
    assert answer.status_code == 413
    assert told in answer.get_data(as_text=True)


def test_a_body_without_a_length_is_not_read(small: Site) -> None:
    """Read up to the limit it would count as whole: a decision with half a reason."""
    token = signed_in(small.registry, [grant(Role.DATA_STEWARD)])
    form = b"feed=dose&key=1&field=age_years&value=34&reason=" + b"x" * 200_000
    for client, headers in ((small.with_token(token), forgery_header(token)), (small.app.server.test_client(), {})):
        for path, body, kind in (
            (CALLBACK, LARGE, "application/json"),
            (CALLBACK, b"{}", "application/json"),
            ("/quyet-dinh/sua", form, "application/x-www-form-urlencoded"),
            ("/dang-nhap", form, "application/x-www-form-urlencoded"),
        ):
            asked = in_pieces(body, kind)
            answer = client.post(path, headers=headers, **asked)
            assert (answer.status_code, answer.get_json()["why"]) == (411, "no_length"), path
            assert asked["input_stream"].tell() == 0
    assert acts.open_repairs(small.registry) == ()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "x", "gzip, identity"])
def test_nothing_is_unpacked(small: Site, encoding: str) -> None:
    """A small body that would become a large one."""
    token = signed_in(small.registry, [grant(Role.DATA_STEWARD)])
    packed = gzip.compress(b"x" * 5_000_000)
    assert len(packed) < LIMIT
    for path in (CALLBACK, "/quyet-dinh/sua"):
        headers = {**forgery_header(token), "Content-Encoding": encoding}
        answer = small.with_token(token).post(path, data=packed, content_type="application/json", headers=headers)
        assert answer.status_code == 415
        assert answer.get_json()["why"] == "packed"
        assert answer.headers["Accept-Encoding"] == "identity"
    plain = small.with_token(token).post(
        CALLBACK, json={}, headers={**forgery_header(token), "Content-Encoding": "identity"}
    )
    assert plain.status_code == 403


def test_chunks_over_a_real_connection(tmp_path: Path, web_registry: str) -> None:
    """The server in earnest takes a body apart by itself; what is refused unread does not keep others from being heard.
    A connection each: the server closes one whose body nobody read."""
    write_snapshot(settings_for(tmp_path).snapshot_dir, Recipe(version=VERSION))
    token = signed_in(web_registry)
    headers = {**cookie_of(token), **forgery_header(token), "Content-Type": "application/json"}
    with running(tmp_path, registry=web_registry, max_body_bytes=LIMIT) as address:

        def asked(method: str, path: str, **more: Any) -> tuple[int, bytes]:
            with contextlib.closing(http.client.HTTPConnection(urlsplit(address).netloc)) as connection:
                connection.request(method, path, headers=headers, **more)
                answer = connection.getresponse()
                return answer.status, answer.read()

        status, told = asked("POST", CALLBACK, body=iter([b"x" * 5000] * 20), encode_chunked=True)
        assert (status, b"no_length" in told) == (411, True)
        status, told = asked("POST", CALLBACK, body=b"x" * 20_000)
        assert (status, b"too_large" in told) == (413, True)
        assert asked("GET", "/version")[0] == 200
