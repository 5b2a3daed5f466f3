"""What people said of the cold-chain equipment: what broke, who repaired it, what was retired.

Made once for the whole campaign, so that the history up to any moment is the same each time. It is history alone: on
the live clock equipment is in the hands of whoever looks at the demonstration. Rates are assumptions of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from demo.calendar import DAY_SECONDS, DAYS
from demo.coldchain import Equipment
from demo.copying import instants
from demo.streams import stream

HOUR = 3600
BREAKS = 0.35  # how often a device breaks in the campaign
RETIRED_SHARE = 0.01  # of devices that are read by hand: retired in the course of it
UNREPAIRED_SHARE = 0.2  # of breaks that nobody opened a repair for
FIRST_JOB = 1_000_000_000_000  # above whatever the registry numbers itself
PROBLEMS = ("máy nén hỏng", "rò rỉ môi chất lạnh", "gioăng cửa rách", "cảm biến nhiệt hỏng", "quạt không quay")
WORKSHOPS = ("xưởng sửa chữa của CDC", "hãng bảo hành", "đội kỹ thuật của tỉnh")
OUTCOMES = ("thay máy nén", "nạp lại môi chất lạnh", "thay gioăng cửa", "thay cảm biến", "thay quạt")
SAID_BY = "Cán bộ kho (minh họa)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One break of a device, local seconds. opened None: nobody opened a repair."""

    job: int
    device: int
    problem: int
    down: bool
    broke: int
    opened: int | None
    given: int
    done: int


def breaks(equipment: Equipment, *, seed: int) -> list[Break]:
    """Of every device in turn; a device breaks again only once it works."""
    found: list[Break] = []
    count = len(equipment.ids)
    generator = stream(seed, "equipment register")
    for device, often in enumerate(generator.poisson(BREAKS, count).tolist()):
        free = 0
        for broke in sorted(generator.integers(0, DAYS * DAY_SECONDS, often).tolist()):
            waits = generator.integers((2 * HOUR, 6 * HOUR, 2 * DAY_SECONDS), (20 * HOUR, 60 * HOUR, 20 * DAY_SECONDS))
            opened = broke + int(waits[0])
            made = Break(
                job=FIRST_JOB + len(found),
                device=device,
                problem=int(generator.integers(len(PROBLEMS))),
                down=bool(generator.random() < 0.5),
                broke=broke,
                opened=opened if generator.random() >= UNREPAIRED_SHARE else None,
                given=opened + int(waits[1]),
                done=opened + int(waits[1] + waits[2]),
            )
            if broke >= free:
                found.append(made)
                free = made.done
    return found


def retired(equipment: Equipment, *, seed: int) -> dict[int, int]:
    """Device and the local second at which somebody said so."""
    generator = stream(seed, "equipment retired")
    chosen = np.flatnonzero(generator.random(len(equipment.ids)) < RETIRED_SHARE)
    at = generator.integers(30 * DAY_SECONDS, DAYS * DAY_SECONDS, len(chosen))
    live = set(equipment.live.tolist())
    return {device: int(when) for device, when in zip(chosen.tolist(), at.tolist(), strict=True) if device not in live}


def status_rows(equipment: Equipment, *, seed: int, at: int, epoch: int) -> pl.DataFrame:
    """Rows of registry.equipment_status that had been said by `at`, local seconds."""
    gone = retired(equipment, seed=seed)
    rows = [row for row in _said(equipment, seed) if row[1] <= at and row[1] < gone.get(row[0], at + 1)]
    rows += [(device, when, "not_in_use", "thanh lý") for device, when in gone.items() if when <= at]
    frame = pl.DataFrame(rows, schema=["device", "since", "status", "reason"], orient="row")
    return frame.sort("device", "since").select(
        equipment_id=pl.Series(equipment.ids).gather(frame.sort("device", "since")["device"]),
        since=instants(pl.col("since"), epoch),
        status="status",
        reason="reason",
        set_by=pl.lit(SAID_BY),
        set_at=instants(pl.col("since"), epoch),
    )


def job_rows(equipment: Equipment, *, seed: int, at: int, epoch: int) -> pl.DataFrame:
    """Rows of registry.repair_job as they stood `at`, local seconds; none of a device that was retired by then."""
    gone = retired(equipment, seed=seed)
    mine = [
        item
        for item in breaks(equipment, seed=seed)
        if item.opened is not None and item.opened <= at and gone.get(item.device, at + 1) > at
    ]
    given, done = [item.given <= at for item in mine], [item.done <= at for item in mine]
    frame = pl.DataFrame(
        {
            "job_id": [item.job for item in mine],
            "equipment_id": [equipment.ids[item.device] for item in mine],
            "problem": [PROBLEMS[item.problem] for item in mine],
            "opened": [item.opened for item in mine],
            "assigned_to": [
                WORKSHOPS[item.job % len(WORKSHOPS)] if known else None for item, known in zip(mine, given, strict=True)
            ],
            "assigned": [item.given if known else None for item, known in zip(mine, given, strict=True)],
            "done": [item.done if known else None for item, known in zip(mine, done, strict=True)],
            "done_by": [SAID_BY if known else None for known in done],
            "outcome": [OUTCOMES[item.problem] if known else None for item, known in zip(mine, done, strict=True)],
        },
        schema_overrides={"assigned": pl.Int64, "done": pl.Int64, "assigned_to": pl.String, "done_by": pl.String},
    )
    return frame.with_columns(
        opened_at=instants(pl.col("opened"), epoch),
        opened_by=pl.lit(SAID_BY),
        assigned_at=instants(pl.col("assigned"), epoch),
        done_at=instants(pl.col("done"), epoch),
    ).drop("opened", "assigned", "done")


def _said(equipment: Equipment, seed: int) -> Iterator[tuple[int, int, str, str]]:
    """Device, since when, status, reason."""
    for item in breaks(equipment, seed=seed):
        yield item.device, item.broke, "not_working" if item.down else "needs_repair", PROBLEMS[item.problem]
        told = OUTCOMES[item.problem] if item.opened is not None else "hoạt động trở lại"
        yield item.device, item.done, "working", told
