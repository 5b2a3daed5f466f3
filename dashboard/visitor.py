"""What a browser tells about its reader: language, theme and size of screen, from cookies that hold nothing else."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from flask import Request, Response

from campaign.coverage import PopulationGroup
from dashboard.payloads import YEAR_SECONDS
from layouts.view import Metric, Size, Theme, View
from layouts.words import Language

E = TypeVar("E", bound=StrEnum)
LANGUAGE_COOKIE = "lang"
THEME_COOKIE = "theme"
# Written by the first script of the page: what the system prefers, and how wide the screen is.
SYSTEM_THEME_COOKIE = "system_theme"
SIZE_COOKIE = "size"


def language_of(request: Request, default: Language) -> Language:
    """?lang= first, then the cookie, then the setting."""
    return _member(Language, request.args.get("lang")) or _member(Language, request.cookies.get("lang")) or default


def theme_of(request: Request) -> Theme | None:
    """The reader's own choice; None leaves it to the system."""
    return _member(Theme, request.args.get("theme")) or _member(Theme, request.cookies.get(THEME_COOKIE))


def opening_view(request: Request | None, *, default_language: Language, denominator: str) -> View:
    """What the page opens with, before its script has looked at the address. Dash asks once without any request."""
    view = View(
        metric=Metric.DOSE1,
        group=PopulationGroup.ADULTS,
        denominator=denominator,
        language=default_language,
        theme=Theme.LIGHT,
        size=Size.DESK,
    )
    if request is None:
        return view
    system = _member(Theme, request.cookies.get(SYSTEM_THEME_COOKIE))
    return replace(
        view,
        language=language_of(request, default_language),
        theme=theme_of(request) or system or view.theme,
        size=_member(Size, request.cookies.get(SIZE_COOKIE)) or view.size,
    )


def remember(request: Request, response: Response) -> Response:
    """An after_request hook: a language or theme asked for in the address is kept for the next page."""
    for name, kind in ((LANGUAGE_COOKIE, Language), (THEME_COOKIE, Theme)):
        chosen = _member(kind, request.args.get(name))
        if chosen is not None and response.mimetype == "text/html":
            response.set_cookie(name, chosen.value, max_age=YEAR_SECONDS, samesite="Lax", path="/")
    return response


def _member(kind: type[E], value: str | None) -> E | None:
    # "open" is a way to ask for answers, nobody's theme or screen.
    return next((member for member in kind if member.value == value != Theme.OPEN), None)
