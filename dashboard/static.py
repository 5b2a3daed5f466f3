"""Scripts, styles, fonts and shapes: sent compressed and kept by the browser for good where their address is of their
content. Dash's own compression needs a package more and compresses each answer anew."""

from __future__ import annotations

from flask import Request, Response, request

from dashboard.kept import Kept
from dashboard.payloads import ASK_AGAIN, FOREVER, Payload, choose, pack

TEXTUAL = ("text/", "application/javascript", "application/json", "application/geo+json", "image/svg+xml")
# What Dash and Flask answer by themselves; our own answers come compressed (payloads.py).
THEIRS = ("/_dash-", "/assets/")
FONTS = "/assets/fonts/"
LIBRARIES = "/_dash-component-suites/"
# Scripts of some megabytes, each a few times at most: enough for all that the pages load.
KEPT_FILES = 96


class StaticCompression:
    """Compresses what Dash and Flask serve from files, each file once a worker."""

    def __init__(self) -> None:
        self._files: Kept[tuple[str, str], Payload] = Kept(KEPT_FILES)

    def __call__(self, response: Response) -> Response:
        """An after_request hook: leaves errors, ranges, and what is compressed already alone."""
        if request.path.startswith(FONTS) and response.status_code == 200:
            response.headers["Cache-Control"] = FOREVER
        if not _wanted(request, response):
            return response
        stays = _stays(request)
        response.direct_passthrough = False
        body = response.get_data()
        # The file is read; what is sent from here on is in memory.
        response.close()
        mimetype = response.mimetype or "application/octet-stream"
        payload = (
            self._files.get((_file_of(request), mimetype), lambda: pack(body, mimetype, is_lasting=True))
            if stays
            else None
        )
        chosen, encoding = choose(payload or pack(body, mimetype), request)
        response.set_data(chosen)
        if encoding:
            response.headers["Content-Encoding"] = encoding
            response.headers.pop("ETag", None)
        response.headers["Vary"] = "Accept-Encoding"
        if _lasting(request):
            response.headers["Cache-Control"] = FOREVER
        elif payload is not None:
            # A megabyte and more that has no fingerprint: asked for each time, sent once.
            response.headers["Cache-Control"] = ASK_AGAIN
            response.set_etag(payload.etag, weak=True)
            response.make_conditional(request)
        return response


def _wanted(asked: Request, response: Response) -> bool:
    kind = response.mimetype or ""
    return (
        asked.method == "GET"
        and response.status_code == 200
        and (asked.path.startswith(THEIRS) or kind == "text/html")
        and kind.startswith(TEXTUAL)
        and "Content-Encoding" not in response.headers
    )


def _file_of(asked: Request) -> str:
    """Whatever is asked of a library's file besides, it is the same."""
    return asked.path if asked.path.startswith(LIBRARIES) else asked.full_path


def _stays(asked: Request) -> bool:
    """Whether its file is the same as long as the worker lives: those of libraries, and what lasts."""
    return asked.path.startswith(LIBRARIES) or _lasting(asked)


def _lasting(asked: Request) -> bool:
    """Dash writes a fingerprint into the address of a library's file and the time of change into that of an asset."""
    path = asked.path
    return (path.startswith(LIBRARIES) and ".v" in path) or (path.startswith("/assets/") and "m" in asked.args)
