"""Wire the sending of notices together from the settings: by which channels, how often, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from dashboard.stores_named import named_stores
from geo.areas import load_provinces
from geo.gazetteer import Gazetteer
from layouts.notice_text import NoticeFacts, notice_text
from layouts.place_names import names_in_words
from layouts.words import Language, Words, load_catalogues
from operations.channels import Channel, Email, Webhook
from operations.notice_sending import Facts, SendRules, Written
from operations.service_channel import Service
from settings import NoticeSettings, Settings
from warehouse.reference import load_product_names
from warehouse.snapshot import Snapshots


def channels(notices: NoticeSettings) -> tuple[Channel, ...]:
    """Those that are set up."""
    found: list[Channel] = []
    if notices.smtp_host:
        found.append(
            Email(
                host=notices.smtp_host,
                port=notices.smtp_port,
                tls=notices.smtp_tls,
                sender=notices.sender,
                user=notices.smtp_user,
                password=notices.smtp_password,
                timeout_seconds=notices.timeout_seconds,
                ca_file=notices.ca_file,
            )
        )
    if notices.webhook_url:
        found.append(
            Webhook(
                url=notices.webhook_url,
                secret=notices.webhook_secret,
                timeout_seconds=notices.timeout_seconds,
                ca_file=notices.ca_file,
            )
        )
    if notices.apprise_url:
        found.append(Service(url=notices.apprise_url, timeout_seconds=notices.timeout_seconds))
    return tuple(found)


def send_rules(notices: NoticeSettings) -> SendRules:
    """A try has several answers to wait for (greeting, encryption, sign-in, sender, recipient, text)."""
    return SendRules(
        attempts=notices.attempts,
        first_pause=timedelta(seconds=notices.pause_seconds),
        longest_pause=timedelta(seconds=notices.longest_pause_seconds),
        lasts=timedelta(seconds=notices.timeout_seconds * 10),
    )


def writer(settings: Settings) -> Callable[[Facts], Written]:
    """Reads the names of places once."""
    catalogues = load_catalogues()
    provinces = {item.code: item for item in load_provinces(settings.reference_dir)}
    snapshots, gazetteer = Snapshots(settings.snapshot_dir), Gazetteer(settings.reference_dir)
    districts = {code: item.name_vi for code, item in gazetteer.districts.items()}
    products = load_product_names(settings.reference_dir)
    zone = ZoneInfo(settings.campaign.timezone)
    base = settings.notices.public_url.rstrip("/") or f"http://{settings.web.host}:{settings.web.port}"

    def places(facts: Facts, words: Words) -> dict[str, str]:
        labels = facts.kept.labels
        stores = {labels["store"]} if "store" in labels else set[str]()
        spoken = named_stores(snapshots, stores, provinces=provinces, gazetteer=gazetteer, words=words)
        named = names_in_words(provinces, districts, products, words, stores=spoken)
        found = {label: named(label, value) for label, value in labels.items()}
        area = str(facts.why.get("area", ""))
        return found | ({"why": named("area", area)} if area else {})

    def write(facts: Facts) -> Written:
        kept, link = facts.kept, f"{base}/canh-bao#incident-{facts.kept.incident_id}"
        told = NoticeFacts(
            incident_id=kept.incident_id,
            kind=facts.kind,
            rule=kept.rule,
            severity=kept.incident.severity.value,
            places={language: places(facts, catalogues[language]) for language in Language},
            members=kept.incident.members,
            firing=facts.firing,
            level=facts.level,
            opened_at=kept.incident.opened_at,
            over_at=kept.incident.over_at,
            drill=facts.drill,
            link=link,
            why=facts.why,
        )
        subject, body = notice_text(told, catalogues, zone)
        return Written(subject=subject, body=body, link=link)

    return write
