"""Sign-in by a provider of OpenID Connect: what config.yaml may say of it, and what does not fit together."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, model_validator

from settings.section import LOOPBACK, Section

# Of a person, but no key of one: a provider lets them change, or gives them to the next person. Only `sub` and `iss`
# together may be relied upon (OpenID Connect Core 1.0, 5.7).
NAMES = frozenset(
    {"preferred_username", "username", "upn", "unique_name", "nickname", "name", "given_name", "family_name"}
    | {"email", "phone_number", "mobile"}
)
Label = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")]


class OidcSettings(Section):
    """Of the provider beside passwords; nothing of it shows while `issuer` is empty."""

    issuer: str = ""
    client_id: Annotated[str, Field(max_length=255)] = ""
    client_secret: Annotated[str, Field(max_length=1000, pattern=r"^[ -~]*$", repr=False)] = ""
    public_url: str = ""
    label_vi: Label = "tài khoản công vụ"
    label_en: Label = "your work account"
    scopes: tuple[str, ...] = ("openid",)
    subject_claim: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_:./-]{0,99}$")] = "sub"
    required_claim: Literal["", "acr", "amr"] = ""
    required_values: tuple[str, ...] = ()
    max_age_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 0
    timeout_seconds: Annotated[float, Field(gt=0, le=30)] = 5.0
    ca_file: str = ""

    @property
    def enabled(self) -> bool:
        return bool(self.issuer)

    @model_validator(mode="after")
    def fits_together(self) -> OidcSettings:
        """Each message names the key and the fix."""
        if not self.enabled:
            return self
        _check_address("oidc.issuer", self.issuer, "as the provider writes it in its openid-configuration")
        public = _check_address("oidc.public_url", self.public_url, "where browsers reach this centre")
        if public.path:
            raise ValueError("oidc.public_url has a path: give scheme and host alone, such as https://mcc.example.vn")
        if not self.client_id:
            raise ValueError("oidc.client_id is empty: set what the provider calls this centre, or empty oidc.issuer")
        if "openid" not in self.scopes:
            raise ValueError("oidc.scopes lacks 'openid', without which no provider says who signed in: add it")
        if not all(scope.isascii() and scope.isprintable() and scope and " " not in scope for scope in self.scopes):
            raise ValueError("oidc.scopes: a scope is one word of plain letters")
        if self.subject_claim in NAMES:
            raise ValueError(
                f"oidc.subject_claim {self.subject_claim} may change or pass to another person: use sub, or a claim "
                "that the provider never gives twice, such as oid"
            )
        if bool(self.required_claim) != bool(self.required_values):
            raise ValueError(
                "oidc.required_claim and oidc.required_values belong together: set both (amr and [mfa]) or neither"
            )
        return self


def _check_address(key: str, text: str, what: str) -> SplitResult:
    """Raises ValueError for what is no https address, or http off loopback: a token must not cross a network bare."""
    fix = f"give https://host, {what}"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"{key} is no address: {fix}") from None
    if not host or parts.scheme not in {"https", "http"} or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(f"{key} is no address: {fix}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(f"{key} has a name, a query or a fragment in it: {fix}")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise ValueError(f"{key} is http and not loopback: {fix}")
    return parts
