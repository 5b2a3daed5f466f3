"""What every request passes: its id, its limits, its line in the log, its numbers; readiness and what monitors read."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from campaign.access import NATION
from dashboard.door.caller import request_id
from dashboard.edge import HEADER
from dashboard.factory import create_app, live_hub
from tests.dashboard.conftest import VERSION, Site
from tests.support.snapshots import Recipe
from tests.support.webserver import deps_for, settings_for

MADE = re.compile(r"[0-9a-f]{32}")
TOKEN = "a-token-for-the-monitor"


def metrics_of(site: Site, **headers: str) -> dict[str, Any]:
    """Samples by name and labels."""
    answer = site.client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.get_data(as_text=True))
        for sample in family.samples
    }


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the log is told, once contexts are merged."""
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as found:
        yield found  # type: ignore[misc]


@pytest.mark.parametrize("given", ["abcd-1234", "4bf92f3577b34da6a3ce929d0e0e4736", "a" * 64])
def test_a_well_formed_id_is_kept(site: Site, lines: list[dict[str, Any]], given: str) -> None:
    assert site.client.get("/version", headers={HEADER: given}).headers[HEADER] == given
    assert [line["request_id"] for line in lines] == [given]


@pytest.mark.parametrize(
    "given", ["", "short", "a" * 65, "abcd 1234", "abcd1234;drop", "abcd1234é", "-abcd1234", "a/../../b1"]
)
def test_another_one_is_replaced(site: Site, lines: list[dict[str, Any]], given: str) -> None:
    made = site.client.get("/version", headers={HEADER: given}).headers[HEADER]
    assert MADE.fullmatch(made)
    assert given not in {line["request_id"] for line in lines}
    assert site.client.get("/version").headers[HEADER] != made


def test_the_id_is_there_for_whatever_is_written_down(site: Site) -> None:
    with site.app.server.test_request_context("/version", headers={HEADER: "abcd-1234"}):
        site.app.server.preprocess_request()
        assert request_id() == "abcd-1234"
        assert structlog.contextvars.get_contextvars()["request_id"] == "abcd-1234"


def test_a_line_says_what_was_asked_for_and_of_whom_nothing(site: Site, lines: list[dict[str, Any]]) -> None:
    secret = "Nguyen-Thi-Bi-Mat"
    headers = {"User-Agent": secret, "Cookie": f"x={secret}", "X-Forwarded-For": "203.0.113.9", "Referer": secret}
    site.client.get(f"/snap/{VERSION}/vn/coverage?metric=full&q={secret}", headers=headers)
    site.client.get(f"/{secret}", headers=headers)
    site.client.post(f"/version/{secret}?{secret}", headers=headers, data=secret)
    first = lines[0]
    assert first["route"] == "/snap/<int:version>/<scope>/<name>"
    assert (first["version"], first["status"], first["method"], first["event"]) == (VERSION, 400, "GET", "request")
    assert first["ms"] >= 0
    assert [line["event"] for line in lines].count("request") == 3
    told = json.dumps(lines)
    assert secret not in told and "203.0.113.9" not in told and "127.0.0.1" not in told


def test_a_machine_that_looks_often_leaves_no_line_unless_it_fails(
    make_site: Callable[..., Site], lines: list[dict[str, Any]]
) -> None:
    site = make_site()
    for path in ("/healthz", "/metrics", "/readyz"):
        site.client.get(path)
    assert [(line["route"], line["status"]) for line in lines] == [("/readyz", 503)]
    quiet = make_site(request_log=False)
    lines.clear()
    quiet.client.get("/version")
    assert lines == []


def test_a_failure_is_an_error_in_the_log(
    make_site: Callable[..., Site], lines: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(Recipe(version=VERSION))
    monkeypatch.setattr("dashboard.views.coverage", None)
    monkeypatch.setattr("dashboard.routes.VIEWS", {"coverage": lambda *_: 1 / 0})
    answer = site.client.get(f"/snap/{VERSION}/vn/coverage")
    assert answer.status_code == 500
    assert "ZeroDivision" not in answer.get_data(as_text=True)
    assert [(line["log_level"], line["status"]) for line in lines] == [("error", 500)]


def test_tls_is_asked_for_where_it_is_set(make_site: Callable[..., Site]) -> None:
    assert "Strict-Transport-Security" not in make_site().client.get("/version").headers
    site = make_site(access__tls="true")
    for path in ("/", "/version", "/none", "/public", "/healthz"):
        found = site.client.get(path).headers.getlist("Strict-Transport-Security")
        assert found == ["max-age=31536000; includeSubDomains"]


def test_the_headers_that_keep_a_page_to_itself(site: Site) -> None:
    for path in ("/", "/version", "/readyz", "/metrics", "/none"):
        headers = site.client.get(path).headers
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "camera=()" in headers["Permissions-Policy"]
        assert "object-src 'none'" in headers["Content-Security-Policy"]


def ready_of(site: Site) -> tuple[int, dict[str, Any]]:
    answer = site.client.get("/readyz")
    return answer.status_code, answer.get_json()


def eventually(look: Callable[[], bool]) -> None:
    for _ in range(200):
        if look():
            return
        time.sleep(0.1)
    raise AssertionError("never seen")


def test_ready_needs_a_snapshot_and_the_registry_and_nothing_else(make_site: Callable[..., Site]) -> None:
    empty = make_site()
    code, told = ready_of(empty)
    assert (code, told["ready"], told["snapshot"], told["registry"]) == (503, False, "none", "ok")
    site = make_site(Recipe(version=VERSION))
    # No Redis is running here: news come a second later, nothing else is lost.
    eventually(lambda: ready_of(site)[1]["redis"] == "away")
    code, told = ready_of(site)
    assert (code, told["ready"], told["registry"]) == (200, True, "ok")
    assert told["snapshot"] in ("ok", "stale")


def test_without_the_registry_nobody_is_sent_here(tmp_path: Any) -> None:
    from tests.support.snapshots import write_snapshot

    settings = settings_for(tmp_path)
    write_snapshot(settings.snapshot_dir, Recipe(version=VERSION))
    (settings.state / "registry-down").touch()
    app = create_app(deps_for(settings))
    try:
        client = app.server.test_client()
        eventually(lambda: client.get("/readyz").get_json()["registry"] == "away")
        answer = client.get("/readyz")
        assert (answer.status_code, answer.get_json()["ready"]) == (503, False)
        assert client.get("/healthz").status_code == 200, "the process itself is well"
    finally:
        live_hub(app).close()


def test_a_snapshot_that_cannot_be_read_is_not_one(make_site: Callable[..., Site]) -> None:
    site = make_site(Recipe(version=VERSION))
    (site.folder / f"snapshot-{VERSION:010d}.duckdb").write_bytes(b"not a database" * 1000)
    code, told = ready_of(site)
    assert (code, told["snapshot"]) == (503, "unreadable")
    assert metrics_of(site)["mcc_snapshot_readable",] == 0.0


def test_requests_are_counted_by_template_and_status(make_site: Callable[..., Site]) -> None:
    site = make_site(Recipe(version=VERSION))
    for number in range(3):
        site.client.get(f"/snap/{VERSION}/vn/coverage?metric={number}")
    for number in range(5):
        site.client.get(f"/some-page-{number}")
        site.client.open("/version", method=f"X{number}")
    found = metrics_of(site)
    key = (("method", "GET"), ("route", "/snap/<int:version>/<scope>/<name>"), ("status", "400"))
    assert found["mcc_requests_total", *key] == 3
    assert found["mcc_request_seconds_count", ("route", "/snap/<int:version>/<scope>/<name>")] == 3
    labels = {value for key in found for pair in key[1:] for value in pair}
    assert not any("some-page" in str(value) or str(value).startswith("X") for value in labels)
    counted = sum(value for key, value in found.items() if key[0] == "mcc_requests_total")
    assert counted == 13


def test_the_snapshot_is_told_by_age_and_feed(make_site: Callable[..., Site]) -> None:
    site = make_site(Recipe(version=VERSION))
    found = metrics_of(site)
    assert found["mcc_snapshot_version",] == VERSION
    assert found["mcc_snapshot_readable",] == 1
    info_age = site.deps.wall() - site.app.server.extensions["live_hub"].state()[0].published_at
    assert abs(found["mcc_snapshot_age_seconds",] - info_age / timedelta(seconds=1)) < 5
    assert found["mcc_refresh_seconds",] >= 0
    assert {key[1][1] for key in found if key[0] == "mcc_feed_lag_seconds"}
    assert {value for key, value in found.items() if key[0] == "mcc_feed_ok"} <= {0.0, 1.0}
    assert found["mcc_registry_up",] == 1


def test_a_live_stream_is_counted_while_it_is_open(make_site: Callable[..., Site]) -> None:
    site = make_site(Recipe(version=VERSION))
    answer = site.client.get("/live", buffered=False)
    assert metrics_of(site)["mcc_live_streams",] == 1
    answer.close()
    assert metrics_of(site)["mcc_live_streams",] == 0


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"])
def test_without_a_token_only_this_machine_reads_them(make_site: Callable[..., Site], header: str) -> None:
    site = make_site()
    assert site.client.get("/metrics").status_code == 200
    assert site.client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404
    assert site.client.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.7"}).status_code == 404


def test_with_a_token_whoever_has_it(make_site: Callable[..., Site]) -> None:
    site = make_site(metrics_token=TOKEN)
    far = {"REMOTE_ADDR": "10.0.0.7"}
    assert (
        site.client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, environ_base=far).status_code == 200
    )
    for wrong in ("", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer ", "Bearer é"):
        answer = site.client.get("/metrics", headers={"Authorization": wrong})
        assert answer.status_code == 404, wrong


def test_a_registry_that_is_away_is_told_without_where_it_is(tmp_path: Any, lines: list[dict[str, Any]]) -> None:
    from cli.web import dashboard_deps
    from dashboard.deps import RegistryUnavailable
    from settings import load

    nowhere = "postgresql://centre:s3cret@127.0.0.1:1/secret-name"
    settings = load(state=tmp_path, environ={"MCC_REGISTRY__URL": nowhere})
    with pytest.raises(RegistryUnavailable) as told:
        dashboard_deps(settings).alerts(NATION, "")
    assert str(told.value) == "the registry does not answer"
    assert "127.0.0.1" in lines[0]["reason"], "the log says where"
    assert "s3cret" not in json.dumps(lines)
