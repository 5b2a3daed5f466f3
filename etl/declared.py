"""Take up one publication: read, compare by key, guard, apply, describe. One transaction; publishing comes after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import duckdb

from etl import staging
from etl.feed_outcome import FeedOutcome, read_all
from etl.feed_profile import TALLIES, Kind
from etl.feeds.files import BadRowLimit
from etl.feeds.publications import Taken
from etl.guard import objections
from etl.profile import Caveat, Profile
from etl.replay_line import ReplayLine
from warehouse import declared, declared_log
from warehouse.declared_log import Recorded
from warehouse.declared_marts import DeclaredInfo, rebuild
from warehouse.writer import Warehouse

DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingRules:
    """What taking up a publication needs to know of the settings. `timezone` is the publisher's."""

    limit: BadRowLimit
    timezone: str
    keep_last_snapshots: int
    keep_hourly_hours: int


def take_up(warehouse: Warehouse, profile: Profile, taken: Taken, rules: TakingRules, *, now: datetime) -> ReplayLine:
    """Bring the warehouse up to one publication and publish it. `now` is wall time.

    A publication equal to what is held publishes nothing, unless a feed recovers by it.
    """
    outcomes = read_all(taken, profile, timezone=rules.timezone, limit=rules.limit)
    with warehouse.transaction() as connection:
        _describe(connection, profile)
        before = declared_log.feed_states(connection)
        declared.stage(
            connection,
            (cell for outcome in outcomes for cell in staging.cells(outcome)),
            (key for outcome in outcomes for key in staging.keys_set_aside(outcome)),
        )
        outcomes = [_compared(connection, outcome) for outcome in outcomes]
        outcomes = _guarded(connection, outcomes, taken)
        if not any(outcome.status == "held" for outcome in outcomes):
            declared.apply(connection, publication=taken.publication.name)
            outcomes = [_population(connection, profile, outcome) for outcome in outcomes]
            outcomes = _checked(connection, profile, outcomes)
        warehouse.checkpoint("applied_declared")
        outcomes = _log(connection, outcomes, taken, now=now)
        line = _line(connection, profile, outcomes, taken)
        _record(connection, taken, line)
        after = declared_log.feed_states(connection)
        shows = line.status != "unchanged" or after != before
        if shows:
            rebuild(connection, _about(connection, profile, taken, now=now), version=warehouse.next_version())
            warehouse.checkpoint("marts_rebuilt")
    if shows:
        warehouse.publish(keep_last=rules.keep_last_snapshots, keep_hourly_hours=rules.keep_hourly_hours)
    return line


def _describe(connection: duckdb.DuckDBPyConnection, profile: Profile) -> None:
    declared_log.describe(
        connection,
        profile.name,
        feeds=[
            (name, feed.kind.value, feed.figures == "cumulative", position)
            for position, (name, feed) in enumerate(profile.all_feeds.items())
        ],
        areas=[
            (area.code, area.name_vi, area.name_en, area.region_vi, area.region_en, position)
            for position, area in enumerate(profile.pack.areas)
        ],
    )
    population = profile.pack.population
    if population is not None and population.figures:
        declared.replace_population(connection, staging.population_rows(population, None))


def _compared(connection: duckdb.DuckDBPyConnection, outcome: FeedOutcome) -> FeedOutcome:
    if outcome.reading is None or outcome.profile.kind not in TALLIES:
        return outcome
    found = declared.compare(
        connection,
        outcome.name,
        is_full=outcome.profile.publication == "full_refresh",
        is_cumulative=outcome.profile.figures == "cumulative",
    )
    return replace(outcome, comparison=found, status="applied" if found.changes else "unchanged")


def _guarded(connection: duckdb.DuckDBPyConnection, outcomes: Sequence[FeedOutcome], taken: Taken) -> list[FeedOutcome]:
    """Hold the publication where one feed of it would collapse: its files were made together."""
    held = {outcome.name: reasons for outcome in outcomes if (reasons := _objections(connection, outcome, taken))}
    if not held:
        return list(outcomes)
    others = f"held together with {', '.join(held)}"
    return [
        replace(
            outcome,
            status="held",
            problem=f"held, not applied: {'; '.join(held[outcome.name])}" if outcome.name in held else others,
        )
        if outcome.reading is not None
        else outcome
        for outcome in outcomes
    ]


def _objections(connection: duckdb.DuckDBPyConnection, outcome: FeedOutcome, taken: Taken) -> tuple[str, ...]:
    told_at = declared_log.last_told_at(connection, outcome.name)
    if outcome.comparison is None or told_at is None:
        return ()
    days = (taken.publication.at - told_at).total_seconds() / DAY_SECONDS
    return objections(outcome.comparison, outcome.profile.guard, days=days)


def _population(connection: duckdb.DuckDBPyConnection, profile: Profile, outcome: FeedOutcome) -> FeedOutcome:
    population = profile.pack.population
    if outcome.profile.kind is not Kind.POPULATION or population is None or outcome.reading is None:
        return outcome
    changed = declared.replace_population(connection, staging.population_rows(population, outcome.reading))
    return replace(outcome, status="applied" if changed else "unchanged")


def _checked(
    connection: duckdb.DuckDBPyConnection, profile: Profile, outcomes: Sequence[FeedOutcome]
) -> list[FeedOutcome]:
    """Hold what stands against the publisher's own totals. A feed that shows another equality by it has changed."""
    before = declared.equalities(connection)
    _check(connection, profile, outcomes)
    changed = {staging.feed_of_check(name) for name, _ in before ^ declared.equalities(connection)}
    return [replace(outcome, status="applied") if outcome.name in changed else outcome for outcome in outcomes]


def _check(connection: duckdb.DuckDBPyConnection, profile: Profile, outcomes: Sequence[FeedOutcome]) -> None:
    """Evaluate every equality of which this publication tells both sides."""
    readings = {outcome.name: outcome.reading for outcome in outcomes}
    for name, feed in profile.feeds.items():
        if feed.running_total and (reading := readings[name]) is not None:
            label = staging.check_name(name, "running_total")
            total = staging.running_total(reading)
            if total is None:
                declared.forget_check(connection, label)
            else:
                declared.record_equality(
                    connection, label, left=total.left, right=total.right, differing=total.differing
                )
    for name, check in staging.checks(profile):
        if readings[name] is not None and readings[check.feed] is not None:
            declared.evaluate(connection, check)
        elif readings[check.feed] is not None:
            declared.forget_check(connection, check.name)


def _log(
    connection: duckdb.DuckDBPyConnection, outcomes: Sequence[FeedOutcome], taken: Taken, *, now: datetime
) -> list[FeedOutcome]:
    """Set bad rows aside and note each feed's state. A feed whose bad rows changed has changed."""
    logged: list[FeedOutcome] = []
    number = len(declared_log.recorded(connection)) + 1
    for given in outcomes:
        outcome = given
        before = declared_log.set_aside_keys(connection, outcome.name)
        after = before
        if outcome.reading is not None and outcome.status in ("applied", "unchanged"):
            declared_log.replace_set_aside(
                connection,
                outcome.name,
                staging.rows_set_aside(outcome, taken.publication.name),
                retold=staging.retold(outcome.reading) if outcome.profile.publication == "delta" else None,
                number=number,
                now=now,
            )
            after = declared_log.set_aside_keys(connection, outcome.name)
            if after != before:
                outcome = replace(outcome, status="applied")
        result = outcome.result(taken.publication.name, quarantined=len(after))
        declared_log.save_feed(connection, result, now=now)
        logged.append(outcome)
    return logged


def _line(
    connection: duckdb.DuckDBPyConnection, profile: Profile, outcomes: Sequence[FeedOutcome], taken: Taken
) -> ReplayLine:
    stands = declared.totals(connection)
    feeds = {outcome.name: outcome.line() for outcome in outcomes}
    main = feeds[profile.main_feed]
    applied = [outcome.comparison for outcome in outcomes if outcome.comparison and outcome.status == "applied"]
    parts = [f"{name}: {feed.message}" for name, feed in feeds.items() if feed.message and feed.status != "waiting"]
    parts += [caveat.en for caveat in _caveats(connection, profile) if caveat.product]
    return ReplayLine(
        snapshot=taken.publication.name,
        status=_status(profile, outcomes),
        doses=stands.doses,
        dose1_people=stands.dose1_people,
        full_people=stands.full_people,
        delivered=stands.delivered,
        registered=stands.registered,
        areas=stands.areas,
        keys_appeared=main.keys_appeared,
        keys_vanished=main.keys_vanished,
        cells_up=main.cells_up,
        cells_down=main.cells_down,
        net_change=main.net_change,
        corrections=sum(found.corrections for found in applied),
        quarantined=sum(feed.quarantined for feed in feeds.values()),
        message="; ".join(parts),
        feeds=feeds,
    )


def _status(profile: Profile, outcomes: Sequence[FeedOutcome]) -> str:
    """held: nothing was applied. refused: the main feed was, or some feed was and none applied. Else what was done."""
    states = {outcome.name: outcome.status for outcome in outcomes}
    if "held" in states.values():
        return "held"
    applied = "applied" in states.values()
    if states[profile.main_feed] == "refused" or ("refused" in states.values() and not applied):
        return "refused"
    return "applied" if applied else "unchanged"


def _record(connection: duckdb.DuckDBPyConnection, taken: Taken, line: ReplayLine) -> None:
    entry = Recorded(name=taken.publication.name, digest=taken.digest, status=line.status, line=line.to_json())
    declared_log.record(connection, entry, folder_at=taken.publication.at)


def _caveats(connection: duckdb.DuckDBPyConnection, profile: Profile) -> list[Caveat]:
    present = declared.products_present(connection)
    return [caveat for caveat in profile.caveats if not caveat.product or caveat.product in present]


def _about(connection: duckdb.DuckDBPyConnection, profile: Profile, taken: Taken, *, now: datetime) -> DeclaredInfo:
    """As of the publication whose figures stand: a refused or held one does not make old numbers new."""
    caveats = _caveats(connection, profile)
    population = profile.pack.population
    return DeclaredInfo(
        as_of=declared_log.last_told_at(connection, profile.main_feed) or taken.publication.at,
        now=now,
        title_vi=profile.title.vi,
        title_en=profile.title.en,
        note_vi=" ".join(caveat.vi for caveat in caveats),
        note_en=" ".join(caveat.en for caveat in caveats),
        denominator=population.version if population else "",
        has_boundaries=profile.pack.boundaries is not None,
    )
