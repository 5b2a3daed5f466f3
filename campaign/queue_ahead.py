"""First doses ahead from registrations: who is registered and waits, and who will register.

People come at the rate at which those who had waited as many days came of late; new registrations go on at the number
of late, with part of its change. On days for which vaccine is on record its doses count for more, later the queue: then
it says when people run out although vaccine does not. Whoever is served leaves the queue, so that a large delivery
shortens it. Everything used of a morning was on record on that morning. docs/PROJECTION.md explains in plain words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from campaign.projection import TINY, Floats

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRules:
    """How registrations become first doses. Days are whole days."""

    oldest_days: int = 60  # who has waited longer is not counted on
    rate_days: int = 28  # whose share of each wait that came, or left, goes on
    new_days: int = 21  # whose number of new registrations goes on ...
    trend_share: float = 0.5  # ... with this part of its change from as many days before ...
    trend_damping: float = 0.95  # ... which loses so much of itself each day
    steepest: float = 0.04  # change a day beyond which none is believed
    raised_days: int = 14  # whose first doses for each registration served hold for the days ahead ...
    most_raised: float = 2.0  # ... above which most people come without registering, and the queue tells nothing
    near_share: float = 0.3  # weight of the queue while vaccine is on record ...
    known_days: tuple[int, int] = (20, 26)  # ... which it is for so many days, and no longer after so many: then 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrations:
    """Of one class of ages; entries stand side by side. Days count from the first day of whoever asks, and may lie
    before it. A registration ends when its person is served, deferred or cancelled: `ended_on` is inf while it waits.
    """

    registered_on: Floats
    ended_on: Floats
    served: Flags
    people: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Registrations by days of waiting x day; the first column is of day `begins`. `made` by day alone. `waiting` is of
    each day with those made on it, one day more than the others: the next, of which nothing is known yet."""

    begins: int
    made: Floats
    served: Floats
    left: Floats
    waiting: Floats

    @classmethod
    def of(cls, found: Registrations, today: int, rules: QueueRules | None = None) -> Course:
        """What is known on the morning of `today`. No morning before it uses anything of later days."""
        oldest = (rules or QueueRules()).oldest_days
        known = found.registered_on < today
        made_on, people = found.registered_on[known].astype(np.int64), found.people[known]
        begins = min(int(made_on.min(initial=today)), 0) - oldest
        days = today - begins
        ended = np.where(found.ended_on[known] < today, found.ended_on[known], today).astype(np.int64)
        waited = ended - made_on
        counted = (ended < today) & (waited >= 0) & (waited < oldest)
        by_end = np.zeros((2, oldest, days))
        served = found.served[known][counted].astype(np.int64)
        np.add.at(by_end, (served, waited[counted], ended[counted] - begins), people[counted])
        left, came = by_end[0], by_end[1]
        made = np.bincount(made_on - begins, weights=people, minlength=days).astype(np.float64)
        waiting = np.zeros((oldest, days + 1))
        waiting[0, :-1] = made
        for age in range(1, oldest):
            stay = waiting[age - 1, :-1] - came[age - 1] - left[age - 1]
            waiting[age, 1:] = np.maximum(stay, 0.0)
        return cls(begins=begins, made=made, served=came, left=left, waiting=waiting)

    def lately(self, counts: Floats, morning: int, days: int) -> Floats:
        """Of the last so many days before a morning, or mornings."""
        here = morning - self.begins
        return counts[:, max(here - days, 0) : here]


@dataclass(slots=True)
class QueueAhead:
    """Those who wait, as the days from one morning on go by. `first_doses` is asked day after day."""

    people: Floats  # class of ages x days of waiting
    comes: Floats  # of each, the share that comes in a day ...
    leaves: Floats  # ... and that is deferred or cancels
    new: Floats  # class of ages x day ahead: registrations
    share: Floats  # of the queue in each day's first doses
    usual: Floats  # first doses for each registration served, by the pattern of the week
    raised: float
    day: int = 0

    def first_doses(self, of_vaccine: float) -> float:
        """Of the next day, of which vaccine on record says `of_vaccine`. Who is served leaves; the others wait on."""
        self.people[:, 0] = self.new[:, self.day]
        due = self.comes * self.people
        would_come, share = float(due.sum()), float(self.share[self.day])
        found = share * would_come * float(self.usual[self.day]) + (1.0 - share) * max(of_vaccine, 0.0)
        came = np.minimum(due * (found / self.raised / max(would_come, TINY)), self.people)
        self.people[:, 1:] = ((self.people - came) * (1.0 - self.leaves))[:, :-1]
        self.day += 1
        return found


def queue_ahead(courses: Sequence[Course], firsts: Floats, week: Floats, rules: QueueRules) -> QueueAhead | None:
    """firsts: first doses by whole day until the morning asked for; week: the weekdays of the days ahead. None where
    registrations are not kept, or most people come without one."""
    morning, days = len(firsts), len(week)
    served = sum(float(course.lately(course.served, morning, rules.raised_days).sum()) for course in courses)
    came = float(firsts[-rules.raised_days :].sum())
    if served <= TINY or not 1 / rules.most_raised <= came / served <= rules.most_raised:
        return None

    def lately(name: str) -> Floats:
        """Class of ages x days of waiting."""
        found = [course.lately(getattr(course, name), morning, rules.rate_days).sum(axis=1) for course in courses]
        return np.array(found)

    over = np.maximum(lately("waiting"), TINY)
    near, far = rules.known_days
    known = np.clip((np.arange(1, days + 1) - near) / (far - near), 0.0, 1.0)
    return QueueAhead(
        people=np.array([course.waiting[:, morning - course.begins] for course in courses]),
        comes=lately("served") / over,
        leaves=lately("left") / over,
        new=np.array([_new_ahead(course.made[: morning - course.begins], days, rules) for course in courses]),
        share=rules.near_share + (1.0 - rules.near_share) * known,
        usual=came / served * week,
        raised=came / served,
    )


def _new_ahead(made: Floats, days: int, rules: QueueRules) -> Floats:
    """New registrations of each day ahead."""
    span = rules.new_days
    level, before = float(made[-span:].sum()) / span, float(made[-2 * span : -span].sum()) / span
    change = float(np.log(max(level, TINY) / max(before, TINY))) / span
    change = rules.trend_share * float(np.clip(change, -rules.steepest, rules.steepest))
    ahead = np.arange(1, days + 1)
    return level * np.exp(change * span / 2 + np.cumsum(change * rules.trend_damping**ahead))
