"""Cold-chain equipment and the readings of the devices that report live, faults included.

A day of all devices is made at once from its own stream, so that any moment of it can be asked for again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from demo.calendar import DAY_SECONDS
from demo.copying import instants
from demo.places import Stores, sampled_stores
from demo.streams import Floats, Ints, stream
from demo.world import World

STEP_SECONDS = 300
STEPS = DAY_SECONDS // STEP_SECONDS
SITE_FRIDGES = 300
CLASSES = ("refrigerator", "freezer", "ultra_cold")
USUAL_C, NOISE_C = (4.8, -20.0, -73.0), (0.35, 0.8, 1.2)
ROOM_C = 27.0
KINDS = ("tủ lạnh", "tủ âm", "tủ âm sâu")
# As makers name theirs, by type and number, so that one name holds in every language.
MODELS = ("TL-01 (minh họa)", "TA-01 (minh họa)", "TS-01 (minh họa)")
# Net litres by level (national, regional, province, district, site) and class; hours that a class keeps its temperature
# without power; one device in so many of which nobody told them. Assumptions of the demonstration.
LITRES = (
    (20_000.0, 5_000.0, 4_000.0), (9_000.0, 3_000.0, 2_000.0), (1_500.0, 300.0, 600.0), (400.0, 200.0, 200.0),
    (60.0, 60.0, 60.0),
)  # fmt: skip
HOLD_HOURS = (20.0, 30.0, 6.0)
LITRES_UNTOLD, HOURS_UNTOLD = 67, 4
# Faults a day among 200 devices; demo assumptions.
FAULTS = {"heat": 4, "freeze": 1, "silence": 4, "power": 3, "door": 6, "probe": 1, "battery": 1}
LATE_SHARE, TWICE_SHARE = 0.015, 0.003
ID_SHIFT = 40 * DAY_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """One entry a device; `live` are the positions of those whose readings are in the registry."""

    ids: tuple[str, ...]
    store: Ints
    storage_class: Ints
    live: Ints


def make_equipment(world: World, stores: Stores, *, reading_devices: int) -> Equipment:
    """Every store from the district up, and some sites; the live devices are spread evenly over all of them."""
    first_place = stores.place_base
    layout: list[tuple[int, int]] = [(0, kind) for kind in (2, 2, 2, 2, 1, 1, 1, 0, 0, 0)]
    layout += [(store, kind) for store in range(1, stores.province_base) for kind in (2, 1, 0)]
    layout += [(store, kind) for store in range(stores.province_base, first_place) for kind in (2, 0, 0)]
    layout += [(store, 0) for store in range(first_place, stores.site_base)]
    layout += [(int(store), 0) for store in sampled_stores(world, stores, SITE_FRIDGES)]
    live = np.linspace(0, len(layout) - 1, min(reading_devices, len(layout))).astype(np.int64)
    return Equipment(
        ids=tuple(f"TB{number + 1:05d}" for number in range(len(layout))),
        store=np.array([store for store, _ in layout]),
        storage_class=np.array([kind for _, kind in layout]),
        live=live,
    )


def equipment_rows(equipment: Equipment, stores: Stores) -> pl.DataFrame:
    """Grain: device. Limits are left to the class; only live devices report by themselves."""
    live = np.isin(np.arange(len(equipment.ids)), equipment.live)
    return (
        pl.DataFrame(
            {
                "equipment_id": equipment.ids,
                "store_code": pl.Series(stores.codes).gather(equipment.store),
                "kind": pl.Series(KINDS).gather(equipment.storage_class),
                "storage_class": pl.Series(CLASSES).gather(equipment.storage_class),
                "litres": _litres(equipment, stores),
                "reporting_mode": pl.Series(["hand", "live"]).gather(live.astype(np.int64)),
            }
        )
        .with_columns(
            _untold("litres", LITRES_UNTOLD),
            holdover_hours=pl.Series(np.array(HOLD_HOURS)[equipment.storage_class]),
            model=pl.Series(MODELS).gather(equipment.storage_class),
            installed_on=pl.lit(date(2021, 2, 1)),
        )
        .with_columns(_untold("holdover_hours", HOURS_UNTOLD))
    )


def _litres(equipment: Equipment, stores: Stores) -> Floats:
    """By the level of the store: cold rooms above the provinces."""
    level = np.searchsorted(
        [1, stores.province_base, stores.place_base, stores.site_base], equipment.store, side="right"
    )
    return np.array(LITRES)[level, equipment.storage_class]


def _untold(column: str, one_in: int) -> pl.Expr:
    """Registers have gaps: nobody told it of some devices."""
    return pl.when(pl.int_range(pl.len()) % one_in != one_in - 1).then(pl.col(column)).alias(column)


@dataclass(kw_only=True)
class Readings:
    """Readings of the live devices by day, the last few days kept ready."""

    equipment: Equipment
    seed: int
    dirt: bool
    _days: dict[int, pl.DataFrame] = field(default_factory=dict[int, pl.DataFrame])

    def received(self, *, after: int, until: int) -> pl.DataFrame:
        """Readings received in (after, until], local seconds; late ones belong to the day before."""
        days = range(after // DAY_SECONDS - 1, until // DAY_SECONDS + 1)
        for gone in [day for day in self._days if day not in days]:
            del self._days[gone]
        parts = [
            self._day(day).filter((pl.col("received_at") > after) & (pl.col("received_at") <= until)) for day in days
        ]
        return pl.concat(parts)

    def _day(self, day: int) -> pl.DataFrame:
        if day not in self._days:
            self._days[day] = make_day(self.equipment, seed=self.seed, day=day, dirt=self.dirt)
        return self._days[day]


def make_day(equipment: Equipment, *, seed: int, day: int, dirt: bool) -> pl.DataFrame:
    """All readings of one day; times are local seconds. Columns as in registry.temperature_reading, `device` for id."""
    generator = stream(seed, "readings", day + 1000)
    kind = equipment.storage_class[equipment.live]
    count = len(kind)
    clock = np.arange(STEPS) * STEP_SECONDS
    daily = 0.4 * np.sin((clock / DAY_SECONDS - 0.35) * 2 * np.pi)
    noise = generator.normal(0.0, 1.0, (count, STEPS)) * np.array(NOISE_C)[kind][:, None]
    temp = np.array(USUAL_C)[kind][:, None] + daily[None, :] + noise
    state = _State(
        temp=temp,
        sent=np.ones(temp.shape, dtype=np.bool_),
        bad={name: np.zeros(temp.shape, dtype=np.bool_) for name in ("power", "battery", "probe", "door")},
    )
    if dirt:
        for fault, daily_count in FAULTS.items():
            for device in generator.choice(count, size=min(-(-daily_count * count // 200), count), replace=False):
                _break(state, generator, fault, int(device), int(kind[device]))
    device, step = np.nonzero(state.sent)
    read = day * DAY_SECONDS + clock[step]
    received = read + generator.integers(10, 90, len(read))
    late = dirt & (generator.random(len(read)) < LATE_SHARE)
    received = np.where(late, received + generator.integers(1800, 6 * 3600, len(read)), received)
    frame = pl.DataFrame(
        {
            "reading_id": (read + ID_SHIFT << 16) + device * 2,
            "device": device,
            "read_at": read,
            "received_at": received,
            "temp_c": np.round(state.temp[device, step], 1),
            "power_on": ~state.bad["power"][device, step],
            "battery_ok": ~state.bad["battery"][device, step],
            "probe_ok": ~state.bad["probe"][device, step],
            "door_open": state.bad["door"][device, step],
        }
    ).with_columns(temp_c=pl.when(pl.col("probe_ok")).then("temp_c"))
    if not dirt:
        return frame
    again = frame.filter(pl.Series(generator.random(frame.height) < TWICE_SHARE))
    again = again.with_columns(reading_id=pl.col("reading_id") + 1, received_at=pl.col("received_at") + 61)
    return pl.concat([frame, again])


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    temp: Floats
    sent: np.ndarray
    bad: dict[str, np.ndarray]


def _break(state: _State, generator: np.random.Generator, fault: str, device: int, kind: int) -> None:
    """Put one fault of random length into a device's day."""
    hours = {
        "heat": (2, 14),
        "freeze": (1.5, 4),
        "silence": (2, 8),
        "power": (1, 5),
        "door": (0.25, 0.6),
        "probe": (2, 10),
        "battery": (12, 24),
    }[fault]
    length = int(generator.uniform(*hours) * 3600 / STEP_SECONDS)
    start = int(generator.integers(0, max(STEPS - length, 1)))
    span = slice(start, start + length)
    rise = np.minimum(np.arange(len(state.temp[device, span])) / 12.0, 1.0)
    if fault == "silence":
        state.sent[device, span] = False
    elif fault == "heat":
        state.temp[device, span] += rise * generator.uniform(5.0, 9.0)
    elif fault == "freeze" and kind == 0:
        state.temp[device, span] -= rise * generator.uniform(6.5, 9.0)
    elif fault == "power":
        state.bad["power"][device, span] = True
        state.temp[device, span] += (ROOM_C - USUAL_C[kind]) * 0.02 * np.arange(len(rise)) / 12.0
    elif fault == "door":
        state.bad["door"][device, span] = True
        state.temp[device, span] += rise * 2.0
    elif fault in {"probe", "battery"}:
        state.bad[fault][device, span] = True


def reading_rows(readings: pl.DataFrame, equipment: Equipment, *, epoch: int) -> pl.DataFrame:
    """Rows of registry.temperature_reading."""
    ids = pl.Series(equipment.ids).gather(equipment.live)
    return readings.with_columns(
        equipment_id=ids.gather(readings["device"]),
        read_at=instants(pl.col("read_at"), epoch),
        received_at=instants(pl.col("received_at"), epoch),
    ).drop("device")
