"""Columns of the API's rows: name, type, and what is in them. The document and the answers are both made from these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from campaign.due import WEEKS


class Kind(StrEnum):
    WHOLE = "whole"
    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"
    DAY = "day"
    INSTANT = "instant"
    TEXTS = "texts"


SCHEMAS: Mapping[Kind, Mapping[str, Any]] = {
    Kind.WHOLE: {"type": "integer"},
    Kind.NUMBER: {"type": "number"},
    Kind.TEXT: {"type": "string"},
    Kind.FLAG: {"type": "boolean"},
    Kind.DAY: {"type": "string", "format": "date"},
    Kind.INSTANT: {"type": "string", "format": "date-time"},
    Kind.TEXTS: {"type": "array", "items": {"type": "string"}},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`told`: what it counts, with its unit. `empty`: null where it is not known, which is never zero."""

    name: str
    kind: Kind
    told: str
    empty: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """Of one value, as JSON Schema 2020-12 has it."""
        plain = dict(SCHEMAS[self.kind])
        if self.empty:
            plain["type"] = [plain["type"], "null"]
        return {**plain, "description": self.told}


def whole(name: str, told: str, *, empty: bool = False) -> Column:
    return Column(name=name, kind=Kind.WHOLE, told=told, empty=empty)


def number(name: str, told: str, *, empty: bool = True) -> Column:
    return Column(name=name, kind=Kind.NUMBER, told=told, empty=empty)


def text(name: str, told: str, *, empty: bool = False) -> Column:
    return Column(name=name, kind=Kind.TEXT, told=told, empty=empty)


def flag(name: str, told: str) -> Column:
    return Column(name=name, kind=Kind.FLAG, told=told)


def day(name: str, told: str, *, empty: bool = False) -> Column:
    return Column(name=name, kind=Kind.DAY, told=told, empty=empty)


def instant(name: str, told: str) -> Column:
    return Column(name=name, kind=Kind.INSTANT, told=told)


def texts(name: str, told: str) -> Column:
    return Column(name=name, kind=Kind.TEXTS, told=told)


AREA = text("area", "code of the area: a province, 'central' (central units), 'unknown' (residence), 'nation'")
NAME = text("name", "name of the area in the language asked for")
PRODUCT = (
    text("product", "code of the vaccine product"),
    text("product_name", "name of the product in the language asked for"),
)
RATIO = "a ratio of 1, cut nowhere; above 1 where more people are reached than the population version has"


def readings() -> tuple[Column, ...]:
    """Both readings of both groups, as campaign.twins writes them."""
    found: list[Column] = []
    for group, of in (("18plus", "people aged 18 and over"), ("all", "the whole population")):
        for measure, reached in (("dose1", "at least one dose"), ("full", "a full primary series")):
            found += [
                number(f"{measure}_{group}", f"{of} with {reached} over their population, by residence: {RATIO}"),
                whole(f"{measure}_{group}_people", f"{of} with {reached}, by residence; people", empty=True),
            ]
        found.append(whole(f"{group}_population", f"{of} in the population version asked for; people", empty=True))
    return (
        *found,
        whole("dose1_65plus_people", "people aged 65 and over with at least one dose; people", empty=True),
        whole("full_65plus_people", "people aged 65 and over with a full primary series; people", empty=True),
    )


COUNTS = (
    whole("doses", "doses given, by place of vaccination; doses", empty=True),
    whole("doses_last_7_days", "of them in the last seven days; doses", empty=True),
    whole("registered", "people who registered; people", empty=True),
    whole("delivered", "doses delivered; doses", empty=True),
    whole("on_hand", "doses on hand by the ledger; below zero where more was given than received; doses", empty=True),
)
TARGETS = (
    AREA,
    NAME,
    text("target", "id of the target"),
    number("target_ratio", "what is to be reached; a ratio of 1", empty=False),
    flag("more_than", "the ratio itself is not enough yet"),
    day("due_on", "by when"),
    text("group", "population group that the reading divides by: 18plus or all"),
    text("measure", "dose1: at least one dose; full: a full primary series"),
    flag("own", "whether this is the reading that the target itself names"),
    number("share", f"people over population: {RATIO}"),
    whole("people", "people whom the reading counts; people"),
    whole("population", "population of the same areas; people", empty=True),
    texts("sources", "where the population is from"),
    day("population_valid_from", "from when on this population holds", empty=True),
    texts("missing_areas", "codes of areas without a population, left out of both sides"),
    whole("needed", "least number of people with whom the target is met; people", empty=True),
    whole("not_yet", "people of the population whom the reading does not count; people", empty=True),
    whole("gap", "people missing to the target, 0 once it is reached; people", empty=True),
    number("pace_needed", "from tomorrow to the due date; people a day"),
    number("pace", "mean of the last seven whole days; people a day"),
    day("reached_on", "the day on which it was reached", empty=True),
    flag("overdue", "the due date is over and the target is not reached"),
    flag("no_date", "nobody came lately: at this pace there is no date"),
    day("earliest", "when it is reached, the early end of the interval", empty=True),
    day("expected", "when it is expected to be reached", empty=True),
    day("latest", "when it is reached, the late end of the interval", empty=True),
)
RANKS = (
    AREA,
    NAME,
    whole("doses", "doses given that count for usage; doses", empty=True),
    whole("received", "doses received in the rounds that count; doses", empty=True),
    number("usage_share", "doses given over doses received; a ratio of 1"),
    whole("usage_rank", "place by usage, 1 is the highest", empty=True),
    whole("dose1_18plus", "people aged 18 and over with at least one dose, by residence; people", empty=True),
    whole("population_18plus", "people aged 18 and over; people", empty=True),
    number("coverage_share", f"the two divided: {RATIO}"),
    whole("coverage_rank", "place by coverage, 1 is the highest", empty=True),
    text("left_out", "why it has no rank, in words of the rules; empty where it has"),
)
DAYS = (
    day("day", "day of injection, local"),
    whole("doses", "doses injected on that day, by place of vaccination, of every age; doses"),
    whole("dose1_people", "people of the group who had their first dose on it, by residence; people", empty=True),
    whole("full_people", "people of the group whose series became full on it, by residence; people", empty=True),
)
HEADLINE = (
    text("number", "which number, by the name that the page's explanation of it has"),
    whole("value", "people or doses, as the name says; null where the source does not tell", empty=True),
)
DISTRICTS = (
    text("area", "code of the province"),
    text("district", "code of the district, empty for people and doses of an unknown one"),
    text("name", "name of the district, in Vietnamese"),
    *readings(),
    *COUNTS[:2],
)
OVERDUE = (
    AREA,
    NAME,
    text("product", "code of the product of the last dose, or 'all'"),
    whole("overdue", "people whose next dose is overdue by more than the days of grace; people"),
    whole("due", "people whose next dose is due, overdue ones not among them; people"),
    *(
        whole(f"week_{week}", f"people whose next dose falls due in week {week} from today; people")
        for week in range(1, WEEKS + 1)
    ),
    whole("later", "people whose next dose falls due after that; people"),
    whole("people", "all of them; people"),
)
AGES = (
    AREA,
    NAME,
    text("age_band", "age at injection in whole years, or a group: 18plus, all"),
    whole("none", "people with doses none of which counts; null of a group; people", empty=True),
    whole("dose1", "people with at least one dose; people"),
    whole("full", "people with a full primary series; people"),
    whole("boosted", "of them people with a further dose; people"),
    whole("population", "population of the group; people", empty=True),
    number("dose1_share", f"at least one dose over population: {RATIO}"),
    number("full_share", f"full series over population: {RATIO}"),
)
STOCK = (
    AREA,
    NAME,
    *PRODUCT,
    whole("usable", "released doses that may be used today; doses"),
    number("pace", "mean daily use over the look-back days with stock; doses a day"),
    number("cover_days", "usable over pace; null without recent use; days"),
    whole("blocked", "doses that may not be used: not released, on hold, recalled; doses"),
    whole("past", "doses beyond their usable expiry; doses"),
    whole("in_transit", "doses sent to the area and not received; doses"),
    whole("expiring", "doses that expire at the present pace, first expired first out; doses"),
)
LOTS = (
    AREA,
    text("area_name", "name of the area in the language asked for"),
    text("lot", "lot number"),
    *PRODUCT,
    day("until", "last day of use: label or extension, thaw clock or decision, whichever is first", empty=True),
    text("why", "which of them it is"),
    text("condition", "how doses must be stored for it to hold; empty: however", empty=True),
    whole("days_left", "days to it; days", empty=True),
    whole("doses", "usable doses; doses"),
    whole("expiring", "of them those that expire at the present pace; doses"),
    number("use_a_day", "share of the area's pace that falls on this lot; doses a day"),
)
SNAPSHOTS = (
    whole("snapshot", "number of the snapshot"),
    instant("as_of", "what it tells: campaign time"),
    instant("published_at", "when it was published: wall time"),
    text("content_hash", "hash of its contents"),
    text("denominator", "population version that it divides by unless another is asked for"),
)
