"""Where a number on the screen comes from: the query that yields it, run against the snapshot that shows it.

The queries stand on their own: they share no code with `reads`, so that an equal answer says something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from campaign.coverage import Coverage, Measure, PopulationGroup
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql

MEASURES = (Measure.DOSE1, Measure.FULL)
GROUPS = (PopulationGroup.ADULTS, PopulationGroup.ALL)
# Queries whose answer is a number beside what it is divided by.
SHARES = frozenset({"coverage", "portal"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number: its query, the values that are always the same, and the names of those that the viewer chose
    (`area`, `denominator`)."""

    number_id: str
    query: str
    bound: Mapping[str, str | int] = field(default_factory=dict[str, str | int])
    asked: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The query as it is run."""
        return sql(f"lineage/{self.query}").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """What the query answered. `population` only where the number is a share; None: the source does not tell."""

    number: Number
    bound: Mapping[str, str | int]
    value: int | None
    population: int | None

    @property
    def coverage(self) -> Coverage | None:
        """The share, where the number is one and there is anybody to count."""
        is_share = self.number.query in SHARES and self.value is not None
        return Coverage(people=self.value or 0, population=self.population) if is_share else None


def reading_id(group: PopulationGroup, measure: Measure) -> str:
    """Name of the share of `group` that has reached `measure`."""
    return f"{measure.value}_{group.value}"


def _numbers() -> tuple[Number, ...]:
    area = ("area",)
    shares = tuple(
        Number(
            number_id=reading_id(group, measure),
            query="coverage",
            bound={"group": group.value, "measure": measure.value},
            asked=("area", "denominator"),
        )
        for group in GROUPS
        for measure in MEASURES
    )
    return (
        Number(number_id="doses", query="doses", asked=area),
        Number(number_id="doses_today", query="doses_days", bound={"days": 1, "ago": 0}, asked=area),
        Number(number_id="doses_yesterday", query="doses_days", bound={"days": 1, "ago": 1}, asked=area),
        Number(number_id="doses_last_7_days", query="doses_days", bound={"days": 7, "ago": 0}, asked=area),
        Number(number_id="dose1_people", query="people", bound={"measure": "dose1"}, asked=area),
        Number(number_id="full_people", query="people", bound={"measure": "full"}, asked=area),
        *shares,
        Number(number_id="registered", query="registered", asked=area),
        Number(number_id="delivered", query="stock", bound={"figure": "delivered"}, asked=area),
        Number(number_id="on_hand", query="stock", bound={"figure": "on_hand"}, asked=area),
        *(
            Number(
                number_id=f"not_yet_{group.value}",
                query="not_yet",
                bound={"group": group.value},
                asked=("area", "denominator"),
            )
            for group in GROUPS
        ),
        *(
            Number(
                number_id=f"{measure.value}_{age}",
                query="people_aged",
                bound={"age": age, "measure": measure.value},
                asked=area,
            )
            for age in ("65plus", "50plus")
            for measure in MEASURES
        ),
        Number(number_id="portal", query="portal", asked=("area", "denominator")),
        Number(number_id="pending", query="pending"),
        Number(number_id="quarantined", query="quarantined"),
    )


NUMBERS: Mapping[str, Number] = {number.number_id: number for number in _numbers()}


def recompute(snapshots: Snapshots, version: int, number: Number, *, area: str, denominator: str) -> Recomputed:
    """Run the number's query against snapshot `version`; `area` '' is the nation.

    Raises SnapshotUnavailable where that version is not kept.
    """
    chosen: dict[str, str | int] = {"area": area, "denominator": denominator}
    bound = {**number.bound, **{name: chosen[name] for name in number.asked}}
    row = snapshots.rows(version, number.text, bound)[0]
    return Recomputed(number=number, bound=bound, value=row["value"], population=row.get("population"))
