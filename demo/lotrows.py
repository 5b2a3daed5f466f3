"""Lots as rows of the registry: what arrived, how long it keeps, and the states it has passed through."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from demo.calendar import DAY_SECONDS, date_of, day_of
from demo.copying import instants
from demo.reference import COMIRNATY, PRODUCTS
from demo.streams import Flags, Ints
from demo.supply import NEVER_RELEASED, Lots

# 22 October 2021: Comirnaty kept at -90..-60 C goes from 6 to 9 months (data/reference/products.csv).
EXTENDED_ON, EXTENSION_DAYS = day_of(date(2021, 10, 22)), 91
EXTENSION_CONDITION, EXTENSION_DECISION = "-90..-60 C", "Comirnaty 22/10/2021"
ARRIVAL_HOUR, RELEASE_HOUR = 9, 15


def is_extended(lots: Lots) -> Flags:
    """Comirnaty that had arrived, and was not yet out of date, on the day of the letter."""
    return (lots.product == COMIRNATY) & (lots.arrived < EXTENDED_ON) & (lots.expires > EXTENDED_ON)


def usable_until(lots: Lots) -> Ints:
    """Last day of each lot: the label, or the official extension."""
    return np.where(is_extended(lots), lots.expires + EXTENSION_DAYS, lots.expires)


def lot_rows(lots: Lots, *, at: int) -> pl.DataFrame:
    """Lots that have arrived by `at` (local seconds)."""
    frame = pl.DataFrame(
        {
            "lot_number": lots.number,
            "product_code": pl.Series(PRODUCTS).gather(lots.product),
            "source": lots.source,
            "earmark": pl.Series(lots.earmark, dtype=pl.String),
            "doses_received": lots.doses,
            "doses_per_vial": lots.doses_per_vial,
            "vials_per_tray": lots.vials_per_tray,
            "litres_per_vial": lots.litres_per_vial,
            "manufactured_on": lots.made,
        }
    )
    return frame.filter(pl.Series(_arrived_at(lots) <= at))


def expiry_rows(lots: Lots, *, at: int) -> pl.DataFrame:
    """The label of each lot, and the extension where it has been decided by `at`."""
    here, extended = _arrived_at(lots) <= at, is_extended(lots) & (at >= EXTENDED_ON * DAY_SECONDS)
    rows: list[tuple[object, ...]] = []
    for lot in np.flatnonzero(here).tolist():
        label = date_of(int(lots.expires[lot]))
        rows.append((lots.number[lot], label, "label", None, None, lots.made[lot]))
        if extended[lot]:
            until = label + timedelta(days=EXTENSION_DAYS)
            extension = ("extension", EXTENSION_CONDITION, EXTENSION_DECISION, date_of(EXTENDED_ON))
            rows.append((lots.number[lot], until, *extension))
    names = ["lot_number", "expires_on", "kind", "condition", "decision", "valid_from"]
    return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)


def state_rows(lots: Lots, *, at: int, epoch: int) -> pl.DataFrame:
    """Every state that a lot has entered by `at`."""
    arrived = _arrived_at(lots)
    released = np.maximum(lots.released * DAY_SECONDS + RELEASE_HOUR * 3600, arrived + 7200)
    held = lots.held * DAY_SECONDS + RELEASE_HOUR * 3600
    parts = [
        _states(lots, arrived, "received", "national store", None),
        _states(lots, arrived + 3600, "awaiting_release", "NICVB", None),
        _states(lots, released, "released", "NICVB", None).filter(pl.Series(lots.released != NEVER_RELEASED)),
        _states(lots, held, "on_hold", "national store", "chờ kết luận hạn dùng").filter(pl.Series(lots.held >= 0)),
    ]
    frame = pl.concat(parts).filter(pl.col("valid_from") <= at)
    return frame.with_columns(valid_from=instants(pl.col("valid_from"), epoch))


def _arrived_at(lots: Lots) -> Ints:
    return lots.arrived * DAY_SECONDS + ARRIVAL_HOUR * 3600


def _states(lots: Lots, seconds: Ints, state: str, actor: str, reason: str | None) -> pl.DataFrame:
    return pl.DataFrame({"lot_number": lots.number, "valid_from": seconds}).with_columns(
        state=pl.lit(state), actor=pl.lit(actor), reason=pl.lit(reason, dtype=pl.String)
    )
