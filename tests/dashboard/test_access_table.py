"""Every address and every callback, asked as nobody, as each role, and as each role of another province, beside what
the table says. An address or callback that the table does not name fails here, and is refused in earnest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from campaign.access import NATIONAL_ONLY, PERMISSIONS, Grant, Permission, Role
from dashboard.door.cookies import VISIT
from dashboard.door.table import (
    ALERT_DEEDS,
    BRINGING,
    DEEDS,
    HANDLING,
    IN_BROWSER,
    LOCAL_DEEDS,
    ON_LOTS_INSIDE,
    ON_PLANS,
    ON_REPORTS,
    ON_SERVER,
    ON_TRANSFERS,
    PAGES,
    ROUTES,
    SIGNATURES,
    TICKETING,
    VIEWS,
    Door,
    Need,
)
from tests.dashboard.conftest import VERSION, Site
from tests.support.people import grant
from tests.support.signed_in import account_for, forgery_header, sessions_for, signed_in

OWN, OTHER = "79", "01"


@dataclass(frozen=True)
class Ask:
    """One request and what it needs. `scoped`: the path has a place for the scope that is asked for."""

    path: str
    need: Need
    method: str = "GET"
    scoped: bool = False
    national: bool = False


def asks() -> Iterator[tuple[str, Ask]]:
    """At least one request for each address of the table."""
    plain = {
        "_dash_assets.static": "/assets/1-base.css",
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": (
            "/_dash-component-suites/dash/deps/react@18.3.1.min.js"
        ),
        "/_favicon.ico": "/_favicon.ico",
        "shapes": "/geo/0000000000000000/areas.geojson",
        "world": "/topo/world_110m.json",
        "alive": "/healthz",
        "public_page": "/public",
        "public_json": "/public.json",
        "open_page": "/du-lieu-mo",
        "open_told": "/du-lieu-mo/dictionary.json",
        "open_file": "/du-lieu-mo/latest/areas.csv",
        "readyz": "/readyz",
        "metrics": "/metrics",
        "static": "/static/x",
        "/_reload-hash": "/_reload-hash",
        "sign_in": "/dang-nhap",
        "wall_enter": "/wall/enter",
        "provider_back": "/dang-nhap/oidc/tro-ve",
        "account": "/tai-khoan",
        "decide": "/quyet-dinh",
        "audit": "/nhat-ky",
        "/": "/",
        "/_dash-layout": "/_dash-layout",
        "/_dash-dependencies": "/_dash-dependencies",
        "versions": "/versions",
        "version": "/version",
        "live": "/live",
        "health": "/health",
        "alerts": "/alerts",
        "alert_settings": "/cai-dat",
        "responses_file": "/cai-dat/dap-ung.csv",
        "handover": "/ban-giao",
        "tickets": "/canh-bao/phieu",
        "tickets_file": "/canh-bao/phieu.csv",
    }
    for endpoint, path in plain.items():
        yield endpoint, Ask(path, ROUTES[endpoint].need)
    for endpoint, path in {
        "sign_out": "/dang-xuat",
        "password": "/mat-khau",
        "provider_begin": "/dang-nhap/oidc",
    }.items():
        yield endpoint, Ask(path, ROUTES[endpoint].need, method="POST")
    for path, need in (*PAGES.items(), ("khong-co", Door.SIGNED_IN)):
        yield "/<path:path>", Ask(f"/{path}", need)
    for name, need in VIEWS.items():
        yield "snapshot_view", Ask(f"/snap/{VERSION}/{{scope}}/{name}?area={OWN}", need, scoped=True)
    yield "scenarios", Ask(f"/scenarios/{VERSION}/{{scope}}?area={OWN}", ROUTES["scenarios"].need, scoped=True)
    for deed, need in DEEDS.items():
        yield "decided", Ask(f"/quyet-dinh/{deed}", need, method="POST", national=deed not in LOCAL_DEEDS)
    yield "decided", Ask("/quyet-dinh/xoa", Door.NOBODY, method="POST")
    # Any province will do at the door; there is no such incident, whose the act itself would ask.
    for deed, need in HANDLING.items():
        yield "handle_alert", Ask(f"/canh-bao/999/{deed}", need, method="POST")
    yield "handle_alert", Ask("/canh-bao/999/xoa", Door.NOBODY, method="POST")
    for deed, need in TICKETING.items():
        yield "handle_ticket", Ask(f"/canh-bao/phieu/999/{deed}", need, method="POST")
    yield "handle_ticket", Ask("/canh-bao/phieu/999/xoa", Door.NOBODY, method="POST")
    # Nothing is sent along, so that the acts themselves have nothing to do.
    for deed, need in ALERT_DEEDS.items():
        yield "change_alerts", Ask(f"/cai-dat/{deed}", need, method="POST")
    for deed, need in SIGNATURES.items():
        yield "sign_handover", Ask(f"/ban-giao/{deed}", need, method="POST")
    yield "change_alerts", Ask("/cai-dat/xoa", Door.NOBODY, method="POST")
    yield "sign_handover", Ask("/ban-giao/xoa", Door.NOBODY, method="POST")
    table = ROUTES["snapshot_csv"].need
    yield "snapshot_csv", Ask(f"/csv/{VERSION}/{{scope}}/districts?area={OWN}", table, scoped=True)
    yield "find", Ask("/tim/{scope}?q=quan", ROUTES["find"].need, scoped=True)
    number = ROUTES["snapshot_number"].need
    parts = ROUTES["snapshot_parts"].need
    yield "snapshot_parts", Ask(f"/snap/{VERSION}/{{scope}}/parts?parts=coverage,place&area={OWN}", parts, scoped=True)
    yield "snapshot_number", Ask(f"/snap/{VERSION}/{{scope}}/lineage/doses?area={OWN}", number, scoped=True)
    file = ROUTES["people_file"].need
    yield "people_file", Ask(f"/snap/{VERSION}/{{scope}}/nguoi-dan/flows.csv?area={OWN}", file, scoped=True)
    file = ROUTES["site_file"].need
    coldchain = f"/snap/{VERSION}/{{scope}}/day-chuyen-lanh/devices.csv?area={OWN}"
    stock = f"/snap/{VERSION}/{{scope}}/kho/places.csv?area={OWN}"
    yield "stock_file", Ask(stock, file, scoped=True)
    yield "coldchain_file", Ask(coldchain, file, scoped=True)
    yield "site_file", Ask(f"/snap/{VERSION}/{{scope}}/diem-tiem/silent.csv?area={OWN}", file, scoped=True)
    yield "intake", Ask("/day-chuyen-lanh/nhap", ROUTES["intake"].need)
    for deed, need in BRINGING.items():
        yield "brought", Ask(f"/day-chuyen-lanh/nhap/{deed}", need, method="POST")
    yield "brought", Ask("/day-chuyen-lanh/nhap/xoa", Door.NOBODY, method="POST")
    yield "excursion", Ask("/day-chuyen-lanh/xu-tri", ROUTES["excursion"].need)
    for deed, need in ON_LOTS_INSIDE.items():
        yield "decide_excursion", Ask(f"/day-chuyen-lanh/xu-tri/{deed}", need, method="POST")
    yield "decide_excursion", Ask("/day-chuyen-lanh/xu-tri/xoa", Door.NOBODY, method="POST")
    yield "plans", Ask("/ke-hoach", ROUTES["plans"].need)
    yield "plan", Ask("/ke-hoach/999", ROUTES["plan"].need)
    yield "plan_request", Ask("/ke-hoach/cho/999", ROUTES["plan_request"].need)
    yield "plan_order", Ask("/ke-hoach/999/lenh.pdf", ROUTES["plan_order"].need)
    yield "plan_scenarios", Ask("/ke-hoach/kich-ban", ROUTES["plan_scenarios"].need)
    yield "plan_scenario", Ask("/ke-hoach/kich-ban/999", ROUTES["plan_scenario"].need)
    yield "plan_scenario_file", Ask("/ke-hoach/kich-ban/999.csv", ROUTES["plan_scenario_file"].need)
    yield "suppose_plan", Ask("/ke-hoach/kich-ban/lap", ROUTES["suppose_plan"].need, method="POST")
    yield (
        "withdraw_plan_scenario",
        Ask("/ke-hoach/kich-ban/999/rut", ROUTES["withdraw_plan_scenario"].need, method="POST"),
    )
    yield "ask_plan", Ask("/ke-hoach/lap", ROUTES["ask_plan"].need, method="POST")
    yield "draft_plan", Ask("/ke-hoach/soan", ROUTES["draft_plan"].need, method="POST")
    for deed, need in ON_PLANS.items():
        yield "act_on_plan", Ask(f"/ke-hoach/999/{deed}", need, method="POST")
    yield "act_on_plan", Ask("/ke-hoach/999/xoa", Door.NOBODY, method="POST")
    yield "reports", Ask("/bao-cao", ROUTES["reports"].need)
    yield "report", Ask("/bao-cao/999", ROUTES["report"].need)
    yield "report_file", Ask("/bao-cao/999/tep/pdf", ROUTES["report_file"].need)
    yield "report_picture", Ask("/bao-cao/999/trang/1", ROUTES["report_picture"].need)
    yield "ask_report", Ask("/bao-cao/lap", ROUTES["ask_report"].need, method="POST")
    for deed, need in ON_REPORTS.items():
        yield "act_on_report", Ask(f"/bao-cao/999/{deed}", need, method="POST")
    yield "act_on_report", Ask("/bao-cao/999/xoa", Door.NOBODY, method="POST")
    yield "transfer", Ask("/kho/dieu-chuyen", ROUTES["transfer"].need)
    for deed, need in ON_TRANSFERS.items():
        yield "close_transfer", Ask(f"/kho/dieu-chuyen/{deed}", need, method="POST")
    yield "close_transfer", Ask("/kho/dieu-chuyen/xoa", Door.NOBODY, method="POST")
    yield "ems", Ask("/api/ems", Door.MACHINE, method="POST")
    yield "api", Ask("/api/v1/coverage", Door.MACHINE)
    yield "api_document", Ask("/api/v1/openapi.json", Door.PUBLIC)
    yield "/_dash-update-component", Ask("/_dash-update-component", Door.NOBODY, method="POST")


ASKS = [ask for _, ask in asks()]
PEOPLE: dict[str, list[Grant] | None] = {
    "nobody": None,
    "no role": [],
    **{role.value: [grant(role)] for role in Role},
    **{f"{role.value} of {OTHER}": [grant(role, OTHER)] for role in Role if role not in NATIONAL_ONLY},
    **{f"{role.value} of {OWN}": [grant(role, OWN)] for role in Role if role not in NATIONAL_ONLY},
}


def allowed(need: Need, grants: list[Grant] | None, *, scoped: bool, national: bool) -> bool:
    """Written out anew: what the roles say, without the code that decides."""
    if need in (Door.NOBODY, Door.MACHINE):
        return False
    if need is Door.PUBLIC:
        return True
    if grants is None:
        return False
    if not isinstance(need, Permission):
        return True
    holding = [item for item in grants if need in PERMISSIONS[item.role]]
    if national:
        return any(item.scope.nationwide for item in holding)
    if not scoped:
        return bool(holding)
    return any(item.scope.nationwide or OWN in item.scope.provinces for item in holding)


def scope_asked(grants: list[Grant] | None) -> str:
    """Of whoever has the nation the nation; of everybody else the detail of one and the same province."""
    national = any(item.scope.nationwide for item in grants or [])
    return "vn" if national else f"p-{OWN}"


def let_in(client: FlaskClient, wanted: Ask, grants: list[Grant] | None, token: str) -> tuple[bool, int]:
    """Whether the request came through the door, and what it was answered with."""
    path = wanted.path.format(scope=scope_asked(grants))
    headers = forgery_header(token) if wanted.method == "POST" and token else {}
    if wanted.method == "POST" and wanted.need is Door.PUBLIC:
        # Its form is at the door, where a visit is what a session is inside.
        client.set_cookie(VISIT, "a visit")
        headers = forgery_header("a visit")
    answer = client.open(path, method=wanted.method, headers=headers, buffered=False)
    to_sign_in = answer.headers.get("Location", "").startswith("/dang-nhap?next=")
    told = {} if answer.mimetype != "application/json" or answer.status_code < 400 else answer.get_json()
    answer.close()
    # "why" is the guard's word; a page or a set of boundaries that is not there is no refusal.
    refused = answer.status_code in {401, 403, 405, 503} or to_sign_in or "why" in told
    return not refused, answer.status_code


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_gets_exactly_what_the_table_says(site: Site, who: str) -> None:
    """Each request in a session of its own: some of them end it."""
    grants = PEOPLE[who]
    wrong: list[str] = []
    with ExitStack() as stack:
        session: Callable[[], str] = str
        if grants is not None:
            session = stack.enter_context(sessions_for(site.registry, account_for(site.registry, grants)))
        for wanted in ASKS:
            token = session()
            client = site.with_token(token) if token else site.app.server.test_client()
            passed, status = let_in(client, wanted, grants, token)
            assert status < 500
            if passed != allowed(wanted.need, grants, scoped=wanted.scoped, national=wanted.national):
                wrong.append(f"{wanted.method} {wanted.path}: {status}")
    assert not wrong


def test_the_table_names_every_address_and_every_method(site: Site) -> None:
    served = {rule.endpoint: rule.methods or set() for rule in site.app.server.url_map.iter_rules()}
    assert set(served) == set(ROUTES), "an address that the table does not name is refused to everyone"
    assert {endpoint: set(rule.methods) for endpoint, rule in ROUTES.items()} == served
    assert {endpoint for endpoint, _ in asks()} == set(ROUTES)


def test_the_table_names_every_callback(site: Site) -> None:
    callbacks: list[dict[str, Any]] = site.client.get("/_dash-dependencies").get_json()
    in_browser = {
        f"{found['namespace']}.{found['function_name']}"
        for item in callbacks
        if (found := item["clientside_function"]) is not None
    }
    on_server = {item["output"] for item in callbacks if item["clientside_function"] is None}
    assert in_browser == set(IN_BROWSER)
    assert on_server == set(ON_SERVER)


def test_a_new_address_or_method_is_refused_to_everyone_until_the_table_names_it(make_site: Any) -> None:
    site: Site = make_site()
    site.app.server.add_url_rule("/forgotten", "forgotten", lambda: "figures")
    everybody = [site.app.server.test_client(), site.client, site.as_(grant(Role.ADMINISTRATOR))]
    for client in everybody:
        answer = client.get("/forgotten")
        assert answer.status_code == 404
        assert b"figures" not in answer.data
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert site.client.open("/versions", method=method).status_code == 405


@pytest.mark.parametrize("output", ["..coverage-tiles.children..", "provider.forceColorScheme", "x.y", "", None, [], 7])
def test_dash_runs_no_callback_that_the_table_does_not_name(site: Site, output: object) -> None:
    token = signed_in(site.registry)
    body = {"output": output, "outputs": [], "inputs": [], "changedPropIds": [], "state": []}
    client = site.with_token(token)
    answer = client.post("/_dash-update-component", json=body, headers=forgery_header(token))
    assert answer.status_code == 403
    for text in ("", "{", "[]", "null", json.dumps({"output": {"a": 1}})):
        answer = client.post(
            "/_dash-update-component", data=text, content_type="application/json", headers=forgery_header(token)
        )
        assert answer.status_code == 403, text
