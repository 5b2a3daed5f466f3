"""Figures for everyone: /public, /public.json and the open data, all drawn from publications of a day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request

from campaign.coverage import CENTRAL_UNITS
from campaign.publication import AreaCounts, Publication
from campaign.suppression import Figure
from dashboard import payloads
from dashboard.kept import Kept
from dashboard.open_data import OPEN_ENDPOINTS, OpenData, add_open_routes
from dashboard.payloads import Payload
from dashboard.publications import Publications, PublicRules
from dashboard.routes import Desk
from layouts.public_page import ADDRESS, JSON_ADDRESS, Setting, public_page, waiting_page
from layouts.public_tables import COUNTED
from layouts.view import GROUPS
from layouts.words import Language
from warehouse.files import SnapshotUnavailable
from warehouse.reference import load_open_changes

# Everyone's, so that a proxy may keep them; short, because the day's figures change at an hour.
CACHE = "public, max-age=300"
POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ENDPOINTS = frozenset({"public_page", "public_json", *OPEN_ENDPOINTS})


def add_public_routes(server: Flask, desk: Desk) -> None:
    """Register both. To be called before the application's own hooks are registered (see `_finish`)."""
    settings = desk.deps.settings
    publications = Publications(
        desk.studio.readings,
        snapshot_dir=settings.snapshot_dir,
        folder=settings.publication_dir,
        rules=PublicRules(hour=settings.public.hour, step=settings.public.min_cell, zone=desk.studio.zone),
        wall=desk.deps.wall,
    )
    # Each language's page and the JSON, of today's publication and of yesterday's around the hour.
    drawn: Kept[tuple[str, str], Payload] = Kept(2 * (len(Language) + 1))

    def kept(name: str, draw: Callable[[Publication], Payload]) -> Payload:
        publication = publications.current()
        return drawn.get((name, f"{publication.day} {publication.about.published_at}"), lambda: draw(publication))

    def page() -> Response:
        setting = _setting(desk)
        try:
            return sent(kept(setting.words.language, lambda publication: _html(public_page(publication, setting))))
        except SnapshotUnavailable:
            return sent(_html(waiting_page(setting)), status=503)

    def figures() -> Response:
        try:
            return sent(kept("json", lambda publication: payloads.pack(payloads.encode(plain(publication)))))
        except SnapshotUnavailable:
            return sent(payloads.pack(payloads.encode({"error": "nothing has been published yet"})), status=503)

    reference = settings.reference_dir
    add_open_routes(
        server, OpenData(publications, lambda: _setting(desk), changes=load_open_changes(reference), sent=sent)
    )
    server.add_url_rule(ADDRESS, view_func=page, endpoint="public_page")
    server.add_url_rule(JSON_ADDRESS, view_func=figures, endpoint="public_json")
    server.after_request(_finish)


def plain(publication: Publication) -> dict[str, Any]:
    """The publication for machines. A count is {at_least, less_than}, both multiples of the step; null: not told."""
    about = publication.about
    return {
        "day": publication.day,
        "snapshot": about.snapshot,
        "as_of": about.as_of,
        "published_at": about.published_at,
        "title": {"vi": about.title_vi, "en": about.title_en},
        "note": {"vi": about.note_vi, "en": about.note_en},
        "demonstration_one_in": about.one_in if about.is_demo else None,
        "rounded_down_to": publication.step,
        "denominator": about.denominator,
        "targets": [{"group": t.population_group, "ratio": t.ratio, "due_on": t.due_on} for t in publication.targets],
        "nation": _nation(publication),
        "areas": [_area(publication, area) for area in publication.areas],
    }


def _nation(publication: Publication) -> dict[str, Any]:
    """Coverage leaves out areas without a population on both sides; people and bands are of all areas."""
    coverage = {
        group.value: {
            measure.value: {
                "people": reading[0].people,
                "population": reading[0].population,
                "left_out": list(reading[1]),
            }
            for measure in COUNTED
            if (reading := publication.national(group, measure)) is not None
        }
        for group in GROUPS
    }
    return {
        "doses": _told(publication.doses()),
        "coverage": coverage,
        **_people(publication, publication.areas),
    }


def _area(publication: Publication, area: AreaCounts) -> dict[str, Any]:
    told = {
        "code": area.code,
        "name": {"vi": area.name_vi, "en": area.name_en},
        "doses": _told(publication.doses([area])),
    }
    if area.code == CENTRAL_UNITS:
        return told
    return {
        **told,
        "population": {group.value: area.population.get(group) for group in GROUPS},
        **_people(publication, [area]),
    }


def _people(publication: Publication, areas: tuple[AreaCounts, ...] | list[AreaCounts]) -> dict[str, Any]:
    """By group and by band."""
    parts = {"people": {group.value: publication.bands_of(group) for group in GROUPS}}
    parts["bands"] = {band: (band,) for band in publication.bands}
    return {
        part: {
            name: {measure.value: _told(publication.people(measure, bands, areas)) for measure in COUNTED}
            for name, bands in named.items()
        }
        for part, named in parts.items()
    }


def _told(figure: Figure | None) -> dict[str, int] | None:
    return None if figure is None else {"at_least": figure.at_least, "less_than": figure.less_than}


def _setting(desk: Desk) -> Setting:
    """The language is in the address only: no cookie is read here and none is set."""
    settings = desk.deps.settings
    asked = request.args.get("lang")
    language = Language(asked) if asked in set(Language) else Language(settings.web.language)
    return Setting(
        words=desk.studio.catalogues[language], zone=desk.studio.zone, hour=settings.public.hour, build=desk.build
    )


def _html(text: str) -> Payload:
    return payloads.pack(text.encode(), "text/html")


def sent(payload: Payload, *, status: int = 200, cache: str = CACHE) -> Response:
    """Of an address for everyone; what it is sent with stands whatever the board's own hooks do (`_finish`)."""
    response = payloads.respond(payload, request, cache=cache if status == 200 else payloads.NEVER)
    response.headers["Content-Security-Policy"] = POLICY
    if status != 200:
        response.status_code = status
    g.public_answer = response.status_code, response.headers["Cache-Control"]
    return response


def _finish(response: Response) -> Response:
    """An after_request hook. What is done to the board's own pages (cookies, 404 for a path that it does not draw,
    never kept) is taken back for these addresses only: Flask runs the hook registered first last."""
    if request.endpoint in ENDPOINTS and "public_answer" in g:
        response.status_code, response.headers["Cache-Control"] = g.public_answer
        response.headers.pop("Set-Cookie", None)
    return response
