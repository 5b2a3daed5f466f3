"""The typed, frozen view of config.yaml; the only reader of it and of the environment."""

from settings.archive import ArchiveSettings
from settings.load import ConfigError, load
from settings.model import (
    AccessSettings,
    AlertSettings,
    ApiSettings,
    CampaignSettings,
    DemoSettings,
    EtlSettings,
    LogSettings,
    RedisSettings,
    RegistrySettings,
    Settings,
    WebSettings,
)
from settings.notices import NoticeSettings
from settings.oidc import OidcSettings

__all__ = [
    "AccessSettings",
    "AlertSettings",
    "ApiSettings",
    "ArchiveSettings",
    "CampaignSettings",
    "ConfigError",
    "DemoSettings",
    "EtlSettings",
    "LogSettings",
    "NoticeSettings",
    "OidcSettings",
    "RedisSettings",
    "RegistrySettings",
    "Settings",
    "WebSettings",
    "load",
]
