"""The nowcast against what the days became: three seeds of the demonstration and the revisions of two countries."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from campaign.nowcast import NowcastRules, Triangle, nowcast_areas
from demo.calendar import DAY_SECONDS, DAYS, date_of, day_of
from demo.doses import NEVER, Doses
from demo.world import make_world
from settings import DemoSettings

Counts = npt.NDArray[np.int64]
History = Mapping[tuple[str, date], int]  # doses by area and day of injection
ALPHA = 0.2  # the interval is to cover 80 %
SEEDS = (2021, 7, 99)
HISTORY_DAYS = 90  # days before the one of the nowcast that its triangle holds
DEMO_FROM, DEMO_TO = date(2021, 7, 1), date(2022, 4, 30)
NAIVE_FEWEST = 100  # ratios of an area by itself, below which those of all areas are taken
FOLDS = 4
WHOLE = "nation"
# Folder, file, columns (day, area) and the names that the count of doses has had.
REAL = (
    ("malaysia_citf", "vax_state.csv", ("date", "state"), ("total_daily", "daily")),
    (
        "italy_vaccini",
        "somministrazioni-vaccini-summary-latest.csv",
        ("data_somministrazione", "area"),
        ("totale",),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One incomplete day of one area: the truth, and both intervals, in doses. `age` is days since the injections."""

    age: int
    truth: int
    low: int
    high: int
    naive_low: int
    naive_high: int


def backtest(
    reference_dir: Path,
    real_dir: Path | None,
    *,
    rules: NowcastRules | None = None,
    seeds: Sequence[int] = SEEDS,
    one_in: int = 100,
    every_days: int = 5,
) -> dict[str, dict[str, float | int]]:
    """Figures by source: `days` scored (area x day x instant), `coverage`, `median_width` (width over truth),
    `interval_score` and `naive_interval_score` (mean score over mean truth; less is better); coverage and width of
    yesterday alone, the hardest day.

    The demonstration needs no database. `real_dir` holds the two countries' folders; None leaves them out.
    """
    chosen = rules or NowcastRules()
    figures: dict[str, dict[str, float | int]] = {}
    for seed in seeds:
        provinces = _demo_known(reference_dir, one_in=one_in, seed=seed, lags=chosen.complete_after_days)
        for name, known in ((f"demo_{seed}_provinces", provinces), (f"demo_{seed}_nation", provinces.nation())):
            figures[name] = summary(_demo_cases(known, chosen, every_days))
    if real_dir is not None:
        for folder, file, keys, totals in REAL:
            published = _publications(real_dir / folder / "snapshots", file, keys, totals)
            figures[folder] = summary(as_published(published, chosen))
            figures[f"{folder}_areas_left_out"] = summary(areas_left_out(published, chosen))
    return figures


def summary(cases: Iterable[Case]) -> dict[str, float | int]:
    """Figures of `backtest` for one source. Days without a single dose in the end are not scored."""
    table: Counts = np.array(
        [
            (case.truth, case.low, case.high, case.naive_low, case.naive_high, case.age)
            for case in cases
            if case.truth > 0
        ],
        dtype=np.int64,
    ).reshape(-1, 6)
    truth, low, high, naive_low, naive_high, age = table.T
    if not len(truth):
        return {"days": 0}
    covered = (low <= truth) & (truth <= high)
    return {
        "days": len(truth),
        "coverage": round(float(covered.mean()), 4),
        "yesterday_coverage": round(float(covered[age == 1].mean()), 4),
        "yesterday_median_width": round(_median_width(low, high, truth, age == 1), 4),
        "median_width": round(_median_width(low, high, truth, age >= 1), 4),
        "interval_score": round(_score(low, high, truth), 4),
        "naive_interval_score": round(_score(naive_low, naive_high, truth), 4),
    }


def _median_width(low: Counts, high: Counts, truth: Counts, chosen: npt.NDArray[np.bool_]) -> float:
    return float(np.median(((high - low) / truth)[chosen]))


def _score(low: Counts, high: Counts, truth: Counts) -> float:
    """Interval score (Gneiting and Raftery, 2007), as a share of the truth: width, and a fine for each miss."""
    missed = np.maximum(low - truth, 0) + np.maximum(truth - high, 0)
    return float((high - low + 2 / ALPHA * missed).sum() / truth.sum())


def compare(triangles: Mapping[str, Triangle], rules: NowcastRules, truth: History) -> Iterator[Case]:
    """Both nowcasts of one instant against the truth; only days for which ours has an answer."""
    ratios = {area: _settled_ratios(triangle, rules) for area, triangle in triangles.items()}
    everywhere = np.concatenate(list(ratios.values()))
    if not len(everywhere):
        return
    for area, days in nowcast_areas(triangles, rules).items():
        own = ratios[area] if len(ratios[area]) >= NAIVE_FEWEST else everywhere
        naive_low, naive_high = np.quantile(own, (ALPHA / 2, 1 - ALPHA / 2))
        for found in days:
            if (area, found.day) in truth:
                yield Case(
                    age=(triangles[area].as_of - found.day).days,
                    truth=truth[area, found.day],
                    low=found.low,
                    high=found.high,
                    naive_low=round(found.reported * float(naive_low)),
                    naive_high=round(found.reported * float(naive_high)),
                )


def _settled_ratios(triangle: Triangle, rules: NowcastRules) -> npt.NDArray[np.float64]:
    """The naive rule: settled over known, of the newest settled days, all delays thrown together."""
    found: list[list[float]] = []
    for row in triangle.counts:
        settled = next((count for count in row[rules.complete_after_days :] if count is not None), None)
        known = [count for count in row[: rules.complete_after_days] if count]
        if settled is not None and known:
            found.append([settled / count for count in known])
    return np.array([ratio for ratios in found[-rules.window_days :] for ratio in ratios])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Area x day x lag: doses known at the end of day + lag; and what each day has in the end."""

    areas: tuple[str, ...]
    by_lag: Counts
    final: Counts

    def nation(self) -> _Known:
        return _Known(areas=(WHOLE,), by_lag=self.by_lag.sum(axis=0)[None], final=self.final.sum(axis=0)[None])


def _demo_known(reference_dir: Path, *, one_in: int, seed: int, lags: int) -> _Known:
    """Straight from the generator: what the registry would show, by province of residence."""
    world = make_world(reference_dir, DemoSettings(seed=seed, one_in=one_in))
    both = [_known_of(world.province_records(province).doses, lags) for province in range(world.provinces)]
    return _Known(
        areas=tuple(world.reference.areas.province_codes),
        by_lag=np.stack([known[:, :-1] for known in both]),
        final=np.stack([known[:, -1] for known in both]),
    )


def _known_of(doses: Doses, lags: int) -> Counts:
    """Day x lag, the last column at any lag. A faulty row counts once it is repaired, a voided one until it is."""
    told = np.where(doses.fault == 0, doses.recorded, doses.repaired).astype(np.int64)
    voided = np.maximum(doses.voided.astype(np.int64), told)
    counts = np.zeros((DAYS, lags + 2), dtype=np.int64)
    for moment, sign in ((told, 1), (voided, -1)):
        happened = moment != NEVER
        lag = np.minimum(moment[happened] // DAY_SECONDS - doses.day[happened], lags + 1)
        np.add.at(counts, (doses.day[happened], lag), sign)
    return counts.cumsum(axis=1)


def _demo_cases(known: _Known, rules: NowcastRules, every_days: int) -> Iterator[Case]:
    truth = {
        (area, date_of(day)): int(count)
        for area, counts in zip(known.areas, known.final, strict=True)
        for day, count in enumerate(counts)
    }
    for today in range(day_of(DEMO_FROM), day_of(DEMO_TO), every_days):
        days = range(today - HISTORY_DAYS, today)
        triangles = {
            area: Triangle(
                days=[date_of(day) for day in days],
                counts=[counts[day, : today - day].tolist() for day in days],
                as_of=date_of(today),
            )
            for area, counts in zip(known.areas, known.by_lag, strict=True)
        }
        yield from compare(triangles, rules, truth)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One file of a country: everything it said on the day `at`."""

    at: date
    doses: History


def _publications(folder: Path, file: str, keys: tuple[str, str], totals: tuple[str, ...]) -> tuple[Publication, ...]:
    """In order of publication. Raises OSError where the folder is missing, KeyError for an unknown column."""
    found: list[Publication] = []
    for snapshot in sorted(folder.iterdir()):
        with (snapshot / file).open(encoding="utf-8-sig", newline="") as text:
            rows = csv.DictReader(text)
            total = next(name for name in totals if name in (rows.fieldnames or ()))
            doses = {(row[keys[1]], date.fromisoformat(row[keys[0]][:10])): int(row[total]) for row in rows}
        found.append(Publication(at=date.fromisoformat(snapshot.name[:10]), doses=doses))
    return tuple(found)


def as_published(published: Sequence[Publication], rules: NowcastRules) -> Iterator[Case]:
    """Each publication but the last, with what that one and those before it said; the truth is the last one."""
    truth = published[-1].doses
    areas = sorted({area for area, _ in truth})
    for number, now in enumerate(published[:-1], start=1):
        days = sorted({day for _, day in now.doses if day < now.at})
        triangles = {
            area: Triangle(
                days=days, counts=[_row(published[:number], area, day, now.at) for day in days], as_of=now.at
            )
            for area in areas
        }
        yield from compare(triangles, rules, truth)


def _row(published: Sequence[Publication], area: str, day: date, at: date) -> list[int | None]:
    """By lag. A file that appears on one day says what was known at the end of the day before."""
    row: list[int | None] = [None] * (at - day).days
    for publication in published:
        if publication.at > day:
            row[(publication.at - day).days - 1] = publication.doses.get((area, day))
    return row


def areas_left_out(published: Sequence[Publication], rules: NowcastRules) -> Iterator[Case]:
    """Each publication but the last; an area's days by the revisions that the *other* areas' same days had to the last.

    Nobody could have known them then: this says how well areas lend each other strength, not how the board would have
    done. The others' days are set back by whole weeks, so that they look settled to the rule.
    """
    last = published[-1]
    back = timedelta(days=-(-rules.complete_after_days // 7) * 7)
    across = replace(rules, fewest_days=1)
    areas = sorted({area for area, _ in last.doses})
    for now in published[:-1]:
        days = [now.at - timedelta(days=age) for age in range(rules.complete_after_days, 0, -1)]
        own = {area: [_row([now], area, day, now.at) for day in days] for area in areas}
        lent = {
            area: [
                [*row, *[None] * (back.days - 1), last.doses.get((area, day))]
                for row, day in zip(rows, days, strict=True)
            ]
            for area, rows in own.items()
        }
        for fold in range(FOLDS):
            triangles = {
                area: Triangle(days=days, counts=own[area], as_of=now.at)
                if index % FOLDS == fold
                else Triangle(days=[day - back for day in days], counts=lent[area], as_of=now.at)
                for index, area in enumerate(areas)
            }
            yield from compare(triangles, across, last.doses)
