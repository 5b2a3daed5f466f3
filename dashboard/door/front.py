"""Put the door together for one worker, and say what it lets the present caller see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

from campaign.access import Permission
from dashboard.deps import DashboardDeps
from dashboard.door import addresses
from dashboard.door.alert_settings import add_alert_settings
from dashboard.door.answers import Answers
from dashboard.door.audit import add_audit
from dashboard.door.caller import caller
from dashboard.door.cookies import Cookies
from dashboard.door.deed_desk import DeedDesk
from dashboard.door.deeds import add_deeds
from dashboard.door.denials import Denials
from dashboard.door.desk import DoorDesk, Offered, add_door
from dashboard.door.ems import add_ems
from dashboard.door.excursion import add_excursion
from dashboard.door.guard import Guard
from dashboard.door.handovers import NamesIn, add_handovers
from dashboard.door.incidents import add_incident_deeds
from dashboard.door.intake import add_intake
from dashboard.door.provider import add_provider
from dashboard.door.render import Pages, environment
from dashboard.door.sessions import Sessions
from dashboard.door.tickets import add_tickets
from dashboard.door.transfer import add_transfer
from dashboard.stores_named import named_stores
from geo.areas import load_provinces
from geo.gazetteer import Gazetteer
from layouts.place_names import Names, names_in_words
from layouts.shell import PAGES
from layouts.words import Catalogues, Language, Words
from operations.audit import Verdict
from operations.provider import Provider
from operations.provider_client import ProviderClient
from operations.sessions import Limits, only_wall
from settings import AccessSettings, OidcSettings
from warehouse.reference import load_product_names

# What the page's parts need, and under which name the browser's scripts find its scope.
SIGHTS: Mapping[str, Permission] = {
    "board": Permission.SEE_BOARD,
    "data": Permission.SEE_DATA,
    "alerts": Permission.SEE_ALERTS,
    "past": Permission.SEE_PAST,
    "release": Permission.RELEASE_FEED,
    "repair": Permission.REPAIR_RECORD,
    "confirm": Permission.CONFIRM_FIGURE,
    "scenario": Permission.SAVE_SCENARIO,
    "handle": Permission.HANDLE_ALERT,
}
SIGHT_OF_PAGE = {
    **dict.fromkeys(("coverage", "targets", "people", "sites", "stock", "coldchain", "scenarios"), "board"),
    "data": "data",
    "alerts": "alerts",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontDoor:
    """`deeds`: what the decisions on screen share; `verify`: walks the audit's chain; `names`: what readers call the
    values of an alert's labels."""

    guard: Guard
    desk: DoorDesk
    deeds: DeedDesk
    verify: Callable[[], Verdict]
    settings: AccessSettings
    names: NamesIn

    def add_to(self, server: Flask) -> None:
        """Pages, and whom to believe about addresses. The guard itself is hung in by the factory, in its place."""
        if self.settings.proxies:
            # The address alone: whether cookies are Secure is a setting, and the host is the one that was asked for.
            server.wsgi_app = ProxyFix(server.wsgi_app, x_for=self.settings.proxies, x_proto=0)
        add_door(server, self.desk)
        add_provider(server, self.desk)
        add_deeds(server, self.deeds)
        add_incident_deeds(server, self.deeds)
        add_alert_settings(server, self.deeds)
        add_handovers(server, self.deeds, self.names)
        add_tickets(server, self.deeds)
        add_intake(server, self.deeds)
        add_excursion(server, self.deeds)
        add_transfer(server, self.deeds)
        add_ems(server, self.deeds)
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


def provider_of(oidc: OidcSettings) -> Provider:
    return Provider(
        issuer=oidc.issuer,
        client_id=oidc.client_id,
        client_secret=oidc.client_secret,
        redirect_uri=f"{oidc.public_url}{addresses.PROVIDER_BACK}",
        scopes=oidc.scopes,
        subject_claim=oidc.subject_claim,
        required_claim=oidc.required_claim,
        required_values=oidc.required_values,
        max_age_seconds=oidc.max_age_minutes * 60 or None,
        timeout_seconds=oidc.timeout_seconds,
        ca_file=oidc.ca_file,
    )


def _offered(deps: DashboardDeps) -> Offered | None:
    oidc = deps.settings.oidc
    if not oidc.enabled:
        return None
    client = ProviderClient(provider_of(oidc), monotonic=deps.monotonic)
    return Offered(client=client, label_vi=oidc.label_vi, label_en=oidc.label_en)


def open_door(deps: DashboardDeps, catalogues: Catalogues, build: str, gazetteer: Gazetteer) -> FrontDoor:
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
        provider=_offered(deps),
    )
    guard = Guard(
        sessions=sessions,
        cookies=cookies,
        answers=Answers(pages),
        denials=Denials(deps.registry, deps.monotonic),
    )
    deeds = DeedDesk(door=desk, settings=settings, snapshots=deps.snapshots, url=deps.app_url, gazetteer=gazetteer)
    by_code = {item.code: item for item in provinces}
    products = load_product_names(settings.reference_dir)
    districts = {code: item.name_vi for code, item in gazetteer.districts.items()}

    def named(words: Words, stores: Collection[str]) -> Names:
        found = named_stores(deps.snapshots, stores, provinces=by_code, gazetteer=gazetteer, words=words)
        return names_in_words(by_code, districts, products, words, stores=found)

    return FrontDoor(
        guard=guard,
        desk=desk,
        deeds=deeds,
        verify=deps.verify_audit,
        settings=settings.access,
        names=named,
    )


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


def on_a_wall() -> bool:
    """Whether who asks is a screen and nothing else: somebody who may do more is never turned away from a page."""
    person = caller().person
    return person is not None and only_wall(person.grants)
