"""Registrations of one province: each person passes through the platform's states up to the first dose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from demo.calendar import DAY_SECONDS
from demo.copying import instants
from demo.doses import NEVER
from demo.records import session_ids
from demo.streams import Ints, stream
from demo.world import ProvinceRecords, World, person_base

STATES = ("registered", "approved", "invited", "deferred", "arrived", "screened", "injected", "observed", "cancelled")
CHANNELS, CHANNEL_SHARES = ("app", "portal", "site_list"), (0.35, 0.25, 0.40)
DEFERRALS = ("sốt hoặc bệnh cấp tính", "huyết áp cao", "mới khỏi COVID-19", "phụ nữ mang thai dưới 13 tuần")
DEFERRED_SHARE = 0.02  # of people who come: deferred at screening once, vaccinated later
NEVER_COME_SHARE = 0.4  # of the adults who are never vaccinated: registered, then deferred for good or cancelled
SAME_DAY_SECONDS = 8 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrations:
    """One entry a registration. `times[i, s]`: when it enters STATES[s] (local seconds), NEVER where it does not.

    States are entered in the order of STATES, so the state at a moment is the last one entered by then."""

    person: Ints
    channel: Ints
    reason: Ints
    session: Ints
    times: Ints


def make_registrations(world: World, records: ProvinceRecords) -> Registrations:
    """Of everyone who gets a first dose, and of a part of the adults who never do."""
    generator = stream(world.seed, "registrations", records.province)
    doses = records.doses
    first = doses.take((doses.step == 1) & ~doses.typed_twice)
    count = len(first)
    registered = first.day * DAY_SECONDS - generator.integers(2 * DAY_SECONDS, 35 * DAY_SECONDS, count)
    invited = (first.day - generator.integers(1, 3, count)) * DAY_SECONDS + generator.integers(28_800, 64_800, count)
    approved = registered + ((invited - registered) * generator.uniform(0.05, 0.6, count)).astype(np.int64)
    deferred = generator.random(count) < DEFERRED_SHARE
    live = first.recorded - first.injected <= SAME_DAY_SECONDS
    times = np.full((count, len(STATES)), NEVER)
    times[:, 0], times[:, 1], times[:, 2] = registered, approved, invited
    times[:, 3] = np.where(deferred, invited + 3600, NEVER)
    times[:, 4] = np.where(live, first.injected - 2400, NEVER)
    times[:, 5] = np.where(live, first.injected - 600, NEVER)
    times[:, 6], times[:, 7] = first.recorded, first.recorded + 1800
    absent = _absent(world, records, first.person, generator)
    return Registrations(
        person=np.concatenate([first.person, absent.person]),
        channel=np.searchsorted(np.cumsum(CHANNEL_SHARES)[:-1], generator.random(count + len(absent.person))),
        reason=generator.integers(0, len(DEFERRALS), count + len(absent.person)),
        session=np.concatenate([session_ids(first), absent.session]),
        times=np.concatenate([times, absent.times]),
    )


def _absent(world: World, records: ProvinceRecords, reached: Ints, generator: np.random.Generator) -> Registrations:
    """Adults who registered and never came: half of them deferred for good, half cancelled."""
    waiting = np.setdiff1d(np.arange(records.people.adults), reached)
    person = waiting[generator.random(len(waiting)) < NEVER_COME_SHARE]
    registered = generator.integers(120 * DAY_SECONDS, 240 * DAY_SECONDS, len(person))
    times = np.full((len(person), len(STATES)), NEVER)
    times[:, 0], times[:, 1] = registered, registered + 3 * DAY_SECONDS
    ended = registered + generator.integers(5 * DAY_SECONDS, 40 * DAY_SECONDS, len(person))
    deferred = generator.random(len(person)) < 0.5
    times[:, 3] = np.where(deferred, ended, NEVER)
    times[:, 8] = np.where(deferred, NEVER, ended)
    none = np.zeros(len(person), dtype=np.int64)
    return Registrations(person=person, channel=none, reason=none, session=none, times=times)


def registration_rows(
    world: World, registrations: Registrations, *, province: int, after: int | None, at: int, epoch: int
) -> pl.DataFrame:
    """Rows of registry.registration as they stand `at`; with `after`, only those that changed in (after, at]."""
    passed = registrations.times <= at
    state = passed.shape[1] - 1 - np.argmax(passed[:, ::-1], axis=1)
    entered = np.take_along_axis(registrations.times, state[:, None], axis=1)[:, 0]
    chosen = passed.any(axis=1)
    if after is not None:
        chosen &= ((registrations.times > after) & passed).any(axis=1)
    rows = np.flatnonzero(chosen)
    state, person = state[rows], person_base(province) + registrations.person[rows]
    given = state >= STATES.index("arrived")
    given &= state != STATES.index("cancelled")
    frame = pl.DataFrame(
        {
            "registration_id": person,  # one registration a person
            "person_id": person,
            "state": pl.Series(STATES).gather(state),
            "channel": pl.Series(CHANNELS).gather(registrations.channel[rows]),
            "registered_at": registrations.times[rows, 0],
            "state_at": entered[rows],
            "deferral_reason": pl.Series(DEFERRALS).gather(registrations.reason[rows]),
            "session_id": registrations.session[rows],
            "given": given,
        }
    )
    return frame.with_columns(
        province_code=pl.lit(world.reference.areas.province_codes[province]),
        registered_at=instants(pl.col("registered_at"), epoch),
        state_at=instants(pl.col("state_at"), epoch),
        deferral_reason=pl.when(pl.col("state") == "deferred").then("deferral_reason"),
        session_id=pl.when(pl.col("given")).then("session_id"),
    ).drop("given")
