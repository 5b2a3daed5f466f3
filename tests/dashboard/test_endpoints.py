"""What the addresses answer: caching, compression, refusals, and the page's own protection."""

from __future__ import annotations

import gzip
import json
from typing import Any

import brotli
import pytest

from tests.dashboard.conftest import VERSION, Site, text_of
from tests.support.snapshots import Recipe

COVERAGE = f"/snap/{VERSION}/vn/coverage"


def key_of(site: Site) -> str:
    site.client.get("/healthz")
    found: str = site.json("/version")["key"]
    return found


@pytest.mark.parametrize("query", ["", "?key=other", "?key=own"])
def test_a_browser_keeps_an_answer_and_must_ask_each_time_whether_it_still_may(site: Site, query: str) -> None:
    query = query.replace("own", key_of(site))
    answer = site.client.get(COVERAGE + query)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Vary"] == "Accept-Encoding"
    again = site.client.get(COVERAGE + query, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data


def test_each_browser_gets_the_encoding_it_takes(site: Site) -> None:
    plain = site.client.get(COVERAGE)
    assert "Content-Encoding" not in plain.headers
    br = site.client.get(COVERAGE, headers={"Accept-Encoding": "gzip, deflate, br"})
    assert br.headers["Content-Encoding"] == "br"
    assert brotli.decompress(br.data) == plain.data
    zipped = site.client.get(COVERAGE, headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert len(br.data) < len(plain.data) / 3


def test_what_lasts_is_packed_smaller_than_what_is_drawn_anew(site: Site) -> None:
    script = site.client.get("/assets/coverage.js?m=1", headers={"Accept-Encoding": "br"})
    assert script.headers["Content-Encoding"] == "br"
    assert len(script.data) <= len(brotli.compress(brotli.decompress(script.data), quality=4))


@pytest.mark.parametrize(
    ("query", "parameter", "allowed"),
    [
        (
            "metric=dosis",
            "metric",
            [
                "dose1",
                "full",
                "doses7",
                "daily",
                "gap_dose1",
                "gap_full",
                "left",
                "usage",
                "usage_allocated",
                "usage_gone",
                "cover",
                "need",
            ],
        ),
        ("group=12_17", "group", ["18plus", "all", "65plus"]),
        ("lang=fr", "lang", ["vi", "en"]),
        ("theme=pink", "theme", ["light", "dark", "open"]),
        ("denominator=un_2020", "denominator", ["est_2021", "portal_2021"]),
    ],
)
def test_an_unknown_value_is_refused_with_what_is_allowed(
    site: Site, query: str, parameter: str, allowed: list[str]
) -> None:
    answer = site.client.get(f"{COVERAGE}?{query}")
    assert answer.status_code == 400
    body = answer.get_json()
    assert body["parameter"] == parameter
    assert body["allowed"] == allowed
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_unknown_name_view_scope_or_area_is_refused(site: Site) -> None:
    assert "colour" in site.client.get(f"{COVERAGE}?colour=red").get_json()["error"]
    assert site.client.get(f"/snap/{VERSION}/vn/cover").get_json()["allowed"] == [
        "coverage",
        "nation",
        "area",
        "first",
        "help",
        "place",
        "compare",
        "targets",
        "people",
        "sites",
        "stock",
        "coldchain",
        "frame",
        "data",
    ]
    assert site.client.get(f"/snap/{VERSION}/79/coverage").status_code == 400
    assert site.client.get(f"/snap/{VERSION}/p-99/coverage").get_json()["parameter"] == "scope"
    for query in ("", "?area=99"):
        answer = site.client.get(f"/snap/{VERSION}/vn/area{query}")
        assert answer.status_code == 400
        assert "01" in answer.get_json()["allowed"]


def test_a_version_that_is_not_kept_names_the_current_one(site: Site) -> None:
    answer = site.client.get("/snap/999/vn/coverage")
    assert answer.status_code == 404
    assert answer.get_json()["current"]["version"] == VERSION


def test_before_the_first_snapshot_the_page_waits(make_site: Any) -> None:
    site: Site = make_site()
    assert site.client.get("/").status_code == 200
    assert site.json("/version")["version"] is None
    answer = site.client.get("/snap/1/vn/coverage")
    assert answer.status_code == 404
    assert answer.get_json()["current"] is None


def test_the_same_number_with_other_content_has_another_key(make_site: Any) -> None:
    """After a fresh start versions begin at 1 again; a browser must not show what it kept under that number."""
    first: Site = make_site(Recipe(version=1))
    second: Site = make_site(Recipe(version=1, extra=(("01", 5),)))
    assert key_of(second) != key_of(first)


def test_equal_requests_are_drawn_once(make_site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard import views
    from dashboard.routes import VIEWS

    drawn: list[Any] = []

    def counted(*args: Any) -> dict[str, Any]:
        drawn.append(args[2])
        return views.coverage(*args)

    monkeypatch.setitem(VIEWS, "coverage", counted)
    site: Site = make_site(Recipe(version=VERSION))
    answers = [site.client.get(COVERAGE).data for _ in range(3)]
    assert len(drawn) == 1
    assert len(set(answers)) == 1
    site.client.get(f"{COVERAGE}?metric=full")
    site.client.get(f"{COVERAGE}?metric=full&lang=en")
    assert len(drawn) == 3


def test_language_comes_from_the_address_then_the_cookie_then_the_setting(make_site: Any) -> None:
    site: Site = make_site(Recipe(version=VERSION))
    assert '<html lang="vi"' in site.client.get("/").get_data(as_text=True)
    asked = site.client.get("/?lang=en")
    assert '<html lang="en"' in asked.get_data(as_text=True)
    assert "lang=en" in asked.headers["Set-Cookie"]
    assert '<html lang="en"' in site.client.get("/").get_data(as_text=True)
    layout = site.client.get("/_dash-layout").get_data(as_text=True)
    assert "Vaccination response centre" in layout


def test_the_theme_is_in_the_first_byte(make_site: Any) -> None:
    site: Site = make_site(Recipe(version=VERSION))
    assert "data-mantine-color-scheme" not in site.client.get("/").get_data(as_text=True)
    site.client.set_cookie("theme", "dark")
    assert 'data-mantine-color-scheme="dark"' in site.client.get("/").get_data(as_text=True)
    assert '"forceColorScheme":"dark"' in site.client.get("/_dash-layout").get_data(as_text=True)


def test_headers_keep_the_page_to_itself(site: Site) -> None:
    headers = site.client.get("/").headers
    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert "unsafe" not in policy["script-src"]
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "http" not in headers["Content-Security-Policy"]


def test_an_unknown_page_is_a_page_that_says_so(site: Site) -> None:
    answer = site.client.get("/ban-do")
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_scripts_are_compressed_and_kept(site: Site) -> None:
    html = site.client.get("/").get_data(as_text=True)
    addresses = [part.split('"')[0] for part in html.split('src="')[1:]]
    assert len(addresses) > 5
    for address in addresses:
        assert address.startswith("/")
        answer = site.client.get(address, headers={"Accept-Encoding": "br"})
        assert answer.status_code == 200, address
        assert answer.headers.get("Content-Encoding") == "br", address
        assert "immutable" in answer.headers["Cache-Control"], address


def test_the_world_behind_the_map_is_empty(site: Site) -> None:
    world = site.json("/topo/world_110m.json")
    assert world["type"] == "Topology"
    assert all(not layer["geometries"] for layer in world["objects"].values())


def test_shapes_have_an_address_of_their_content(site: Site) -> None:
    address = site.coverage()["map"]["data"][0]["geojson"]
    answer = site.client.get(address, headers={"Accept-Encoding": "br"})
    assert "immutable" in answer.headers["Cache-Control"]
    assert json.loads(brotli.decompress(answer.data))["type"] == "FeatureCollection"
    assert site.client.get("/geo/0000000000000000/areas.geojson").status_code == 404


def test_the_data_page_names_feeds_reasons_and_areas(site: Site) -> None:
    text = text_of(site.json(f"/snap/{VERSION}/vn/data")["body"])
    for expected in ("Mũi tiêm", "Đang giữ lại", "ngày không thể có", "Hà Nội", "−3.216", "Lệch 1", "1.917 bản ghi"):
        assert expected in text, expected


def test_alerts_are_read_fresh_and_a_dead_registry_is_said(make_site: Any) -> None:
    site: Site = make_site(Recipe(version=VERSION))
    answer = site.client.get("/alerts")
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.get_json()
    assert body["open"] == 1
    assert "Nguồn bị lỗi" in text_of(body["body"])
    (site.deps.settings.state / "registry-down").touch()
    down = site.client.get("/alerts")
    assert down.status_code == 503
    assert "registry" in down.get_json()["error"]


def test_the_banner_says_demonstration_and_the_notes_of_the_source(make_site: Any) -> None:
    site: Site = make_site(Recipe(version=VERSION, note_vi="Tính theo nơi tiêm.", note_en="By place of vaccination."))
    for language, expected in {
        "vi": ("Dữ liệu minh họa, 1:100", "Tính theo nơi tiêm."),
        "en": ("Demonstration data, 1:100", "By place of vaccination."),
    }.items():
        text = text_of(site.json(f"/snap/{VERSION}/vn/frame?lang={language}")["banner"])
        assert all(part in text for part in expected)
