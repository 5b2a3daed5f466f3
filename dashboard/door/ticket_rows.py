"""What the page of correction tickets lists, as texts in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from campaign.access import Scope
from campaign.tickets import OPEN, Backlog, Limits, Ticket
from geo.areas import Site
from layouts import format as fmt
from layouts.words import Words
from operations.ticket_queue import TicketEvent

Row = dict[str, object]
STATE_TAGS = {
    "new": ("none", "bell"),
    "assigned": ("open", "hand"),
    "answered": ("open", "info"),
    "closed": ("good", "check"),
    "settled": ("good", "check"),
}
HOUR = timedelta(hours=1)
DAY_HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRows:
    """For one reader. names: of the provinces, by code; products, sites: the same. handles: where that person may act.
    now: campaign time."""

    words: Words
    zone: ZoneInfo
    names: Mapping[str, str]
    products: Mapping[str, str]
    sites: Mapping[str, Site]
    handles: Scope
    now: datetime
    limits: Limits

    def backlog(self, found: Iterable[Backlog]) -> list[Row]:
        return [
            {
                "area": item.area,
                "name": self.area(item.area),
                "open": self.whole(item.open),
                "overdue": self.whole(item.overdue),
                "late": item.overdue > 0,
                "fresh": self.whole(item.fresh),
                "oldest": self.age(item.oldest),
            }
            for item in found
        ]

    def total(self, found: Sequence[Backlog]) -> Row:
        return {
            "open": self.whole(sum(item.open for item in found)),
            "overdue": self.whole(sum(item.overdue for item in found)),
            "fresh": self.whole(sum(item.fresh for item in found)),
            "oldest": self.age(min(item.oldest for item in found)) if found else fmt.UNKNOWN,
        }

    def tickets(self, found: Iterable[Ticket], events: Mapping[int, Sequence[TicketEvent]]) -> list[Row]:
        return [self._ticket(item, events.get(item.ticket_id, ())) for item in found]

    def _ticket(self, item: Ticket, events: Sequence[TicketEvent]) -> Row:
        words, due = self.words, self.limits.due(item)
        return {
            "id": item.ticket_id,
            "number": item.number,
            "kind": words(f"ticket_kind.{item.kind}"),
            "area": self.area(item.area),
            "site": item.site,
            "site_name": words.marked(self.sites[item.site].name_vi) if item.site in self.sites else "",
            "product": self.products.get(item.product, item.product) or fmt.UNKNOWN,
            "injected": fmt.day(item.injected_on, words.language) if item.injected_on else fmt.UNKNOWN,
            "dose": item.dose_id,
            "age": self.age(item.filed_at),
            "filed": self.at(item.filed_at),
            "due": self.at(due),
            "late": item.state in OPEN and self.now > due,
            "state": words(f"ticket_state.{item.state}"),
            "tag": STATE_TAGS[item.state],
            "owner": item.owner,
            "answer": item.answer,
            "closing": words(f"ticket_closing.{item.closing}") if item.closing else "",
            "corrected_by": item.corrected_by,
            "changed": fmt.instant(item.changed_at, words, self.zone) if item.changed_at else "",
            "changed_by": item.changed_by,
            "acts": item.state in OPEN and self.handles.covers(item.area or None),
            "events": [
                {
                    "at": fmt.instant(event.at, words, self.zone),
                    "what": words(f"ticket_event.{event.kind}"),
                    "actor": event.actor,
                    "said": event.said,
                }
                for event in events
            ],
        }

    def area(self, code: str) -> str:
        return self.names.get(code, code) if code else self.words("tickets.no_area")

    def age(self, filed: datetime) -> str:
        """In hours up to two days, then in days."""
        hours = max(0, int((self.now - filed) / HOUR))
        if hours < 2 * DAY_HOURS:
            return self.words("tickets.hours", count=hours)
        return self.words("tickets.days", count=hours // DAY_HOURS)

    def at(self, instant: datetime) -> str:
        return fmt.instant(instant, self.words, self.zone)

    def whole(self, count: int) -> str:
        return fmt.whole(count, self.words.language)
