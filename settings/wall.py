"""What screens on a wall turn through, and how long each screenful stays: checked here, so that a typing error is told
at the start and not found on a wall."""

from __future__ import annotations

import difflib
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, Field

from settings.section import Section

# Pages that a wall's role may open, each with the names that its address may carry. The page of scenarios is moved by
# hand and shows nothing that has happened: it is no page for a wall.
_MAP = frozenset({"metric", "group", "denominator", "area", "clock", "grain", "day", "against", "other"})
KNOWN = {
    "/": _MAP,
    "/muc-tieu": frozenset({"target", "metric", "denominator", "area"}),
    "/nguoi-dan": frozenset({"area", "tier", "denominator"}),
    "/canh-bao": frozenset[str](),
}


def _a_page(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or parts.fragment or parts.path not in KNOWN:
        close = difflib.get_close_matches(parts.path, KNOWN, n=1, cutoff=0.4)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        raise ValueError(f"'{address}' is no page that a screen may show{hint} Use one of {', '.join(KNOWN)}")
    known = KNOWN[parts.path]
    for name, _ in parse_qsl(parts.query, keep_blank_values=True):
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
            hint = f"; did you mean '{close[0]}'?" if close else ""
            raise ValueError(
                f"'{address}': {parts.path} knows no '{name}'{hint} Use {', '.join(sorted(known)) or 'none'}"
            )
    return address


Address = Annotated[str, AfterValidator(_a_page)]


class WallSettings(Section):
    """`seconds`: how long each screenful stays. `screens`: how many of one address are shown; 0 is all of them.
    `pause_minutes`: after a person pressed Space the pages turn again by themselves."""

    seconds: Annotated[int, Field(ge=1, le=3600)] = 20
    screens: Annotated[int, Field(ge=0, le=50)] = 6
    pause_minutes: Annotated[int, Field(ge=1, le=240)] = 10
    pages: Annotated[tuple[Address, ...], Field(min_length=1, max_length=30)] = (
        "/",
        "/?metric=full&group=all",
        "/muc-tieu",
        "/nguoi-dan",
    )
