"""GET /api/v1/<resource>: a token, a question, one snapshot, rows within the token's scope.

Answers carry an ETag of their contents and `private, no-cache`: whoever kept one asks each time whether it still may be
used, and is told 304 where it may. Every refusal is a problem that names the field and the fix (problems.py).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import structlog
from flask import Flask, Response, request

from campaign.access import Scope
from campaign.coverage import PopulationGroup
from campaign.readings import SnapshotInfo
from campaign.spreadsheet import Cell, csv_line
from dashboard import params, payloads
from dashboard.api import problems, questions
from dashboard.api.document import document
from dashboard.api.problems import Problem
from dashboard.api.resources import RESOURCES, Resource
from dashboard.api.rows import Asked, Filter, Row
from dashboard.door import addresses
from dashboard.door.caller import author_of
from dashboard.door.denials import Denials, Denied, scope_told
from dashboard.kept import Kept
from dashboard.past import kept
from dashboard.routes import Desk, key_of
from dashboard.seen import OutsideScope
from layouts.words import Language
from operations.connections import RegistryUnavailable
from operations.readers import Asking, admit
from warehouse.files import SnapshotUnavailable, versions
from warehouse.reads_dhis2 import load_codes

log = structlog.get_logger(__name__)
KEPT_TABLES = 64
LONGEST_TOKEN = 200
RETRY_SECONDS = 10
# What depends on the snapshot alone: a well-written name that is not there.
NOT_THERE = frozenset({"area", "denominator", "period"})
Table = tuple[Row, ...] | Mapping[str, Any]


class Api:
    """One a worker."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._settings = desk.deps.settings.api
        self._denials = Denials(desk.deps.registry, desk.deps.monotonic)
        self._codes = load_codes(desk.deps.settings.reference_dir)
        # By content and code, resource, scope and filters, without the page.
        self._tables: Kept[tuple[str, str, str, str], Table] = Kept(KEPT_TABLES)

    def answer(self, name: str) -> Response:
        try:
            asking = self._admit()
            resource = RESOURCES.get(name)
            if resource is None:
                raise problems.unknown("address", name, f"one of {', '.join(RESOURCES)}; {addresses.API_DOCUMENT}")
            return self._answer(resource, asking)
        except Problem as problem:
            log.info("question not answered", why=problem.kind, status=problem.status)
            return problems.respond(problem)

    def _admit(self) -> Asking:
        """Raises Problem."""
        told = request.authorization
        token = (told.token or "") if told is not None and told.type == "bearer" else ""
        if not token or len(token) > LONGEST_TOKEN or not (token.isascii() and token.isprintable()):
            raise Problem(401, "token", "send Authorization: Bearer <token>; app.py reader add makes one")
        try:
            found = admit(
                self._desk.deps.registry, token, now=self._desk.deps.wall(), per_minute=self._settings.per_minute
            )
        except RegistryUnavailable as error:
            raise Problem(503, "unavailable", "the registry does not answer", retry_seconds=RETRY_SECONDS) from error
        if found is None:
            raise Problem(401, "token", "this token opens nothing: it is wrong, over, or was withdrawn")
        if found.wait is not None:
            seconds = max(math.ceil(found.wait.total_seconds()), 1)
            detail = f"more than {self._settings.per_minute} questions in a minute: ask again in {seconds} s"
            raise Problem(429, "often", detail, retry_seconds=seconds)
        return found

    def _answer(self, resource: Resource, asking: Asking) -> Response:
        """Raises Problem."""
        values = questions.read(resource, self._settings, request.args)
        try:
            info = self._snapshot(values)
            asked = self._asked(info.version, asking.scope, values)
            table = self._table(resource, asked, info, values)
        except params.BadParameter as error:
            fix = f"one of {', '.join(error.allowed[:100])}"
            if error.parameter in NOT_THERE and error.value:
                raise problems.unknown(error.parameter, error.value, fix) from error
            raise problems.parameter(error.parameter, f"is '{error.value[:100]}'", fix) from error
        except OutsideScope as error:
            raise self._denied(resource, asking, error) from error
        except SnapshotUnavailable as error:
            raise Problem(503, "unavailable", str(error), retry_seconds=RETRY_SECONDS) from error
        if isinstance(table, Mapping):
            return _sent(payloads.pack(payloads.encode(table)))
        return self._page(resource, asking.scope, info, values, table)

    def _snapshot(self, values: Mapping[str, Any]) -> SnapshotInfo:
        """Raises Problem and SnapshotUnavailable."""
        readings = self._desk.studio.readings
        if "snapshot" in values or "as_of" in values:
            found = questions.chosen(self._kept(), snapshot=values.get("snapshot"), as_of=values.get("as_of"))
            if found is not None:
                return found
        return readings.info(readings.snapshots.current())

    def _kept(self) -> Sequence[SnapshotInfo]:
        return kept(self._desk.studio.readings, versions(self._desk.deps.settings.snapshot_dir))

    def _asked(self, version: int, scope: Scope, values: Mapping[str, Any]) -> Asked:
        """Raises BadParameter for an area or denominator that the snapshot has not."""
        known = self._desk.studio.readings.known(version)
        named = {name: values[name] for name in (Filter.AREA, Filter.DENOMINATOR) if name in values}
        language = Language(values.get("lang", Language.VI))
        view = params.view_of({**named, "lang": language.value}, known, default_language=language)
        return Asked(
            studio=self._desk.studio,
            version=version,
            view=replace(view, group=PopulationGroup(values.get(Filter.GROUP, PopulationGroup.ALL))),
            scope=scope,
            kept=self._kept,
            codes=self._codes,
            since=values.get(Filter.SINCE),
            until=values.get(Filter.UNTIL),
            period=values.get(Filter.PERIOD, ""),
        )

    def _table(self, resource: Resource, asked: Asked, info: SnapshotInfo, values: Mapping[str, Any]) -> Table:
        """Computed once for each content, scope and filters. Raises what the resource raises."""

        def made() -> Table:
            with self._desk.drawing:
                if resource.whole is not None:
                    return resource.whole(asked)
                names = [column.name for column in resource.columns]
                return tuple({name: row[name] for name in names} for row in resource.make(asked))

        if not resource.of_snapshot:
            return made()
        filters = {name: str(values[name]) for name in sorted(values) if name not in ("limit", "offset", "format")}
        key = (key_of(info.content_hash, self._desk.build), resource.name, asked.scope.key, urlencode(filters))
        if self._tables.has(key):
            return self._tables.get(key, made)
        with self._desk.gate.outside():
            return self._tables.get(key, made)

    def _page(
        self, resource: Resource, scope: Scope, info: SnapshotInfo, values: Mapping[str, Any], table: tuple[Row, ...]
    ) -> Response:
        limit, offset = values["limit"], values["offset"]
        rows = table[offset : offset + limit]
        following = None
        if offset + limit < len(table):
            pinned = {"snapshot": info.version} if resource.of_snapshot else {}
            again = {name: str(value) for name, value in values.items() if name not in ("as_of", "snapshot")}
            query = urlencode({**again, **pinned, "offset": offset + limit})
            following = f"{addresses.API}/{resource.name}?{query}"
        if values["format"] == "csv":
            response = _sent(payloads.pack(_csv(resource, rows).encode(), "text/csv"))
        else:
            told = {
                "resource": resource.name,
                "snapshot": info.version,
                "content_hash": info.content_hash,
                "as_of": info.as_of.astimezone(self._desk.studio.zone),
                "published_at": info.published_at.astimezone(self._desk.studio.zone),
                "denominator": values.get(Filter.DENOMINATOR, info.denominator),
                "demonstration_one_in": info.one_in if info.is_demo else None,
                "scope": scope.key,
                "total": len(table),
                "limit": limit,
                "offset": offset,
                "next": following,
                "rows": rows,
            }
            response = _sent(payloads.pack(payloads.encode(told)))
        response.headers["X-Snapshot"] = str(info.version)
        if following is not None:
            response.headers["Link"] = f'<{following}>; rel="next"'
        return response

    def _denied(self, resource: Resource, asking: Asking, error: OutsideScope) -> Problem:
        """Said, and in the audit as the reader's."""
        scope = scope_told(Scope(provinces=frozenset({error.asked} - {""})))
        who = replace(author_of(request), name=f"reader:{asking.name}")
        address = f"{addresses.API}/{resource.name}"
        self._denials.write_of(asking.token_id, who, Denied(address=address, why="other_province", asked=scope))
        fault = problems.Fault(field="area", wrong=str(error), fix=f"areas of your scope, which is {asking.scope.key}")
        return Problem(403, "scope", str(error), faults=(fault,))


def add_api(server: Flask, desk: Desk) -> None:
    """Register the addresses; who may ask is asked here, by the token."""
    api = Api(desk)
    described = payloads.pack(payloads.encode(document(desk.deps.settings.api)), is_lasting=True)

    def what_may_be_asked() -> Response:
        return payloads.respond(described, request, cache="public, max-age=300")

    server.add_url_rule(addresses.API_DOCUMENT, "api_document", what_may_be_asked)
    server.add_url_rule(f"{addresses.API}/<path:name>", "api", api.answer)


def _sent(payload: payloads.Payload) -> Response:
    response = payloads.respond(payload, request, cache=payloads.ASK_AGAIN)
    response.headers["Vary"] = "Accept-Encoding, Authorization"
    return response


def _csv(resource: Resource, rows: Sequence[Row]) -> str:
    names = [column.name for column in resource.columns]
    return "".join([csv_line(names), *(csv_line(_cell(row[name]) for name in names) for row in rows)])


def _cell(value: object) -> Cell:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return " ".join(str(item) for item in value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)  # pyright: ignore[reportAttributeAccessIssue]
