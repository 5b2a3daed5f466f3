"""What a page says of a request for a plan, and of the name that a plan was given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaign.plan_rules import WhyLeft
from layouts import format as fmt
from layouts.words import Words, load_catalogues

NOTHING = "nothing_to_move"
# Stands in for the day of a name.
DAY = "\N{NULL}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTold:
    """tone, icon: of its state. at: when it was asked for, campaign time. why: why there is no plan; '' while there may
    be one."""

    number: int
    title: str
    at: str
    tone: str
    icon: str
    state_name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """Stores that a plan could not count on: by why, how many; of `stores` in all."""

    left: int
    stores: int
    whys: Mapping[WhyLeft, int]

    def plain(self) -> dict[str, Any]:
        return {
            "left": self.left,
            "stores": self.stores,
            "whys": {why.value: count for why, count in self.whys.items()},
        }


def title_said(title: str, day: date, words: Words) -> str:
    """A name that the form of `day` suggested, in the reader's language; one that somebody typed stays as it is."""
    suggested = {titled(day, other) for other in load_catalogues().values()}
    return fmt.tied(titled(day, words) if fmt.loose(title) in suggested else title)


def title_read(title: str, words: Words) -> str:
    """The same where nobody knows of which day: a name that a form suggested has it."""
    for other in load_catalogues().values():
        before, _, after = fmt.loose(other("plans.title_of", day=DAY)).partition(DAY)
        day = fmt.day_read(fmt.loose(title).removeprefix(before).removesuffix(after), other.language)
        if day is not None and title_said(title, day, words) != title:
            return titled(day, words)
    return title


def titled(day: date, words: Words) -> str:
    """The name that the form suggests, to be kept as it would be typed."""
    return fmt.loose(words("plans.title_of", day=fmt.day(day, words.language)))


def state_told(state: str, why: str, told: Mapping[str, Any], words: Words) -> tuple[str, str, str]:
    """Tone, icon and name. A plan without a move is no fault; where stores could not take part it is no "all is well"
    either."""
    if state != "failed":
        return "open", "clock", words(f"plan_request.{state}")
    if why != NOTHING:
        return "bad", "stop", words("plan_request.failed")
    if _left_words(told):
        return "open", "warn", words("plan_request.nothing_among_rest")
    return "none", "info", words("plan_request.nothing")


def nothing_told(told: Mapping[str, Any], words: Words) -> str:
    """Why nothing moves: nothing needs to, or of some stores nobody knows enough, how many and for what reason."""
    left = _left_words(told)
    if not left:
        return words("plan_failed.nothing_to_move")
    known: Mapping[str, Any] = told.get("without") or {}
    if not known:
        return words("plan_nothing.some", count=fmt.whole(len(left), words.language))
    whys: Mapping[str, int] = known["whys"]
    return words(
        "plan_nothing.stores",
        left=fmt.whole(known["left"], words.language),
        stores=fmt.whole(known["stores"], words.language),
        whys="; ".join(
            words("plan_nothing.why", why=words(f"plan_without.{why}"), count=fmt.whole(count, words.language))
            for why in WhyLeft
            if (count := whys.get(why))
        ),
    )


def without(left: Iterable[tuple[str, WhyLeft]], *, stores: int) -> Without:
    """left: stores with why, as a plan left them out. A store with a lot that nobody knows the last day of takes part
    with its others."""
    by_why: dict[WhyLeft, set[str]] = {}
    for store, why in left:
        by_why.setdefault(why, set()).add(store)
    out = {store for why, found in by_why.items() if why is not WhyLeft.NO_EXPIRY for store in found}
    return Without(left=len(out), stores=stores, whys={why: len(found) for why, found in by_why.items()})


def _left_words(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    words: Mapping[str, Any] = told.get("words") or {}
    return list(words.get("left") or ())
