"""The ledger of stock: movements of each store and lot, replayed from zero. Doses of vaccine, full size.

Sources: issue "Stock, cold chain and alerts", part 1; design, DOMAIN 4. The warehouse carries the same figures on
(warehouse/stock.py); tests hold it to this."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

INCOMING = frozenset({"opening", "receipt", "transfer_in"})
OUTGOING = frozenset({"issue", "transfer_out"})
FROM_A_STORE = frozenset({"receipt", "transfer_in"})
# Whose doses are in the store afterwards.
STAYING = frozenset({"opening", "adjustment", "count"})
# By how much the clock of a receiver may be behind that of the sender.
SKEW = timedelta(hours=24)
COUNT, CANCEL, ADMINISTERED = "count", "cancel", "administered"
WASTED_OPEN, WASTED_CLOSED = "wasted_open", "wasted_closed"

Pair = tuple[str, str]
"""Store and lot."""
Link = tuple[str, str, str]
"""Who sends, who receives, and the lot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One entry of the ledger. `doses` is signed: what it adds to the store's balance; a count sets the balance to
    `counted`. `counterpart`: the other store of an issue, a receipt or a transfer. `cancels_id`: what a cancel takes
    back. `thawed_on`: when the doses it moves were thawed; on an issue it goes with them to the receiver;
    an issue that names none passes on the clock of the giving store."""

    movement_id: int
    store: str
    lot: str
    kind: str
    doses: int
    occurred_at: datetime
    recorded_at: datetime
    counted: int | None = None
    counterpart: str | None = None
    cancels_id: int | None = None
    thawed_on: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A movement at its place in the ledger. `kind` of a cancel is that of what it takes back; `stands`: nothing takes
    it back. Levels of the store and lot before and after it. `running`: the thaw clock of the store just before it.
    counterpart, reason: of a cancel, too, those of what it takes back."""

    movement: Movement
    kind: str
    counterpart: str | None
    place: tuple[datetime, datetime, int]
    stands: bool
    thawed_on: date | None
    before: int = 0
    after: int = 0
    running: date | None = None
    reason: str | None = None

    @property
    def change(self) -> int:
        """By how much the level changes: of a count, how far it was from the book."""
        return self.after - self.before

    @property
    def on_the_way(self) -> bool:
        """The centre's entry (below zero) of doses that never came whole: taken in from their sender and written off at
        once for a reason, so that the transfer closes (campaign/transfers.py). They were never in the store."""
        return self.place[2] < 0 and self.counterpart is not None and bool((self.reason or "").strip())


@dataclass(slots=True, kw_only=True)
class Balance:
    """What the ledger says of one store and lot. incoming: opening balance, receipts, transfers in; of them arrived:
    from no other store. sent_here: what other stores sent to this one."""

    on_hand: int = 0
    incoming: int = 0
    arrived: int = 0
    sent: int = 0
    administered: int = 0
    wasted_open: int = 0
    wasted_closed: int = 0
    sent_here: int = 0
    counted_at: datetime | None = None
    thawed_on: date | None = None
    entries: list[Entry] = field(default_factory=list[Entry])

    @property
    def in_transit(self) -> int:
        """Below zero: received more than was sent."""
        return self.sent_here - (self.incoming - self.arrived)

    @property
    def wasted(self) -> int:
        return self.wasted_open + self.wasted_closed

    @property
    def lost(self) -> int:
        """Counts below the book and adjustments downwards, less those upwards."""
        return self.incoming - self.sent - self.administered - self.wasted - self.on_hand


@dataclass(frozen=True, slots=True, kw_only=True)
class LotAccount:
    """Where the doses of a lot are. `unexplained`: received, and not in the ledger; 0 where it is clean."""

    received: int
    on_hand: int
    in_transit: int
    administered: int
    wasted: int
    lost: int

    @property
    def unexplained(self) -> int:
        return self.received - (self.on_hand + self.in_transit + self.administered + self.wasted + self.lost)


def replay(movements: Iterable[Movement]) -> dict[Pair, Balance]:
    """Balance by store and lot, from zero, whatever the order of `movements`.

    Of several with one id the last counts. Entries are in order of (occurred, recorded, id). A cancel stands where what
    it takes back stood, so that a count between them still says what was there; a count that is cancelled stands
    nowhere. A store that was only sent something has a balance, too."""
    kept = {movement.movement_id: movement for movement in movements}
    entries: dict[Pair, list[Entry]] = defaultdict(list)
    for entry in _placed(kept):
        entries[entry.movement.store, entry.movement.lot].append(entry)
    for mine in entries.values():
        mine.sort(key=lambda entry: (*entry.place, entry.movement.movement_id))
    sent = _issues(entries)
    passed: dict[int, date] = {}
    found = _balances(entries, sent, passed)
    # A clock goes on from store to store; each round only finds earlier ones, so that it ends.
    while (now := _passed(found)) != passed:
        passed = now
        found = _balances(entries, sent, passed)
    for pair, doses in _sent(kept).items():
        found.setdefault(pair, Balance()).sent_here = doses
    return found


def account(balances: Mapping[Pair, Balance], lot: str, *, received: int) -> LotAccount:
    """Where the doses of `lot` are, over all stores; `received`: what the country received of it."""
    mine = [balance for (_, its), balance in balances.items() if its == lot]
    return LotAccount(
        received=received,
        on_hand=sum(balance.on_hand for balance in mine),
        in_transit=sum(balance.in_transit for balance in mine),
        administered=sum(balance.administered for balance in mine),
        wasted=sum(balance.wasted for balance in mine),
        lost=sum(balance.lost for balance in mine),
    )


def _placed(kept: Mapping[int, Movement]) -> Iterable[Entry]:
    voided = {movement.cancels_id for movement in kept.values() if movement.kind == CANCEL}
    net: dict[tuple[str, str, int], int] = defaultdict(int)
    back: set[tuple[str, str, int]] = set()
    placed: list[tuple[Movement, Movement]] = []
    for movement in kept.values():
        if movement.kind == COUNT and movement.movement_id in voided:
            continue
        of = movement
        if movement.kind == CANCEL:
            of = kept.get(movement.cancels_id or 0, movement)
            if of.kind == COUNT:
                continue
        key = (movement.store, movement.lot, of.movement_id)
        net[key] += movement.doses
        if movement.kind == CANCEL:
            back.add(key)
        placed.append((movement, of))
    for movement, of in placed:
        key = (movement.store, movement.lot, of.movement_id)
        stands = not (key in back and net[key] == 0)
        leaves = of.kind in STAYING or of.kind in FROM_A_STORE
        yield Entry(
            movement=movement,
            kind=of.kind,
            counterpart=of.counterpart,
            place=(of.occurred_at, of.recorded_at, of.movement_id),
            stands=stands,
            thawed_on=movement.thawed_on if leaves and stands and movement.kind != CANCEL else None,
            reason=of.reason,
        )


def _issues(entries: Mapping[Pair, Iterable[Entry]]) -> dict[Link, list[Movement]]:
    """What stands of what each store sent to each other."""
    found: dict[Link, list[Movement]] = defaultdict(list)
    for (store, lot), mine in entries.items():
        for entry in mine:
            if entry.movement.kind in OUTGOING and entry.stands and entry.counterpart is not None:
                found[store, entry.counterpart, lot].append(entry.movement)
    return found


def _passed(found: Mapping[Pair, Balance]) -> dict[int, date]:
    """By issue that names no thaw: the clock of what was in the giving store just before it."""
    return {
        entry.movement.movement_id: entry.running
        for balance in found.values()
        for entry in balance.entries
        if entry.movement.kind in OUTGOING and entry.stands and entry.running and not entry.movement.thawed_on
    }


def _arrived_with(entry: Entry, sent: Mapping[Link, Sequence[Movement]], passed: Mapping[int, date]) -> date | None:
    """When the doses that an entry leaves in its store were thawed: as it says, or as the sender's newest issue passes
    on, or as the newest that names a thaw says; the earliest of these. What an issue says of doses that leave goes
    with them, and says nothing of those that stay.

    A receipt that comes before everything the sender sent goes by the first of it: one of the two clocks was wrong.
    What was written off on the way brings no clock: its doses are not among those of the store."""
    movement = entry.movement
    if movement.kind not in FROM_A_STORE or not entry.stands or entry.counterpart is None or entry.on_the_way:
        return entry.thawed_on
    issues = sent.get((entry.counterpart, movement.store, movement.lot), ())
    first = min((issue.occurred_at for issue in issues), default=movement.occurred_at)
    until = first if movement.occurred_at < first <= movement.occurred_at + SKEW else movement.occurred_at
    before = [issue for issue in issues if issue.occurred_at <= until]
    newest = max((issue.occurred_at for issue in before), default=None)
    named = max((issue.occurred_at for issue in before if issue.thawed_on), default=None)
    dates = [issue.thawed_on or passed.get(issue.movement_id) for issue in before if issue.occurred_at == newest]
    dates += [issue.thawed_on for issue in before if issue.occurred_at == named]
    return min((day for day in (*dates, entry.thawed_on) if day), default=None)


def _balances(
    entries: Mapping[Pair, Sequence[Entry]], sent: Mapping[Link, Sequence[Movement]], passed: Mapping[int, date]
) -> dict[Pair, Balance]:
    return {
        pair: _balance([replace(entry, thawed_on=_arrived_with(entry, sent, passed)) for entry in mine])
        for pair, mine in entries.items()
    }


def _sent(kept: Mapping[int, Movement]) -> dict[Pair, int]:
    found: dict[Pair, int] = defaultdict(int)
    for movement in kept.values():
        of = kept.get(movement.cancels_id or 0, movement) if movement.kind == CANCEL else movement
        if of.kind in OUTGOING and of.counterpart is not None:
            found[of.counterpart, of.lot] -= movement.doses
    return found


def _balance(entries: list[Entry]) -> Balance:
    found, level = Balance(), 0
    for entry in entries:
        doses, before = entry.movement.doses, level
        level = entry.movement.counted or 0 if entry.kind == COUNT else level + doses
        found.entries.append(replace(entry, before=before, after=level, running=found.thawed_on))
        if entry.kind == COUNT:
            found.counted_at = entry.place[0]
        elif entry.kind in INCOMING:
            found.incoming += doses
            if entry.kind == "opening" or entry.counterpart is None:
                found.arrived += doses
        elif entry.kind in OUTGOING:
            found.sent -= doses
        elif entry.kind == ADMINISTERED:
            found.administered -= doses
        elif entry.kind == WASTED_OPEN:
            found.wasted_open -= doses
        elif entry.kind == WASTED_CLOSED:
            found.wasted_closed -= doses
        # A store that has none of the lot has none that was thawed. Freezing again resets nothing; nor does what was
        # taken back: between a movement and its cancel the store only seems to be empty.
        if not entry.stands:
            continue
        if level <= 0:
            found.thawed_on = None
        elif entry.thawed_on is not None:
            found.thawed_on = min(entry.thawed_on, found.thawed_on or entry.thawed_on)
    found.on_hand = level
    return found
