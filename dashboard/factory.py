"""Build the application from what it is handed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import dash
from dash.exceptions import DependencyException
from flask import Response, has_request_context, request

from campaign.causes import CauseRules
from campaign.equipment import EquipmentRules
from campaign.map_metrics import NEEDS, Kind, NeedEdges
from campaign.sites import SiteRules
from campaign.stock_board import StockRules
from campaign.trust import ClockLimits
from dashboard import edge
from dashboard.ahead import draw_ahead, read_ahead
from dashboard.api.answers import add_api
from dashboard.board import Board, Page
from dashboard.deps import DashboardDeps
from dashboard.door.front import FrontDoor, on_a_wall, open_door, open_pages, open_scopes, own_name
from dashboard.door.guard import UNREAD, Guard
from dashboard.door.plan_pages import add_plan_pages
from dashboard.door.report_pages import add_report_pages
from dashboard.early import early_numbers
from dashboard.kept import Kept
from dashboard.live import LiveHub
from dashboard.pages import alerts, coldchain, coverage, data, first, frame, people, scenarios, sites, stock, targets
from dashboard.payloads import plain_json
from dashboard.public import add_public_routes
from dashboard.readings import Readings
from dashboard.routes import KEPT_VIEWS, Desk, add_routes, current
from dashboard.security import SecurityHeaders, policy
from dashboard.shape import Boundaries, load_boundaries
from dashboard.static import StaticCompression
from dashboard.stream import Streams
from dashboard.views import Studio
from dashboard.visitor import opening_view, remember
from geo.gazetteer import Gazetteer
from layouts.feed_board import Lag
from layouts.scales import Breaks
from layouts.shell import PAGES, shell
from layouts.view import Grain
from layouts.words import Catalogues, Language, load_catalogues
from settings import CampaignSettings, Settings
from warehouse import reads_trust
from warehouse.memory import give_back
from warehouse.reference import (
    load_capacity_rules,
    load_deferral_reasons,
    load_most_per_vial,
    load_priority_groups,
    load_product_names,
    load_supply_book,
    load_thaw_limits,
    load_usual_waits,
    load_vial_monitors,
    load_waste_reasons,
)

HERE = Path(__file__).resolve().parent
# Their texts are part of what an answer looks like: a changed line makes other keys, and no browser shows old drawings.
DRAWN_BY = (
    *(HERE, HERE.parent / "layouts", HERE.parent / "campaign"),
    *(HERE.parent / "warehouse" / "sql" / name for name in ("lineage", "reads")),
)
KEPT_TEXTS = 64
# Whose answers are kept: the newest and those that are still on somebody's screen.
ANSWERED_VERSIONS = 2
RULES = "data_rules.csv"
# Reference data that a page shows: a changed line or name is a changed answer.
SHOWN_DATA = (
    *(RULES, "areas_2025.csv", "districts.csv", "sites.csv"),
    *("priority_groups.csv", "deferral_reasons.csv", "waste_reasons.csv", "products.csv"),
    "packed_volumes.csv",
)
# Any path that nothing else answers: Dash's page, whose script shows the part of it that the path names.
DASH_PAGES = ("/", "/<path:path>")


def create_app(deps: DashboardDeps) -> dash.Dash:
    """The application, ready to be served. `app.server` is the WSGI application; its hub starts with the first request
    or with `start_live`."""
    settings = deps.settings
    catalogues = load_catalogues()
    build = build_id(settings)
    app = _dash(settings, catalogues, build)
    gazetteer = Gazetteer(settings.reference_dir)
    door = open_door(deps, catalogues, build, gazetteer)
    desk = _desk(deps, catalogues, build, door.guard, gazetteer)
    # Before every other hook: what a request is called and how long it took holds for refused ones, too.
    edge.wrap(app.server, desk)
    app.page = replace(app.page, early=partial(early_numbers, desk))
    add_routes(app.server, desk)
    add_public_routes(app.server, desk)
    add_api(app.server, desk)
    door.add_to(app.server)
    add_plan_pages(app.server, door.deeds, desk.studio)
    add_report_pages(app.server, door.deeds)
    language = Language(settings.web.language)

    def layout() -> object:
        asked = request if has_request_context() else None
        view = opening_view(asked, default_language=language, denominator=settings.campaign.denominator)
        # Dash asks once without any request, to check the ids: that one has all pages and is sent to nobody.
        pages = open_pages() if asked else frozenset(PAGES.values())
        return shell(view, catalogues[view.language], pages=pages, name=own_name() if asked else "")

    app.layout = layout
    for page in (frame, coverage, first, targets, people, sites, stock, coldchain, scenarios, data, alerts):
        page.register(app)
    _hook(app, desk, door)
    # Outside of all hooks.
    app.server.wsgi_app = desk.gate.before(app.server.wsgi_app)
    return app


def live_hub(app: dash.Dash) -> LiveHub:
    """The hub of an application made here: to start it early, or to close it when a test is over."""
    hub: LiveHub = app.server.extensions["live_hub"]
    return hub


def _dash(settings: Settings, catalogues: Catalogues, build: str) -> Board:
    page = Page(
        catalogues=catalogues,
        default_language=Language(settings.web.language),
        scopes=open_scopes,
        wall=lambda: settings.wall.model_dump(mode="json") if on_a_wall() else None,
        poll_seconds=settings.web.poll_seconds,
        stale_after_seconds=settings.web.stale_after_seconds,
        build=build,
    )
    app = Board(
        name="dashboard",
        assets_folder=str(HERE / "assets"),
        # Loaded by the page itself, before everything else.
        assets_path_ignore=["first"],
        title="",
        # Empty: the title of the page stays as it is while a callback runs.
        update_title="",
        add_log_handler=False,
        serve_locally=True,
        enable_mcp=False,
        suppress_callback_exceptions=False,
    )
    app.page = page
    app.enable_dev_tools(debug=False, dev_tools_disable_version_check=True)
    return app


def _desk(deps: DashboardDeps, catalogues: Catalogues, build: str, guard: Guard, gazetteer: Gazetteer) -> Desk:
    settings = deps.settings
    boundaries = load_boundaries(deps.boundaries)
    studio = studio_of(deps, catalogues, boundaries, gazetteer)

    def prepare(version: int, go_on: Callable[[], bool]) -> None:
        desk.kept.forget(lambda place: place[1] < version - ANSWERED_VERSIONS)
        if desk.streams.is_crowded():
            draw_ahead(desk, version, go_on)
        else:
            read_ahead(desk, version, go_on)
        give_back()

    hub = LiveHub(
        look=lambda: current(studio.readings, build),
        redis_url=deps.redis_url,
        channel=settings.redis.channel,
        registry_ok=deps.registry_ok,
        wall=deps.wall,
        prepare=prepare,
    )
    desk = Desk(
        deps=deps,
        holds=guard.holds,
        denied=guard.outside,
        studio=studio,
        hub=hub,
        streams=Streams(
            hub,
            limit=settings.web.max_streams,
            wall=deps.wall,
            recheck_seconds=settings.access.recheck_seconds,
            per_second=settings.web.told_per_second,
            first=settings.web.told_first,
        ),
        boundaries=boundaries,
        build=build,
        kept=Kept(KEPT_VIEWS),
    )
    return desk


def studio_of(
    deps: DashboardDeps,
    catalogues: Catalogues,
    boundaries: Mapping[Grain, Boundaries],
    gazetteer: Gazetteer | None = None,
) -> Studio:
    """What every view is drawn with. `gazetteer`: the one that the rest of the process has; None: one of its own."""
    gazetteer = gazetteer or Gazetteer(deps.settings.reference_dir)
    return Studio(
        readings=Readings(
            deps.snapshots, gazetteer.successors, usual_waits=load_usual_waits(deps.settings.reference_dir)
        ),
        catalogues=catalogues,
        shapes={grain: found.shape for grain, found in boundaries.items()},
        gazetteer=gazetteer,
        zone=ZoneInfo(deps.settings.campaign.timezone),
        breaks=breaks_of(deps.settings.campaign),
        lag=Lag(amber=deps.settings.etl.lag_amber_seconds, red=deps.settings.etl.lag_red_seconds),
        rules=reads_trust.rules(deps.settings.reference_dir / RULES),
        limits=ClockLimits(**deps.settings.clock.model_dump()),
        priority_groups=load_priority_groups(deps.settings.reference_dir),
        deferral_reasons=load_deferral_reasons(deps.settings.reference_dir),
        waste_reasons=load_waste_reasons(deps.settings.reference_dir),
        products=load_product_names(deps.settings.reference_dir),
        causes=CauseRules(**deps.settings.causes.model_dump(exclude={"places"})),
        places=deps.settings.causes.places,
        cutoff_hour=deps.settings.campaign.cutoff_hour,
        site_rules=SiteRules(**deps.settings.sites.model_dump(exclude={"places", "most_rows"})),
        rank_places=deps.settings.sites.places,
        site_rows=deps.settings.sites.most_rows,
        run_days=deps.settings.coldchain.shown_days,
        equipment=EquipmentRules(
            uptime_days=deps.settings.coldchain.uptime_days,
            offender_days=deps.settings.coldchain.offender_days,
            offender_alarms=deps.settings.coldchain.offender_alarms,
        ),
        capacity=load_capacity_rules(deps.settings.reference_dir),
        need=NeedEdges(**deps.settings.campaign.map_need.model_dump()),
        stock=StockRules(
            count_days=deps.settings.stock.count_days,
            allocation_days=deps.settings.stock.allocation_days,
            settled_days=deps.settings.stock.settled_days,
            transit_days=deps.settings.stock.transit_days,
            thaw_limits=load_thaw_limits(deps.settings.reference_dir),
            most_per_vial=load_most_per_vial(deps.settings.reference_dir),
        ),
        supply=load_supply_book(deps.settings.reference_dir),
        monitors=load_vial_monitors(deps.settings.reference_dir),
        texts=Kept(KEPT_TEXTS),
        tiles=Kept(KEPT_TEXTS),
    )


def breaks_of(campaign: CampaignSettings) -> Breaks:
    """The legend's breaks by what is counted."""
    classes = tuple(number - 0.5 for number in range(1, len(NEEDS)))
    own = {Kind(kind): edges for kind, edges in campaign.map_breaks}
    return {Kind.RATIO: campaign.coverage_breaks, Kind.NEED: classes, **own}


def _hook(app: Board, desk: Desk, door: FrontDoor) -> None:
    server = app.server
    server.extensions["live_hub"] = desk.hub
    server.extensions["desk"] = desk
    server.extensions["gazetteer"] = desk.studio.gazetteer
    static = StaticCompression()
    # After the callbacks, because their inline scripts are among the hashes.
    security = SecurityHeaders(policy(app.csp_hashes()), tls=desk.deps.settings.access.tls)

    def begin() -> None:
        desk.hub.start()

    def finish(response: Response) -> Response:
        if response.mimetype == "text/html":
            remember(request, response)
            response.headers["Cache-Control"] = "no-store"
            if response.status_code == 200 and request.endpoint in DASH_PAGES:
                door.hand_over(response)
                if request.path not in PAGES:
                    response.status_code = 404
        return security(static(response))

    def nothing_here(_error: Exception) -> Response:
        return plain_json({"error": "there is nothing here"}, status=404)

    # Dash would answer 500, and name every file it has.
    server.register_error_handler(DependencyException, nothing_here)
    for status in UNREAD:
        server.register_error_handler(status, door.guard.unread)
    server.before_request(begin)
    # Before every view and every hook but the first, which gives a request its id and its limits (dashboard/edge.py):
    # nothing is reached that the table does not name.
    server.before_request_funcs.setdefault(None, []).insert(1, door.guard)
    server.after_request(finish)


def build_id(settings: Settings) -> str:
    """Changes with any file that draws and with any setting that shows."""
    digest = hashlib.sha256()
    for folder in DRAWN_BY:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix in {".py", ".po", ".js", ".css", ".html", ".svg", ".sql"}:
                digest.update(file.name.encode())
                digest.update(file.read_bytes())
    for file in (settings.reference_dir / name for name in SHOWN_DATA):
        if file.exists():
            digest.update(file.read_bytes())
    parts = (
        settings.campaign,
        settings.web,
        settings.etl,
        settings.clock,
        settings.causes,
        settings.sites,
        settings.coldchain,
        settings.stock,
    )
    shown = [part.model_dump(mode="json") for part in parts]
    digest.update(json.dumps(shown, sort_keys=True).encode())
    return digest.hexdigest()[:10]
