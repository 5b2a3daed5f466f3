"""The page for auditors: rows of the audit, newest first, and on request whether the chain is whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from flask import Flask, Response, request

from campaign.access import NOWHERE, scope_from_key
from dashboard.door import addresses
from dashboard.door.caller import caller
from dashboard.door.desk import DoorDesk
from layouts import format as fmt
from layouts.plan_asked import title_read
from layouts.words import Words
from operations.audit import Verdict, append
from operations.audit_rows import NEWEST, PAGE_ROWS, AuditRow, audit_rows
from operations.connections import RegistryUnavailable
from operations.sessions import as_account

# Details that are codes of areas.
AREAS = frozenset({"area", "inside", "province"})
# Amounts, with marks of thousands; numbers that name something have none.
COUNTS = frozenset(
    {"doses", "vaccine_doses", "missing", "sent", "rows", "records", "lines", "mails", "arrivals_weekly"}
)
# Deeds of plans are done to a bare number, of these where the deed begins so, else of a plan.
PLAN_KINDS = ("plan_asked", "plan_supposed")


def add_audit(server: Flask, desk: DoorDesk, verify: Callable[[], Verdict]) -> None:
    """Register the page. `verify` walks the whole chain and raises RegistryUnavailable."""
    server.add_url_rule(addresses.AUDIT, "audit", lambda: _page(desk, verify))


def _page(desk: DoorDesk, verify: Callable[[], Verdict]) -> Response:
    """Looking at it is itself in the audit, below everything that is shown."""
    before = request.args.get("before", "")
    number = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else NEWEST
    try:
        with desk.registry() as connection:
            rows = audit_rows(connection, before=number)
            person = caller().person
            if person is not None:
                who = as_account(desk.author, person.login, person.account_id)
                append(connection, who, "audit_seen", "audit", detail={"rows": len(rows)})
        # Read from the first row to the last: asked for, not done at each look.
        verdict = verify() if "check" in request.args else None
    except RegistryUnavailable:
        return desk.pages.notice(request, "registry", status=503)
    words = desk.words
    names = desk.provinces(words)
    return desk.pages.page(
        request,
        "audit",
        rows=[
            (row, fmt.exact(row.at, words, desk.zone), _about(row, words), _told(row.detail, words, names))
            for row in rows
        ],
        older=rows[-1].audit_id if len(rows) == PAGE_ROWS and rows[-1].audit_id > 1 else 0,
        newest=number == NEWEST,
        verdict=verdict,
    )


def _about(row: AuditRow, words: Words) -> tuple[str, str]:
    """What the deed was done to: a word for its kind, '' where there is none, and what people call it by."""
    kind, _, name = row.subject.partition(":")
    if row.subject.isdecimal() and row.action.startswith("plan_"):
        begun = (known for known in PLAN_KINDS if row.action.startswith(known))
        kind, name = next(begun, "plan"), row.subject
    known = words.texts.get(f"audit_kind.{kind}")
    return ("", row.subject) if known is None else (known, name)


def _told(detail: Mapping[str, object], words: Words, provinces: Mapping[str, str]) -> str:
    """What a row has besides, in the reader's words where they are names of ours; what people typed as it is.
    What was left empty is left out."""
    return ", ".join(
        f"{words.named('audit_detail', name)}: {_value(name, value, words, provinces)}"
        for name, value in detail.items()
        if value is not None and value != ""
    )


def _value(name: str, value: object, words: Words, provinces: Mapping[str, str]) -> str:
    if name in COUNTS and isinstance(value, int):
        return fmt.whole(value, words.language)
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if name == "scope":
        scope = scope_from_key(value) or NOWHERE
        named = ", ".join(provinces.get(code, code) for code in sorted(scope.provinces))
        return words("table.nation") if scope.nationwide else named or value
    if name == "title":
        return title_read(value, words)
    if name in AREAS:
        return provinces.get(value, value)
    families = {
        "needs": words.named("permission", value),
        "role": words.named("role", value),
        "why": words.named("audit_why", value),
        "reason": words.named("audit_reason", value),
        "outcome": words.named("audit_outcome", value),
        "became": words.named("transfer_outcome", value),
        "policy": words.named("plan_policy", value),
        "language": words.named("report_language", value),
    }
    return families.get(name, value)
