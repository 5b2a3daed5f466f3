"""The same page as many are built: every answer made for its request, its figures by `go.Figure`, nothing kept.

Readings, texts and shapes are ours and stay in memory, so that the figures' way alone is compared: one who builds like
this would ask the database for each of them, too. There is no sign-in before it."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import flask
import plotly.graph_objects as go
from plotly.utils import PlotlyJSONEncoder

from campaign.access import scope_from_key
from dashboard import first, views
from dashboard.deps import DashboardDeps
from dashboard.factory import studio_of
from dashboard.params import view_of
from dashboard.serve import Server, options_of
from dashboard.shape import load_boundaries
from layouts.words import Language, load_catalogues
from settings import Settings

FIGURES = ("map", "curves", "daily")
DRAWN = {"coverage": views.coverage, "nation": views.nation, "frame": views.frame, "first": first.first}
FRESH = multiprocessing.get_context("spawn")


@contextmanager
def naive_server(settings: Settings, deps: Callable[[], DashboardDeps]) -> Iterator[str]:
    """Its address while the block runs: the same server, as many threads, at the port of `settings`. `deps` is called
    in the worker; it must be something that another process can be sent."""
    process = FRESH.Process(target=_serve, args=(settings, deps), daemon=False)
    process.start()
    try:
        yield f"http://{settings.web.host}:{settings.web.port}"
    finally:
        process.terminate()
        process.join(20)


def _serve(settings: Settings, deps: Callable[[], DashboardDeps]) -> None:
    options = {**options_of(settings, settings.state), "post_worker_init": _nothing, "child_exit": _nothing_either}
    Server(options, lambda: naive_app(deps())).run()


def _nothing(_worker: object) -> None:
    """It has no hub to close."""


def _nothing_either(_server: object, _worker: object) -> None:
    """It counts nothing."""


def naive_app(deps: DashboardDeps) -> flask.Flask:
    """The addresses of the first page's parts, as the board has them."""
    studio = replace(studio_of(deps, load_catalogues(), load_boundaries(deps.boundaries)), texts=None, tiles=None)
    app = flask.Flask("naive", static_folder=None)

    def answer(version: int, scope: str, name: str) -> flask.Response:
        view = view_of(flask.request.args, studio.readings.known(version), default_language=Language.VI)
        within = scope_from_key(scope)
        if within is None:
            flask.abort(404)
        parts = DRAWN[name](studio, version, view, within)
        figures = {part: go.Figure(parts[part]) for part in FIGURES if part in parts}
        return flask.Response(json.dumps({**parts, **figures}, cls=PlotlyJSONEncoder), mimetype="application/json")

    app.add_url_rule("/snap/<int:version>/<scope>/<name>", view_func=answer)
    app.add_url_rule("/healthz", view_func=lambda: "ok", endpoint="healthz")
    return app
