"""What people type into forms, read the same way on every page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal

from operations.action_log import ActRefused
from settings.tunable import SHARE, TUNABLE

# Thousands are told apart by threes or not at all: "12,5" is no 125.
DOSES = re.compile(r"[0-9]{1,11}|[0-9]{1,3}(?:(?P<mark>[.,\s])[0-9]{3})(?:(?P=mark)[0-9]{3}){0,2}")

PER_CENT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


def day_of(text: str) -> date:
    """As the forms have it, 20/11/2021, or as links do, 2021-11-20. Raises ActRefused."""
    bare = text.strip()
    try:
        return datetime.strptime(bare, "%d/%m/%Y").date() if "/" in bare else date.fromisoformat(bare)  # noqa: DTZ007 - a day
    except ValueError as error:
        raise ActRefused(f"'{text[:20]}' is no day; write 20/11/2021", "no_day", text=text[:20]) from error


def day_or_none(text: str) -> date | None:
    """None where nothing was typed. Raises ActRefused."""
    return day_of(text) if text.strip() else None


@contextmanager
def threshold_typed(name: str, text: str) -> Iterator[str]:
    """A threshold as config.yaml has it: a share is typed as per cent, "37,5" or "37,5%", and handed on as 0.375.
    Why it was refused is said in per cent, too."""
    item = TUNABLE.get(name)
    if item is None or item.unit != SHARE:
        yield text
        return
    bare = text.removesuffix("%").strip().replace(",", ".")
    try:
        yield f"{Decimal(bare) / 100:f}" if PER_CENT.fullmatch(bare) else text
    except ActRefused as refused:
        told = {
            key: _as_per_cent(value) if key in ("limit", "value") else value for key, value in refused.values.items()
        }
        refused.values = told | ({"text": text} if "text" in told else {})
        raise


def _as_per_cent(value: object) -> str:
    return PER_CENT.sub(lambda found: f"{float(found[0]) * 100:g}%", str(value))


def doses_of(text: str) -> int:
    """Whole doses as readers write them, "1.200" and "1,200" too. Raises ActRefused."""
    bare = text.strip()
    if DOSES.fullmatch(bare) is None:
        raise ActRefused(f"'{text[:20]}' is no number of doses", "no_doses", text=text[:20])
    return int(re.sub(r"[^0-9]", "", bare))
