"""What a reallocation is planned from: stores, lots, stock, needs, lanes and rules, as plain values.

Days are counted from the day of planning (0). `cycles` are the first days of the planning cycles, and the day after the
last one: a transfer leaves on the first day of a cycle, what arrives during a cycle is used from the next one on, and a
lot serves a cycle only if it is usable to the end of it. Full-size doses; litres; cost in thousand VND.

Rules of a plan, all of which campaign/plan_check.py decides: see Rule. What a plan is valued by, in order: see Aim.
Source: issue 7 ("Build" 1-3); design, DOMAIN 4 and FEATURES M1, M5, J8, K6."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Rule(StrEnum):
    """What no plan may break. Those in BENDABLE can be left out of a question ("what if"), the others never."""

    UNKNOWN = "unknown"  # a lot, store or lane that the problem does not have, or a lot not of its product
    STOCK = "stock"  # no more of a lot leaves a store than is there
    ONWARD = "onward"  # a store that vaccinates does not send on what the same plan sends to it
    RELEASE = "release"  # the lot is released
    HOLD = "hold"  # the lot is not held
    EARMARK = "earmark"  # an earmarked lot stays with those it is marked for
    COLD_CLASS = "cold_class"  # the lane keeps the product's storage class
    EXPIRY = "expiry"  # usable on arrival and for the days of use after it
    WHOLE = "whole"  # whole trays, or whole vials
    CYCLE = "cycle"  # leaves on the first day of a cycle and takes the days of its lane
    MINIMUM = "minimum"  # the giving store keeps its minimum stock
    RESERVE = "reserve"  # the giving store keeps its reserve for second doses
    STORAGE = "storage"  # the receiving store has the litres
    TRANSPORT = "transport"  # the lane carries the litres
    COUNT = "count"  # both stores were counted lately
    NEEDED = "needed"  # what the planner demands for a store arrives


BENDABLE = (
    Rule.RELEASE,
    Rule.HOLD,
    Rule.EARMARK,
    Rule.COLD_CLASS,
    Rule.EXPIRY,
    Rule.MINIMUM,
    Rule.RESERVE,
    Rule.STORAGE,
    Rule.TRANSPORT,
    Rule.COUNT,
)


class Aim(StrEnum):
    """What is kept small, the first before the second, and so on."""

    LOST = "lost"  # usable doses that expire in the horizon
    UNMET = "unmet"  # second doses due and not given at its end
    SHORT = "short"  # doses that stores still lack of their targets
    COST = "cost"


class Level(StrEnum):
    NATIONAL = "national"
    REGIONAL = "regional"
    PROVINCE = "province"
    RECIPIENT = "recipient"  # army, police, a central hospital, an institute
    DISTRICT = "district"
    SITE = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """storage: class of the cold chain. litres: of one dose as packed. unit_doses: of a tray or vial, whichever is the
    smallest that travels. tray_doses: of a whole tray, where vials of a broken one travel too; 0: they do not."""

    code: str
    storage: str
    unit_doses: int
    litres: float
    tray_doses: int = 0

    @property
    def tray_units(self) -> int:
        """Units of a whole tray; 1 where it is not told from units."""
        return max(1, self.tray_doses // self.unit_doses)

    def parcels(self, doses: int) -> Parcels:
        trays, rest = divmod(doses, self.tray_doses) if self.tray_doses else (0, doses)
        return Parcels(trays=trays, units=rest // self.unit_doses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcels:
    """What a driver is handed of a lot. trays: 0 where the product does not tell them from units. units: the rest."""

    trays: int
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """room: litres free today by storage class; None where nobody told. target: doses still lacking to its target.
    hub: passes doses on and gives none itself: national and regional stores in the country, the province's own store in
    a province. counted: days since its last count; None: never counted. opening: cost
    of sending from it at all."""

    code: str
    level: Level
    room: Mapping[str, float] | None
    counted: int | None
    target: int = 0
    opening: float = 0.0
    hub: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """last_day: on which it is still usable (the earlier of label and thaw). earmark: codes of the stores that it is
    marked for; empty: for everybody."""

    code: str
    product: str
    last_day: int
    released: bool = True
    held: bool = False
    earmark: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heap:
    """Doses of a lot in a store: today, or from `day` on (a new arrival). bound: they are used there and are not sent
    on, such as what a province has handed to its sites."""

    lot: str
    store: str
    doses: int
    day: int = 0
    bound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """pace: most doses that the store gives in each cycle. second: second doses that fall due in each; those not given
    stay due. minimum: stock it keeps when it gives to others."""

    store: str
    product: str
    pace: tuple[int, ...]
    second: tuple[int, ...]
    minimum: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """litres: on one departure. cost: of a litre. storage: classes that it keeps."""

    code: str
    giver: str
    taker: str
    days: int
    cost: float
    litres: float
    storage: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What the planner insists on: at least so many doses of the product arrive at the store."""

    store: str
    product: str
    doses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """reserve: share of its second doses due in the horizon that a giving store keeps. use_days: that a lot must last
    after arrival. count_days: greatest age of a count. stale_hours: greatest age of the stock figures. tray_gap: whole
    trays are preferred to vials, in a plan in which no aim is further than this share from its bound; None: as it
    comes."""

    reserve: float = 1.0
    use_days: int = 3
    count_days: int = 7
    stale_hours: float = 24.0
    tray_gap: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """days: on which transfers may leave. without: rules left out, whole or for one subject ('' for all), as a
    question and never for a plan that is carried out."""

    products: tuple[Product, ...]
    stores: tuple[Store, ...]
    lots: tuple[Lot, ...]
    heaps: tuple[Heap, ...]
    needs: tuple[Need, ...]
    lanes: tuple[Lane, ...]
    cycles: tuple[int, ...]
    days: int
    stock_hours: float = 0.0
    demands: tuple[Demand, ...] = ()
    policy: Policy = field(default_factory=Policy)
    without: frozenset[tuple[Rule, str]] = frozenset()

    @property
    def spans(self) -> int:
        """Number of cycles."""
        return len(self.cycles) - 1

    def departs(self, cycle: int) -> bool:
        return self.cycles[cycle] < self.days

    def usable_from(self, day: int) -> int:
        """The first cycle that doses arriving on the day serve; `spans` where none does."""
        return min(bisect_left(self.cycles, day), self.spans)

    def usable_until(self, last_day: int) -> int:
        """How many cycles a lot serves that is usable on this day and no longer; `spans` where it outlives all."""
        return max(0, min(bisect_right(self.cycles, last_day + 1) - 1, self.spans))

    def bent(self, rule: Rule, subject: str = "") -> bool:
        return (rule, "") in self.without or (rule, subject) in self.without


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One line of a plan. ship_day, arrive_day: counted from the day of planning."""

    lot: str
    product: str
    lane: str
    giver: str
    taker: str
    doses: int
    ship_day: int
    arrive_day: int


class Refusal(StrEnum):
    """Why nothing is planned from a problem."""

    STALE_STOCK = "stale_stock"
    NEGATIVE_BALANCE = "negative_balance"
    UNKNOWN_CAPACITY = "unknown_capacity"
    CONTRADICTION = "contradiction"
    UNKNOWN_NAME = "unknown_name"
    TWICE = "twice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """subject: the store, lot, lane or setting it is about. told: the figure that was seen."""

    why: Refusal
    subject: str
    told: str
