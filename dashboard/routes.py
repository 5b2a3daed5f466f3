"""Everything that is asked for besides the page itself: views of snapshots, the live stream, health, alerts, shapes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request

from campaign.access import Permission, Scope
from dashboard import (
    bundle,
    coldchain,
    coldchain_files,
    compare,
    console,
    files,
    finding,
    first,
    params,
    past,
    payloads,
    people,
    people_files,
    places,
    scenarios,
    sites,
    sites_files,
    stock,
    stock_files,
    targets,
    views,
)  # fmt: skip
from dashboard.deps import DashboardDeps, RegistryUnavailable
from dashboard.door.caller import caller
from dashboard.gate import Gate
from dashboard.kept import Kept
from dashboard.live import Current, LiveHub
from dashboard.payloads import Payload, plain_json
from dashboard.readings import Readings
from dashboard.seen import OutsideScope
from dashboard.shape import Boundaries
from dashboard.stream import Streams
from dashboard.views import Studio
from dashboard.visitor import language_of
from layouts.view import Grain, View
from layouts.words import Language
from warehouse.files import SnapshotUnavailable
from warehouse.lineage import NUMBERS

# Every combination of the first page's filters for one version, at 20 kB each.
KEPT_VIEWS = 2048
# Answers that are drawn at the same moment. Python runs one thread at a time: with twenty at once each of them is
# twenty times as slow, and so is everybody whose answer is there already.
DRAWN_AT_ONCE = 2
# plotly.js asks for a world map behind every geo subplot, even one that does not draw it.
EMPTY_LAYERS = ("coastlines", "land", "ocean", "lakes", "rivers", "countries", "subunits")
EMPTY_WORLD = {
    "type": "Topology",
    "arcs": [],
    "objects": {name: {"type": "GeometryCollection", "geometries": []} for name in EMPTY_LAYERS},
}

NEEDS_AREA = frozenset({"area", "place"})
Draw = Callable[[Studio, int, View, Scope], dict[str, Any]]
# Of a file: its text.
Write = Callable[[Studio, int, View, Scope], str]
VIEWS: dict[str, Draw] = {
    "coverage": views.coverage,
    "nation": views.nation,
    "area": views.area,
    "first": first.first,
    "help": first.help_texts,
    "place": places.place,
    "compare": compare.compare,
    "targets": targets.targets,
    "people": people.people,
    "sites": sites.sites,
    "stock": stock.stock,
    "coldchain": coldchain.cold_chain,
    "frame": views.frame,
    "data": views.data,
}
# Of each page that has them, by its address: the tables that are files, too.
FILES = {
    "nguoi-dan": people_files,
    "diem-tiem": sites_files,
    "kho": stock_files,
    "day-chuyen-lanh": coldchain_files,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the routes share in one worker. `holds`: whether the session of a token holds a permission now; `denied`:
    logs a refusal and writes it into the audit."""

    deps: DashboardDeps
    holds: Callable[[str, Permission], bool]
    denied: Callable[[OutsideScope], None]
    studio: Studio
    hub: LiveHub
    streams: Streams
    boundaries: Mapping[Grain, Boundaries]
    build: str
    kept: Kept[tuple[str, int, str, View], Payload]
    gate: Gate = field(default_factory=Gate)
    drawing: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(DRAWN_AT_ONCE))

    @property
    def language(self) -> Language:
        return language_of(request, Language(self.deps.settings.web.language))


def current(readings: Readings, build: str) -> Current:
    """What viewers should have now. Raises SnapshotUnavailable before the first publication."""
    info = readings.info(readings.snapshots.current())
    key = key_of(info.content_hash, build)
    return Current(version=info.version, key=key, published_at=info.published_at, as_of=info.as_of)


def key_of(content_hash: str, build: str) -> str:
    """Equal keys mean equal answers: same content, same code that draws it."""
    return f"{content_hash[:16]}-{build}"


def add_routes(server: Flask, desk: Desk) -> None:
    """Register all of them on `server`."""

    def snapshot_view(version: int, scope: str, name: str) -> Response:
        return _answered(desk, lambda: _view(desk, version, scope, name))

    def snapshot_parts(version: int, scope: str) -> Response:
        return _answered(desk, lambda: _parts(desk, version, scope))

    def snapshot_number(version: int, scope: str, number: str) -> Response:
        return _answered(desk, lambda: _number(desk, version, scope, number))

    def people_file(version: int, scope: str, name: str) -> Response:
        return _answered(desk, lambda: _table_file(desk, version, scope, "nguoi-dan", name))

    def site_file(version: int, scope: str, name: str) -> Response:
        return _answered(desk, lambda: _table_file(desk, version, scope, "diem-tiem", name))

    def stock_file(version: int, scope: str, name: str) -> Response:
        return _answered(desk, lambda: _table_file(desk, version, scope, "kho", name))

    def coldchain_file(version: int, scope: str, name: str) -> Response:
        return _answered(desk, lambda: _table_file(desk, version, scope, "day-chuyen-lanh", name))

    def what_if(version: int, scope: str) -> Response:
        return _answered(desk, lambda: _what_if(desk, outcomes, version, scope))

    def snapshot_csv(version: int, scope: str, name: str) -> Response:
        return _answered(desk, lambda: _csv(desk, version, scope, name))

    def find(scope: str) -> Response:
        return _answered(desk, lambda: _find(desk, finders, scope))

    def versions() -> Response:
        return _answered(desk, lambda: _versions(desk))

    def version() -> Response:
        return plain_json(desk.streams.version(desk.hub.state()[0]))

    def live() -> Response:
        token = caller().token
        return desk.streams.open(lambda: desk.holds(token, Permission.SEE_BOARD))

    def health() -> Response:
        return plain_json(desk.streams.health(desk.hub.state()[1]))

    def alive() -> Response:
        return Response("ok\n", mimetype="text/plain", headers={"Cache-Control": payloads.NEVER})

    def alerts() -> Response:
        return _answered(desk, lambda: _alerts(desk, names))

    def shapes(digest: str) -> Response:
        for found in desk.boundaries.values():
            if found.shape.url.startswith(f"/geo/{digest}/"):
                return payloads.respond(found.payload, request, cache=payloads.FOREVER)
        return plain_json({"error": "no boundaries at this address"}, status=404)

    def world(name: str) -> Response:
        return payloads.respond(empty_world, request, cache=payloads.FOREVER)

    outcomes = scenarios.Outcomes()
    finders = finding.Finders()
    names = console.PlaceNames(desk.deps, desk.studio)
    empty_world = payloads.pack(payloads.encode(EMPTY_WORLD))
    server.add_url_rule("/snap/<int:version>/<scope>/<name>", view_func=snapshot_view)
    server.add_url_rule("/snap/<int:version>/<scope>/parts", view_func=snapshot_parts)
    server.add_url_rule("/snap/<int:version>/<scope>/lineage/<number>", view_func=snapshot_number)
    server.add_url_rule("/snap/<int:version>/<scope>/nguoi-dan/<name>.csv", view_func=people_file)
    server.add_url_rule("/snap/<int:version>/<scope>/diem-tiem/<name>.csv", view_func=site_file)
    server.add_url_rule("/snap/<int:version>/<scope>/kho/<name>.csv", view_func=stock_file)
    server.add_url_rule("/snap/<int:version>/<scope>/day-chuyen-lanh/<name>.csv", view_func=coldchain_file)
    server.add_url_rule("/scenarios/<int:version>/<scope>", "scenarios", what_if)
    server.add_url_rule("/csv/<int:version>/<scope>/<name>", view_func=snapshot_csv)
    server.add_url_rule("/tim/<scope>", "find", find)
    server.add_url_rule("/versions", view_func=versions)
    server.add_url_rule("/version", view_func=version)
    server.add_url_rule("/live", view_func=live)
    server.add_url_rule("/health", view_func=health)
    server.add_url_rule("/healthz", view_func=alive)
    server.add_url_rule("/alerts", view_func=alerts)
    server.add_url_rule("/geo/<digest>/areas.geojson", view_func=shapes)
    server.add_url_rule("/topo/<path:name>", view_func=world)


def _answered(desk: Desk, answer: Callable[[], Response]) -> Response:
    """The answer, or the error that it ran into as JSON that says what to ask for instead."""
    try:
        return answer()
    except params.BadParameter as error:
        return plain_json(
            {"error": str(error), "parameter": error.parameter, "allowed": error.allowed, "value": error.value},
            status=400,
        )
    except SnapshotUnavailable as error:
        return plain_json({"error": str(error), "current": _current_or_none(desk)}, status=404)
    except OutsideScope as error:
        desk.denied(error)
        return plain_json({"error": str(error)}, status=403)
    except RegistryUnavailable:
        # Not why: that names hosts and files.
        return plain_json({"error": "the registry does not answer"}, status=503)


def _current_or_none(desk: Desk) -> dict[str, Any] | None:
    try:
        return desk.streams.version(current(desk.studio.readings, desk.build))
    except SnapshotUnavailable:
        return None


def _view(desk: Desk, version: int, scope: str, name: str) -> Response:
    """One view of one snapshot."""
    draw = VIEWS.get(name)
    if draw is None:
        raise params.BadParameter("view", name, tuple(VIEWS))
    return _drawn(desk, version, scope, name, draw)


def _number(desk: Desk, version: int, scope: str, number: str) -> Response:
    """Where one number of one snapshot comes from."""
    if number not in NUMBERS:
        raise params.BadParameter("number", number, tuple(NUMBERS))

    def draw(studio: Studio, version: int, view: View, within: Scope) -> dict[str, Any]:
        return views.number(studio, version, view, within, number)

    return _drawn(desk, version, scope, f"lineage/{number}", draw)


def _table_file(desk: Desk, version: int, scope: str, page: str, name: str) -> Response:
    """One table of a page as a file, the rows that the page has. `page` is its address."""
    files_of = FILES[page]
    if name not in files_of.FILES:
        raise params.BadParameter("file", name, tuple(files_of.FILES))

    def draw(studio: Studio, version: int, view: View, within: Scope) -> str:
        return files_of.text(studio, version, view, within, name)

    answer = _drawn(desk, version, scope, f"{page}/{name}.csv", draw)
    answer.headers["Content-Disposition"] = f'attachment; filename="{page}-{name}-{version}.csv"'
    return answer


def _drawn(desk: Desk, version: int, scope: str, name: str, draw: Draw | Write) -> Response:
    """Guard, scope and filters come on each request before the kept answer is looked up, which is kept by scope."""
    readings = desk.studio.readings
    view, within = _asked(desk, version, scope)
    _check_area((name,), view, readings.known(version))
    own = bundle.own_view(name, view) if name in bundle.SHARED else view
    payload = kept_answer(desk, version, name, draw, own, within)
    # Never without asking: a browser keeps the body, whether it may still show it is said each time (304 or 401).
    return payloads.respond(payload, request, cache=payloads.ASK_AGAIN)


def _parts(desk: Desk, version: int, scope: str) -> Response:
    """Several views under one combination of filters, each as it is alone."""
    args = request.args.to_dict()
    names = bundle.names_of(args.pop(bundle.NAMES, ""))
    view, within = _asked(desk, version, scope, args)
    _check_area(names, view, desk.studio.readings.known(version))
    payload = kept_parts(desk, version, names, view, within)
    return payloads.respond(payload, request, cache=payloads.ASK_AGAIN)


def _check_area(names: Collection[str], view: View, known: params.Known) -> None:
    if not NEEDS_AREA.isdisjoint(names) and not view.area:
        raise params.BadParameter("area", "", tuple(sorted(known.areas)))


def kept_answer(desk: Desk, version: int, name: str, draw: Draw | Write, view: View, within: Scope) -> Payload:
    """Drawn once for each content, scope and combination of filters. Whoever calls has checked who asks."""

    def drawn() -> Payload:
        with desk.drawing:
            return _packed(draw(desk.studio, version, view, within))

    return _kept(desk, version, f"{within.key}/{name}", view, drawn)


def kept_parts(desk: Desk, version: int, names: Sequence[str], view: View, within: Scope) -> Payload:
    """The answers of `names` in one, written from those that are kept. Whoever calls has checked who asks."""

    def drawn() -> Payload:
        # Each takes its turn of drawing by itself.
        parts = {
            name: kept_answer(desk, version, name, VIEWS[name], bundle.own_view(name, view), within).body
            for name in names
        }
        return payloads.pack(bundle.joined(parts))

    return _kept(desk, version, f"{within.key}/{'+'.join(names)}", view, drawn)


def _kept(desk: Desk, version: int, name: str, view: View, drawn: Callable[[], Payload]) -> Payload:
    key = key_of(desk.studio.readings.info(version).content_hash, desk.build)
    place = (key, version, name, view)
    if desk.kept.has(place):
        return desk.kept.get(place, drawn)
    with desk.gate.outside():
        return desk.kept.get(place, drawn)


def _packed(drawn: dict[str, Any] | str) -> Payload:
    if isinstance(drawn, str):
        # With the mark by which spreadsheets know the encoding.
        return payloads.pack(drawn.encode("utf-8-sig"), "text/csv")
    return payloads.pack(payloads.encode(drawn))


def _asked(desk: Desk, version: int, scope: str, args: Mapping[str, str] | None = None) -> tuple[View, Scope]:
    """What an address of one snapshot asks for, within what scope; `args` instead of the request's. Raises
    BadParameter and OutsideScope."""
    known = desk.studio.readings.known(version)
    within = params.scope_of_address(scope, known)
    _check_past(desk, version)
    return params.view_of(request.args if args is None else args, known, default_language=desk.language), within


def _csv(desk: Desk, version: int, scope: str, name: str) -> Response:
    """The twin table of one map as a file, in the caller's scope."""
    write = files.FILES.get(name)
    if write is None:
        raise params.BadParameter("file", name, tuple(files.FILES))
    view, within = _asked(desk, version, scope)
    return files.respond(write(desk.studio, version, view, within), name=name, version=version)


def _find(desk: Desk, finders: finding.Finders, scope: str) -> Response:
    """Places by a part of their name. Raises BadParameter for a text that is longer than any name."""
    text = request.args.get("q", "")
    if len(text) > finding.LONGEST:
        raise params.BadParameter("q", text[: finding.LONGEST], (f"at most {finding.LONGEST} characters",))
    version = desk.studio.readings.snapshots.current()
    within = params.scope_of_address(scope, desk.studio.readings.known(version))
    words = desk.studio.catalogues[desk.language]
    return plain_json(finding.answer(desk.studio, finders, text, version, within, words))


def _check_past(desk: Desk, version: int) -> None:
    """Whoever may not look back sees the newest snapshots: the current one, and those still on somebody's screen."""
    asked = caller()
    if asked.may(Permission.SEE_PAST):
        return
    newest = desk.studio.readings.snapshots.current()
    if not newest - desk.deps.settings.etl.keep_last_snapshots < version <= newest:
        raise OutsideScope("your roles do not include snapshots of the past", needs=Permission.SEE_PAST.value)


def _what_if(desk: Desk, outcomes: scenarios.Outcomes, version: int, scope: str) -> Response:
    _check_past(desk, version)
    return scenarios.answer(desk.studio, outcomes, version, scope, url=desk.deps.app_url, language=desk.language)


def _versions(desk: Desk) -> Response:
    told = past.answer(
        request.args,
        desk.studio.readings,
        words=desk.studio.catalogues[desk.language],
        zone=desk.studio.zone,
        folder=desk.deps.settings.snapshot_dir,
        key=lambda info: key_of(info.content_hash, desk.build),
    )
    return plain_json(told)


def _alerts(desk: Desk, names: console.PlaceNames) -> Response:
    words = desk.studio.catalogues[desk.language]
    return plain_json(console.answer(desk.deps, desk.studio, request, words=words, places=names))
