"""What people type into forms, read the same way on every page."""

from __future__ import annotations

from datetime import date, datetime

from operations.action_log import ActRefused


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
