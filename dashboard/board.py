"""The HTML around the application, in the reader's language and theme from its first byte."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

import dash
from flask import request

from dashboard.payloads import encode
from dashboard.visitor import language_of, theme_of
from layouts.theme import PALETTES, THEMES, table
from layouts.words import Catalogues, Language

TEMPLATE = (Path(__file__).resolve().parent / "index.html").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the template and the browser's scripts are handed. `scopes`: what the person who asks may look
    at, and in which scope. `wall`: what a screen turns through, None for everybody else. `early`: HTML of the numbers
    that stand there before any script runs, in that person's scope."""

    catalogues: Catalogues
    default_language: Language
    scopes: Callable[[], Mapping[str, str]]
    wall: Callable[[], Mapping[str, object] | None]
    poll_seconds: int
    stale_after_seconds: int
    build: str
    early: Callable[[], str] = str


class Board(dash.Dash):
    """Dash with our own page around it."""

    page: Page

    def interpolate_index(  # the names are Dash's
        self,
        metas: str = "",
        title: str = "",
        css: str = "",
        config: str = "",
        scripts: str = "",
        app_entry: str = "",
        favicon: str = "",
        renderer: str = "",
    ) -> str:
        page = self.page
        language = language_of(request, page.default_language)
        words = page.catalogues[language]
        theme = theme_of(request)
        settings = {
            "language": language.value,
            "scopes": dict(page.scopes()),
            "wall": page.wall(),
            "poll_seconds": page.poll_seconds,
            "stale_after_seconds": page.stale_after_seconds,
            "words": words.under("js"),
            # What answers of the open theme name (assets/dress.js).
            "palettes": {one.value: table(PALETTES[one]) for one in THEMES},
        }
        filled = {
            "lang": language.value,
            "theme": f' data-mantine-color-scheme="{theme.value}"' if theme else "",
            "title": escape(words("shell.title")),
            "loading": escape(words("shell.loading")),
            "waiting": escape(words("waiting.title")),
            "no_script": escape(words("shell.no_script")),
            "build": page.build,
            # "<" cannot end the element early when it is written as an escape of JSON.
            "settings": encode(settings).decode().replace("<", "\\u003c"),
            "metas": metas,
            "css": css,
            "config": config,
            "scripts": scripts,
            "renderer": renderer,
            # Last: what it says is not looked through for names of the template.
            "early": page.early(),
        }
        html = TEMPLATE
        for name, value in filled.items():
            html = html.replace("{{" + name + "}}", value)
        return html
