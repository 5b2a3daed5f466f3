"""A provider of OpenID Connect as this centre knows it, and what can go wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """What was agreed upon beforehand; nothing of it is learned from an answer.

    `redirect_uri`: where the provider sends browsers back to, to the letter. `subject_claim`: names the account.
    `required_claim` (acr or amr, '' for none) must hold one of `required_values`. `max_age_seconds`: since somebody
    signed in there, None for any. `timeout_seconds`: of one answer. `ca_file`: '' for the usual certificates.
    """

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    scopes: tuple[str, ...]
    subject_claim: str
    required_claim: str
    required_values: tuple[str, ...]
    max_age_seconds: int | None
    timeout_seconds: float
    ca_file: str


class Said(StrEnum):
    """What a person is told; it never says more than that person knows anyway."""

    DOWN = "down"  # the provider is away, slow, busy or answers nonsense: not now
    STALE = "stale"  # nothing under way in this browser fits: begin again
    CANCELLED = "cancelled"  # the person, or the provider for the person, said no
    UNSURE = "unsure"  # what came back does not prove who it is
    WEAK = "weak"  # it does, but not in the way that is demanded here
    UNKNOWN = "unknown"  # it does, and no account here that is enabled belongs to it


class ProviderTrouble(Exception):
    """A sign-in that came to nothing. `why`: one fixed word for the log and the audit, with nothing of what was sent.

    `garbage`: the provider answered, but not what it should. `subject`: whom the provider named, once that is proven.
    """

    def __init__(self, why: str, said: Said, *, garbage: bool = False, subject: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.said = said
        self.garbage = garbage
        self.subject = subject

    @property
    def audited(self) -> bool:
        """Somebody tried and was refused; not where nothing had begun here, or the provider did not do its part."""
        return self.said not in {Said.DOWN, Said.STALE}
