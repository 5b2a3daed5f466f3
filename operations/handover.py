"""Handover of a shift, signed twice: by who goes, with what is open and what to watch, and by who comes.

The two are different accounts. What the first signed is never changed: the registry gives nobody the right to. Until
the second has signed, the first may withdraw it, by writing another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from campaign.access import Permission
from campaign.handover import Handover, Item, items_of
from campaign.incidents import AREA_LABELS
from operations.action_log import ActRefused, acting, check_known, connect, write_log
from operations.decisions import Actor
from operations.incident_board import board

LONGEST_WATCH = 4000
ROWS = (
    "SELECT * FROM operations.handover WHERE %(areas)s::text[] IS NULL OR area_code = ANY(%(areas)s) "
    "ORDER BY handover_id DESC LIMIT %(limit)s"
)
OPEN = (
    "SELECT handover_id, given_by FROM operations.handover "
    "WHERE area_code = %s AND taken_at IS NULL AND withdrawn_at IS NULL FOR UPDATE"
)
# Any constant: of two handovers of an area at once the second sees the first.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('handover ' || %s, 730508))"
WITHDRAW = "UPDATE operations.handover SET withdrawn_at = %s WHERE handover_id = %s"
GIVE = (
    "INSERT INTO operations.handover (area_code, items, watch, given_by, given_at) "
    "VALUES (%(area)s, %(items)s, %(watch)s, %(given_by)s, %(given_at)s) RETURNING *"
)
ONE = "SELECT * FROM operations.handover WHERE handover_id = %s FOR UPDATE"
TAKE = (
    "UPDATE operations.handover SET taken_by = %(taken_by)s, taken_at = %(taken_at)s "
    "WHERE handover_id = %(handover_id)s RETURNING *"
)
AREA = "SELECT area_code FROM operations.handover WHERE handover_id = %s"
LARGEST = 2**63 - 1


def handovers(url: str, *, areas: Collection[str] | None = None, limit: int = 20) -> tuple[Handover, ...]:
    """Newest first; None: of the nation and of every province."""
    own = None if areas is None else list(areas)
    with connect(url) as connection:
        rows = connection.execute(ROWS, {"areas": own, "limit": limit}).fetchall()
    return tuple(_from(row) for row in rows)


def give(url: str, *, area: str, watch: str, areas: Collection[str], by: Actor) -> Handover:
    """The first signature. `area`: whose incidents; '' the nation's, which are all. `areas`: provinces that there are.

    Raises ActRefused, also where another's handover still waits for its second signature."""
    text = _plain(watch)
    if area:
        check_known("province", area, areas)
    with acting(
        url,
        actor=by.name,
        permission=Permission.HANDLE_ALERT,
        action="shift_handed_over",
        subject=f"handover:{area or 'nation'}",
        area=area or None,
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        act.connection.execute(LOCK, [area])
        waiting = act.connection.execute(OPEN, [area]).fetchone()
        if waiting is not None and waiting["given_by"] != act.author.name:
            raise ActRefused(
                f"the handover of {waiting['given_by']} still waits to be taken over",
                "handover_waits",
                by=waiting["given_by"],
            )
        if waiting is not None:
            act.connection.execute(WITHDRAW, [by.now, waiting["handover_id"]])
        rows = board(url, areas=[area] if area else None, closed=0).incidents
        own = [row for row in rows if not area or any(row.labels.get(name) == area for name in AREA_LABELS)]
        items = [_plain_item(item) for item in items_of(own)]
        values = {"area": area, "items": Jsonb(items), "watch": text, "given_by": act.author.name, "given_at": by.now}
        row = act.connection.execute(GIVE, values).fetchone()
        if row is None:
            raise RuntimeError("a row that was inserted is returned")
        detail = {"handover": row["handover_id"], "province": area, "incidents": len(items)}
        write_log(act.connection, by.now, act.author, "shift_handed_over", f"handover:{row['handover_id']}", detail)
    return _from(row)


def take(url: str, handover_id: int, *, by: Actor) -> Handover:
    """The second signature, by another account than the first. Raises ActRefused."""
    found = None
    if 0 <= handover_id <= LARGEST:
        with connect(url) as connection:
            found = connection.execute(AREA, [handover_id]).fetchone()
    if found is None:
        raise ActRefused(f"there is no handover {handover_id}", "no_handover", number=handover_id)
    with acting(
        url,
        actor=by.name,
        permission=Permission.HANDLE_ALERT,
        action="shift_taken_over",
        subject=f"handover:{handover_id}",
        area=found["area_code"] or None,
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        row = act.connection.execute(ONE, [handover_id]).fetchone()
        if row is None or row["withdrawn_at"] is not None:
            raise ActRefused("it was written anew: sign the new one", "handover_withdrawn")
        if row["taken_at"] is not None:
            raise ActRefused(
                f"{row['taken_by']} took it over already, at {row['taken_at']}",
                "handover_taken",
                by=row["taken_by"],
                at=row["taken_at"],
            )
        if act.author.name == row["given_by"]:
            raise ActRefused("whoever hands over cannot take over: another account signs", "handover_same")
        values = {"taken_by": act.author.name, "taken_at": by.now, "handover_id": handover_id}
        taken = act.connection.execute(TAKE, values).fetchone()
        if taken is None:
            raise RuntimeError("a row that is held is there")
        detail = {"given_by": row["given_by"]}
        write_log(act.connection, by.now, act.author, "shift_taken_over", f"handover:{handover_id}", detail)
    return _from(taken)


def _plain(text: str) -> str:
    """Several lines of plain text. Raises ActRefused."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    joined = "\n".join(lines)
    if not joined:
        raise ActRefused("the watch is empty: say one", "empty", what="watch")
    if len(joined) > LONGEST_WATCH:
        raise ActRefused(
            f"the watch has {len(joined)} characters; at most {LONGEST_WATCH} are kept",
            "long",
            what="watch",
            count=len(joined),
            limit=LONGEST_WATCH,
        )
    if not all(line.isprintable() for line in lines):
        raise ActRefused("the watch must be plain text", "not_plain", what="watch")
    return joined


def _plain_item(item: Item) -> dict[str, Any]:
    """As JSON: instants in text."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(item).items()}


def _from(row: Mapping[str, Any]) -> Handover:
    return Handover(
        handover_id=row["handover_id"],
        area=row["area_code"],
        items=tuple(_item(item) for item in row["items"]),
        watch=row["watch"],
        given_by=row["given_by"],
        given_at=row["given_at"],
        taken_by=row["taken_by"],
        taken_at=row["taken_at"],
        withdrawn_at=row["withdrawn_at"],
    )


def _item(kept: Mapping[str, Any]) -> Item:
    instants: dict[str, Any] = {
        name: datetime.fromisoformat(kept[name]) if kept[name] else None for name in ("opened_at", "promised_until")
    }
    return Item(**{**kept, **instants})
