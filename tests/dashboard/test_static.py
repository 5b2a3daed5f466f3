"""Files of libraries: packed well and once a worker, and asked for again where no fingerprint tells them apart."""

from __future__ import annotations

from typing import Any

import brotli
import pytest

from dashboard import static
from dashboard.payloads import ASK_AGAIN, FOREVER, pack
from tests.dashboard.conftest import Site

# Dash's own loader asks for it by a name without a fingerprint.
PLOTLY = "/_dash-component-suites/plotly/package_data/plotly.min.js"
BROWSER = {"Accept-Encoding": "br, gzip"}


def test_the_largest_script_is_packed_well_once_and_then_only_asked_for(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed: list[int] = []

    def counted(body: bytes, mimetype: str, **how: Any) -> Any:
        packed.append(len(body))
        return pack(body, mimetype, **how)

    monkeypatch.setattr(static, "pack", counted)
    first = site.client.get(f"{PLOTLY}?a", headers=BROWSER)
    again = site.client.get(f"{PLOTLY}?b", headers=BROWSER)
    plain = brotli.decompress(first.get_data())
    assert first.get_data() == again.get_data()
    assert len(first.get_data()) < 1_450_000 < len(plain)
    assert len(packed) <= 1
    assert first.headers["Cache-Control"] == ASK_AGAIN
    asked = site.client.get(PLOTLY, headers={**BROWSER, "If-None-Match": first.headers["ETag"]})
    assert (asked.status_code, asked.get_data()) == (304, b"")


def test_a_fingerprint_lasts(site: Site) -> None:
    html = site.client.get("/").get_data(as_text=True)
    path = next(part.split('"')[0] for part in html.split('src="') if "dash_renderer" in part.split('"')[0])
    answer = site.client.get(path, headers=BROWSER)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, FOREVER)
