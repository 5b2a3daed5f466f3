"""What stands of the statements that a province made about its figures of a day. Pure: rows in, what holds now out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    CONFIRMED = "confirmed"  # the figures are right
    EXPLAINED = "explained"  # why they are as they are
    WITHDRAWN = "withdrawn"  # the explanation holds no longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One statement beside the figures now. Figures: of the province up to and with `reporting_day`; doses by place,
    people by residence. None: the source does not tell people."""

    statement_id: int
    reporting_day: date
    area_code: str
    kind: Kind
    said: str
    snapshot_version: int
    doses: int
    dose1_people: int | None
    full_people: int | None
    actor: str
    made_at: datetime
    doses_now: int
    dose1_people_now: int | None
    full_people_now: int | None

    @property
    def revision(self) -> int:
        """Doses that came or went for those days since; people may differ without any."""
        return self.doses_now - self.doses

    @property
    def revised(self) -> bool:
        """Whether any of the figures that were seen is another one now."""
        now = (self.doses_now, self.dose1_people_now, self.full_people_now)
        return now != (self.doses, self.dose1_people, self.full_people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What holds of one province and day: the newest confirmation, the newest explanation unless it was withdrawn, and
    everything that was ever said, oldest first."""

    area_code: str
    reporting_day: date
    confirmed: Said | None
    explained: Said | None
    history: tuple[Said, ...]


def words_of(said: Iterable[Said]) -> dict[tuple[str, date], Word]:
    """By province and day. Statements count in the order of their numbers, which is that of making."""
    by_day: dict[tuple[str, date], list[Said]] = {}
    for item in sorted(said, key=lambda found: found.statement_id):
        by_day.setdefault((item.area_code, item.reporting_day), []).append(item)
    return {key: _word(key, items) for key, items in by_day.items()}


def of_day(said: Iterable[Said], day: date) -> dict[str, Word]:
    """By province what holds of `day`; of the newest later day where nothing was said of it. The history is that of all
    days, so that what an earlier day was said to be stays readable."""
    items = tuple(said)
    found: dict[str, Word] = {}
    for (code, about), word in sorted(words_of(items).items()):
        if about == day or (about > day and (code not in found or found[code].reporting_day != day)):
            found[code] = word
    return {
        code: replace(word, history=tuple(item for item in items if item.area_code == code))
        for code, word in found.items()
    }


def _word(key: tuple[str, date], items: list[Said]) -> Word:
    about = [item for item in items if item.kind is not Kind.CONFIRMED]
    confirmations = [item for item in items if item.kind is Kind.CONFIRMED]
    last = about[-1] if about else None
    return Word(
        area_code=key[0],
        reporting_day=key[1],
        confirmed=confirmations[-1] if confirmations else None,
        explained=last if last is not None and last.kind is Kind.EXPLAINED else None,
        history=tuple(items),
    )
