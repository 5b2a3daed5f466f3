"""The pages that the server writes by itself: they need no script, and escape whatever they are handed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard.door import addresses
from dashboard.payloads import NEVER
from dashboard.visitor import language_of, theme_of
from layouts.words import Catalogues, Language

TEMPLATES = Path(__file__).resolve().parent / "templates"


def environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """`build` changes with any file that draws (dashboard/factory.py)."""

    templates: Environment
    catalogues: Catalogues
    default_language: Language
    build: str
    demo: bool

    def page(self, request: Request, name: str, *, status: int = 200, **values: object) -> Response:
        """One template in the reader's language and theme."""
        language = language_of(request, self.default_language)
        words = self.catalogues[language]
        theme = theme_of(request)
        other = Language.EN if language is Language.VI else Language.VI
        html = self.templates.get_template(f"{name}.html").render(
            words=words,
            lang=language.value,
            other=other.value,
            theme=theme.value if theme else "",
            build=self.build,
            demo=self.demo,
            # What a form is posted to has no page of its own to be shown in the other language.
            here=request.path if request.method == "GET" else addresses.HOME,
            to=addresses,
            **values,
        )
        response = Response(html, status=status, mimetype="text/html")
        response.headers["Cache-Control"] = NEVER
        return response

    def notice(self, request: Request, what: str, *, status: int) -> Response:
        """A page that says why there is nothing to see, and what to do."""
        words = self.catalogues[language_of(request, self.default_language)]
        title, text = words(f"notice.{what}.title"), words(f"notice.{what}.text")
        return self.page(request, "notice", status=status, title=title, text=text, what=what)
