"""What every block of config.yaml shares."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Section(BaseModel):
    """One block of config.yaml: frozen, and deaf to no key."""

    model_config = ConfigDict(frozen=True, extra="forbid")
