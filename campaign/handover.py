"""What one shift leaves to the next: what is open, what was promised, and what to watch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from campaign.incident_view import IncidentRow
from campaign.incidents import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An incident as it stood when the first signed. promised_until: put off until then, somebody said."""

    incident_id: int
    rule: str
    severity: str
    labels: Mapping[str, str]
    state: str
    fires: bool
    members: int
    opened_at: datetime
    owner: str
    comment: str
    promised_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """area '': the nation. taken_by '': the second signature is missing. withdrawn_at: written anew by its author."""

    handover_id: int
    area: str
    items: tuple[Item, ...]
    watch: str
    given_by: str
    given_at: datetime
    taken_by: str = ""
    taken_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """For the second signature."""
        return self.taken_at is None and self.withdrawn_at is None


def items_of(rows: Iterable[IncidentRow]) -> tuple[Item, ...]:
    """Every incident that is not closed, in the order given."""
    return tuple(
        Item(
            incident_id=row.incident_id,
            rule=row.rule,
            severity=row.incident.severity.value,
            labels=dict(row.labels),
            state=row.incident.state.value,
            fires=row.incident.fires,
            members=row.incident.members,
            opened_at=row.incident.opened_at,
            owner=row.incident.owner,
            comment=row.incident.comment,
            promised_until=row.incident.snoozed_until,
        )
        for row in rows
        if row.incident.state is not Work.CLOSED
    )
