"""Of notices: how they go out, and what does not fit together."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from settings.section import LOOPBACK, Section


class NoticeSettings(Section):
    """Nothing is sent while no mail server, webhook or service is named; what each key means: config.yaml."""

    tell: tuple[Literal["escalated", "over"], ...] = ("escalated", "over")
    severities: Annotated[tuple[Literal["critical", "warning", "info"], ...], Field(min_length=1)] = (
        "critical",
        "warning",
    )
    nobody_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 60
    over_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 10
    public_url: str = ""
    smtp_host: str = ""
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: Annotated[str, Field(max_length=1000, repr=False)] = ""
    sender: Annotated[str, Field(pattern=r"^([^@\s<>]+@[^@\s<>]+)?$")] = ""
    webhook_url: Annotated[str, Field(max_length=2000)] = ""
    webhook_secret: Annotated[str, Field(max_length=1000, repr=False)] = ""
    apprise_url: Annotated[str, Field(max_length=2000, repr=False)] = ""
    ca_file: str = ""
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0
    attempts: Annotated[int, Field(ge=1, le=100)] = 8
    pause_seconds: Annotated[float, Field(gt=0)] = 30.0
    longest_pause_seconds: Annotated[float, Field(gt=0)] = 1800.0
    poll_seconds: Annotated[float, Field(gt=0, le=60)] = 2.0

    @property
    def channels(self) -> tuple[str, ...]:
        return (*(["email"] if self.smtp_host else []), *self.broadcast)

    @property
    def broadcast(self) -> tuple[str, ...]:
        """Those that get every notice, whoever is on duty."""
        return (*(["webhook"] if self.webhook_url else []), *(["apprise"] if self.apprise_url else []))

    @model_validator(mode="after")
    def fits_together(self) -> NoticeSettings:
        """Each message names the key and the fix."""
        if self.smtp_host and not self.sender:
            raise ValueError("notices.sender is empty: give the address that mail comes from, or empty smtp_host")
        if self.smtp_host and self.smtp_tls == "none" and self.smtp_host not in LOOPBACK:
            raise ValueError("notices.smtp_tls none is for a mail server on this machine: set starttls or tls")
        parts = urlsplit(self.webhook_url)
        if self.webhook_url and (not parts.hostname or parts.scheme not in ("https", "http")):
            raise ValueError("notices.webhook_url: give a whole address, such as https://host/path")
        if self.webhook_url and parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError("notices.webhook_url: plain http is for this machine alone: give an https address")
        if self.apprise_url and not urlsplit(self.apprise_url).scheme:
            raise ValueError("notices.apprise_url: give a whole address, such as tgram://token/chat, or leave it empty")
        if self.webhook_url and not self.webhook_secret:
            raise ValueError(
                "notices.webhook_secret is empty: set MCC_NOTICES__WEBHOOK_SECRET_FILE, so that the receiver can tell "
                "our notices from others"
            )
        return self
