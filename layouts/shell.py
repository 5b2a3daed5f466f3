"""The frame of every page: header with the age of the data, navigation, and a place for each page."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

import dash_mantine_components as dmc
from dash import dcc, html

from layouts import (
    coldchain_page,
    coverage_page,
    find,
    help_layer,
    lineage,
    past,
    people_page,
    scenario_page,
    sites_page,
    stock_page,
    targets_page,
)
from layouts.ids import Alerts, Data, Shell
from layouts.incident_places import places_aside
from layouts.parts import Child, attributes, awaited, icon
from layouts.theme import FONT
from layouts.view import Theme, View
from layouts.words import Language, Words

PAGES = {
    "/": "coverage", "/muc-tieu": "targets", "/nguoi-dan": "people", "/diem-tiem": "sites",
    "/kho": "stock", "/day-chuyen-lanh": "coldchain", "/kich-ban": "scenarios", "/du-lieu": "data",
    "/canh-bao": "alerts",
}  # fmt: skip


def shell(view: View, words: Words, *, pages: Collection[str], name: str) -> dmc.MantineProvider:
    """The whole page. All pages are in it, one at a time is shown, so that moving between them asks nobody. Links lead
    to `pages` only, those that the person may open; `name` is that person's."""
    return dmc.MantineProvider(
        id=Shell.PROVIDER,
        forceColorScheme="dark" if view.theme is Theme.DARK else "light",
        theme=cast("Any", _mantine_theme()),
        children=[
            html.A(words("shell.skip"), href="#main", className="skip"),
            dcc.Location(id=Shell.LOCATION, refresh=False),
            *_stores(view),
            _header(view, words, pages, name),
            html.Div(id=Shell.PROBLEMS, role="status", **attributes(aria_live="polite")),
            html.Div(id=Shell.PAST_BANNER),
            html.Main(
                [
                    html.Div(id=Shell.BANNER),
                    _waiting(words),
                    html.Div(
                        coverage_page.coverage_page(view, words),
                        id=Shell.PAGE_COVERAGE,
                        className="coverage",
                        hidden=True,
                    ),
                    _titled(
                        Shell.PAGE_TARGETS,
                        "targets",
                        html.Div(targets_page.targets_page(words), className="targets-page"),
                        words,
                    ),
                    _titled(
                        Shell.PAGE_PEOPLE,
                        "people",
                        html.Div(people_page.people_page(words), className="people-page"),
                        words,
                    ),
                    _titled(
                        Shell.PAGE_SITES, "sites", html.Div(sites_page.sites_page(words), className="sites-page"), words
                    ),
                    _titled(
                        Shell.PAGE_STOCK, "stock", html.Div(stock_page.stock_page(words), className="stock-page"), words
                    ),
                    _titled(
                        Shell.PAGE_COLDCHAIN,
                        "coldchain",
                        html.Div(coldchain_page.coldchain_page(words), className="coldchain-page"),
                        words,
                    ),
                    _titled(
                        Shell.PAGE_SCENARIOS,
                        "scenarios",
                        html.Div(scenario_page.scenarios_page(words), className="scenarios-page"),
                        words,
                    ),
                    _titled(Shell.PAGE_DATA, "data", awaited(Data.BODY, words), words),
                    _titled(
                        Shell.PAGE_ALERTS,
                        "alerts",
                        html.Div([places_aside(words), awaited(Alerts.BODY, words)], className="console-page"),
                        words,
                    ),
                    _missing(words),
                ],
                id="main",
                tabIndex=-1,
            ),
            lineage.dialog(words),
            help_layer.dialog(words),
            past.dialog(words),
            find.dialog(words),
        ],
    )


def _stores(view: View) -> list[dcc.Store]:
    """Small facts only: which version is current, which theme and size the browser has, which area is picked."""
    return [
        dcc.Store(id=Shell.VERSION),
        dcc.Store(id=Shell.HEALTH),
        dcc.Store(id=Shell.TICK),
        dcc.Store(id=targets_page.Ids.TICK),
        dcc.Store(id=people_page.Ids.TICK),
        dcc.Store(id=sites_page.Ids.TICK),
        dcc.Store(id=stock_page.Ids.TICK),
        dcc.Store(id=coldchain_page.Ids.TICK),
        dcc.Store(id=scenario_page.Ids.TICK),
        dcc.Store(id=Shell.THEME, data=view.theme.value),
        dcc.Store(id=Shell.SIZE, data=view.size.value),
        dcc.Store(id=coverage_page.Ids.AREA, data=view.area),
        dcc.Store(id=coverage_page.Ids.WHERE),
    ]


def _mantine_theme() -> dict[str, Any]:
    return {
        "fontFamily": FONT,
        "headings": {"fontFamily": FONT},
        "primaryColor": "brand",
        "primaryShade": {"light": 7, "dark": 4},
        "defaultRadius": "md",
        "colors": {
            "brand": [
                "#eaf3fb",
                "#d2e4f4",
                "#a5c9e9",
                "#7db4e6",
                "#6cb0ee",
                "#3f88c5",
                "#2b6faa",
                "#14568f",
                "#104776",
                "#0b365a",
            ]
        },
    }


def _header(view: View, words: Words, pages: Collection[str], name: str) -> html.Header:
    return html.Header(
        [
            html.Div(
                [
                    dcc.Link(
                        [html.Span(className="logo", **attributes(aria_hidden="true")), _brand(words)],
                        href="/",
                        className="brand",
                        title=words("shell.title"),
                    ),
                    _nav(words, pages),
                    html.Div([_status(words), *_switches(view, words, name)], className="header-side"),
                ],
                className="header-in",
            )
        ],
        className="header",
    )


def _brand(words: Words) -> html.Span:
    return html.Span(
        [
            html.Span(words("shell.title"), className="brand-title"),
            html.Span(words("shell.title_short"), className="brand-short"),
            html.Span(id=Shell.TITLE, className="brand-sub"),
        ],
        className="brand-text",
    )


def _nav(words: Words, pages: Collection[str]) -> html.Nav:
    links: list[Child] = [
        dcc.Link(
            html.Span(words(f"nav.{page}")),
            href=path,
            className="nav-link",
            id=f"nav-{page}",
        )
        for path, page in PAGES.items()
        if page in pages
    ]
    if "stock" in pages and "data" in pages:
        # A page of the server's own, beside the stock that it is about.
        at = next(place for place, link in enumerate(links) if getattr(link, "id", "") == "nav-stock") + 1
        links.insert(at, html.A(html.Span(words("nav.plans")), href="/ke-hoach", className="nav-link"))
    if "data" in pages:
        links.append(html.A(html.Span(words("nav.reports")), href="/bao-cao", className="nav-link"))
    return html.Nav(links, className="nav", **attributes(aria_label=words("nav.label")))


def _status(words: Words) -> html.Div:
    """The age of the data, kept by the browser's own clock: it goes on counting when everything else has stopped."""
    return html.Div(
        [
            html.Span(className="pulse", **attributes(aria_hidden="true")),
            html.Div(
                [
                    html.Span(words("status.waiting"), className="status-age", id="status-age"),
                    html.Span(id=Shell.AS_OF, className="status-as-of"),
                ],
                className="status-text",
            ),
        ],
        className="status",
        id="status",
    )


def _switches(view: View, words: Words, name: str) -> list[Child]:
    other = Language.EN if words.language is Language.VI else Language.VI
    dark = view.theme is Theme.DARK
    return [
        find.find_button(words),
        help_layer.page_button(words),
        past.past_button(words),
        html.A(
            other.value.upper(),
            href=f"?lang={other.value}",
            className="icon-button language",
            lang=other.value,
            hrefLang=other.value,
            title=words("shell.other_language"),
            **attributes(aria_label=words("shell.other_language"), data_action="language"),
        ),
        html.Button(
            icon("theme"),
            className="icon-button",
            title=words("shell.theme"),
            n_clicks=0,
            **attributes(aria_label=words("shell.theme"), aria_pressed=str(dark).lower(), data_action="theme"),
        ),
        html.A(
            icon("account"),
            href="/tai-khoan",
            className="icon-button",
            title=f"{words('nav.account')}: {name}",
            **attributes(aria_label=f"{words('nav.account')}: {name}"),
        ),
    ]


def _waiting(words: Words) -> html.Div:
    """Before the first snapshot: what is going on, and that nobody has to do anything."""
    return html.Div(
        [
            html.Div(
                [html.Span(), html.Span(), html.Span()], className="waiting-drops", **attributes(aria_hidden="true")
            ),
            html.H1(words("waiting.title")),
            html.P(words("waiting.text")),
        ],
        id=Shell.WAITING,
        className="waiting",
        hidden=True,
    )


def _missing(words: Words) -> html.Div:
    return html.Div(
        [
            html.H1(words("missing.title")),
            html.P(words("missing.text")),
            dcc.Link(words("missing.back"), href="/", className="button"),
        ],
        id=Shell.MISSING,
        className="waiting",
        hidden=True,
    )


def _titled(page_id: Shell, name: str, body: Child, words: Words) -> html.Div:
    head = html.Div([html.H1(words(f"{name}.title")), html.P(words(f"{name}.lead"))], className="page-head")
    return html.Div([head, body], id=page_id, hidden=True, className="page")
