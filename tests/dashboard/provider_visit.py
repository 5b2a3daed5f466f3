"""What a browser does to sign in by the provider, step by step, so that a test can do one of them differently."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from flask.testing import FlaskClient

from dashboard.door.cookies import PROVIDER, SESSION
from tests.dashboard.conftest import Site
from tests.support.provider import PASSWORD

Response = Any
BACK = "/dang-nhap/oidc/tro-ve"


def browser(site: Site, address: str = "10.9.0.1") -> FlaskClient:
    client = site.app.server.test_client()
    client.environ_base = {**client.environ_base, "REMOTE_ADDR": address}
    return client


def press(client: FlaskClient, **more: str) -> Response:
    """The button on the sign-in page."""
    page = client.get("/dang-nhap").get_data(as_text=True)
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found
    return client.post("/dang-nhap/oidc", data={"csrf": found.group(1), **more})


def sent_to(answer: Response) -> str:
    """Where the page takes the browser by itself."""
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found = re.search(r'<meta http-equiv="refresh" content="0; url=([^"]+)">', answer.get_data(as_text=True))
    assert found
    return html.unescape(found.group(1))


def query_of(address: str) -> dict[str, str]:
    return {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}


def at_provider(address: str, name: str = "lan") -> str:
    """Sign in on the provider's page; the path and query that it sends the browser back to."""
    answer = requests.post(address, data={"name": name, "password": PASSWORD}, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}" == "http://localhost"
    return f"{back.path}?{back.query}"


def come(client: FlaskClient, name: str = "lan", **more: str) -> Response:
    """All of it."""
    return client.get(at_provider(sent_to(press(client, **more)), name))


def session_of(client: FlaskClient) -> str:
    found = client.get_cookie(SESSION)
    return found.value if found else ""


def secret_of(client: FlaskClient) -> str:
    found = client.get_cookie(PROVIDER)
    return found.value if found else ""
