"""Put the door together for one worker, and say what it lets the present caller see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

from campaign.access import Permission
from dashboard.deps import DashboardDeps
from dashboard.door.answers import Answers
from dashboard.door.audit import add_audit
from dashboard.door.caller import caller
from dashboard.door.cookies import Cookies
from dashboard.door.deeds import DeedDesk, add_deeds
from dashboard.door.desk import DoorDesk, add_door
from dashboard.door.guard import Guard
from dashboard.door.render import Pages, environment
from dashboard.door.sessions import Sessions
from geo.areas import load_provinces
from layouts.shell import PAGES
from layouts.words import Catalogues, Language, Words
from operations.audit import Verdict
from operations.sessions import Limits
from settings import AccessSettings

KILOBYTE = 1024
# What the page's parts need, and under which name the browser's scripts find its scope.
SIGHTS: Mapping[str, Permission] = {
    "board": Permission.SEE_BOARD,
    "data": Permission.SEE_DATA,
    "alerts": Permission.SEE_ALERTS,
    "past": Permission.SEE_PAST,
    "release": Permission.RELEASE_FEED,
    "repair": Permission.REPAIR_RECORD,
}
SIGHT_OF_PAGE = {"coverage": "board", "targets": "board", "data": "data", "alerts": "alerts"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontDoor:
    """`deeds`: what the decisions on screen share; `verify`: walks the audit's chain."""

    guard: Guard
    desk: DoorDesk
    deeds: DeedDesk
    verify: Callable[[], Verdict]
    settings: AccessSettings

    def add_to(self, server: Flask) -> None:
        """Pages and limits. The guard itself is hung in by the factory, in its place among the hooks."""
        server.config["MAX_CONTENT_LENGTH"] = self.settings.max_request_kb * KILOBYTE
        server.config["MAX_FORM_MEMORY_SIZE"] = self.settings.max_request_kb * KILOBYTE
        if self.settings.proxies:
            server.wsgi_app = ProxyFix(server.wsgi_app, x_for=self.settings.proxies, x_proto=self.settings.proxies)
        add_door(server, self.desk)
        add_deeds(server, self.deeds)
        add_audit(server, self.desk, self.verify)

    def hand_over(self, response: Response) -> None:
        """The token against forged requests, to the page whose scripts send it back."""
        token = caller().token
        if token:
            self.desk.cookies.hand_to_dash(response, token)


def limits_of(access: AccessSettings) -> Limits:
    return Limits(
        idle=timedelta(minutes=access.idle_minutes),
        absolute=timedelta(hours=access.absolute_hours),
        wall=timedelta(days=access.wall_days),
        failures=access.failures,
        lockout=timedelta(minutes=access.lockout_minutes),
        address_tries=access.address_tries,
        address_window=timedelta(seconds=access.address_window_seconds),
    )


def open_door(deps: DashboardDeps, catalogues: Catalogues, build: str) -> FrontDoor:
    settings = deps.settings
    cookies = Cookies(tls=settings.access.tls)
    limits = limits_of(settings.access)
    pages = Pages(
        templates=environment(),
        catalogues=catalogues,
        default_language=Language(settings.web.language),
        build=build,
        demo=deps.demo_accounts,
    )
    sessions = Sessions(
        deps.registry,
        limits,
        grace=timedelta(seconds=settings.access.grace_seconds),
        wall=deps.wall,
        monotonic=deps.monotonic,
    )
    provinces = load_provinces(settings.reference_dir)

    def names(words: Words) -> dict[str, str]:
        return {item.code: words.pick(item.name_vi, item.name_en) for item in provinces}

    desk = DoorDesk(
        registry=deps.registry,
        passwords=deps.passwords,
        limits=limits,
        sessions=sessions,
        cookies=cookies,
        pages=pages,
        wall=deps.wall,
        zone=ZoneInfo(settings.campaign.timezone),
        provinces=names,
    )
    guard = Guard(sessions=sessions, cookies=cookies, answers=Answers(pages))
    deeds = DeedDesk(door=desk, settings=settings, snapshots=deps.snapshots, url=deps.app_url)
    return FrontDoor(guard=guard, desk=desk, deeds=deeds, verify=deps.verify_audit, settings=settings.access)


def open_scopes() -> dict[str, str]:
    """By sight the scope of the present caller; sights that are not allowed are absent."""
    asked = caller()
    return {name: asked.scope(need).key for name, need in SIGHTS.items() if asked.may(need)}


def open_pages() -> frozenset[str]:
    """Pages that the present caller may open."""
    asked = caller()
    return frozenset(page for page in PAGES.values() if asked.may(SIGHTS[SIGHT_OF_PAGE[page]]))


def own_name() -> str:
    """As the account calls its person; empty where nobody is signed in."""
    person = caller().person
    return person.name if person else ""
