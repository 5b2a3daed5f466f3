"""The public tables as files for everyone: /du-lieu-mo/<latest or a day>/<table>.<form>, dictionary, changes and days,
and the page that lists them. All of it is made of publications (dashboard/publications.py), never of a snapshot."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from flask import Flask, Response

from campaign.open_tables import TABLES, Kind, OpenChange, OpenTable, Row
from campaign.publication import Publication
from campaign.spreadsheet import csv_line
from dashboard import payloads
from dashboard.kept import Kept
from dashboard.payloads import Payload
from dashboard.publications import Publications
from layouts import open_page
from layouts.open_page import ADDRESS, FORMS, LATEST, LICENCE, Offer
from layouts.public_page import Setting
from layouts.words import Language, load_catalogues
from warehouse.files import SnapshotUnavailable

OPEN_ENDPOINTS = frozenset({"open_page", "open_told", "open_file"})
# A day that was published stays as it was; how it is written down may change with the programme.
ARCHIVED = "public, max-age=86400"
MEDIA = {"csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet"}
TYPES = {Kind.TEXT: pa.string(), Kind.WHOLE: pa.int64(), Kind.DAY: pa.date32()}
KEPT_FILES = 64


class Sent(Protocol):
    """How an answer of a public address is sent (dashboard/public.py)."""

    def __call__(self, payload: Payload, *, status: int = 200, cache: str = ...) -> Response: ...


class OpenData:
    """One a worker. `setting`: of the request under way."""

    def __init__(
        self,
        publications: Publications,
        setting: Callable[[], Setting],
        *,
        changes: Sequence[OpenChange],
        sent: Sent,
    ) -> None:
        self._publications = publications
        self._setting = setting
        self._changes = tuple(changes)
        self._sent = sent
        self._files: Kept[tuple[str, str, str], Payload] = Kept(KEPT_FILES)

    def page(self) -> Response:
        setting = self._setting()
        try:
            offer = Offer(
                publication=self._publications.current(), days=self._publications.days(), changes=self._changes
            )
        except SnapshotUnavailable:
            return self._html(open_page.waiting_page(setting), status=503)
        return self._html(open_page.open_page(offer, setting))

    def told(self, name: str) -> Response:
        """dictionary, changelog and index."""
        made: Mapping[str, Callable[[], object]] = {
            "dictionary": dictionary,
            "changelog": lambda: [_change(change) for change in self._changes],
            "index": self._index,
        }
        if name not in made:
            return self._nothing(f"there is no {name[:100]}.json; there are {', '.join(made)}")
        try:
            return self._sent(payloads.pack(payloads.encode(made[name]())))
        except SnapshotUnavailable:
            return self._waiting()

    def file(self, edition: str, table: str, form: str) -> Response:
        if table not in TABLES or form not in FORMS:
            tables, forms = ", ".join(TABLES), ", ".join(FORMS)
            return self._nothing(f"there is no such file; tables: {tables}; forms: {forms}")
        try:
            found = self._edition(edition)
            if found is None:
                return self._nothing(f"nothing was published on that day; {ADDRESS}/index.json lists the days")
        except SnapshotUnavailable:
            return self._waiting()
        key = (f"{found.day} {found.about.published_at}", table, form)
        payload = self._files.get(key, lambda: payloads.pack(written(found, TABLES[table], form), MEDIA[form]))
        answer = self._sent(payload) if edition == LATEST else self._sent(payload, cache=ARCHIVED)
        answer.headers["Content-Disposition"] = f'attachment; filename="{table}-{found.day}.{form}"'
        # Whoever draws them on a page of their own may: there is nothing in them that only some may see.
        answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer

    def _edition(self, edition: str) -> Publication | None:
        if edition == LATEST:
            return self._publications.current()
        try:
            day = date.fromisoformat(edition)
        except ValueError:
            return None
        # One address for one day: 20211122 is read as a day, too.
        return self._publications.on(day) if edition == day.isoformat() else None

    def _index(self) -> dict[str, Any]:
        days = self._publications.days()
        return {
            "licence": LICENCE,
            "tables": list(TABLES),
            "forms": list(FORMS),
            "latest": f"{ADDRESS}/{LATEST}/<table>.<form>",
            "archive": f"{ADDRESS}/<day>/<table>.<form>",
            "days": days,
        }

    def _html(self, text: str, *, status: int = 200) -> Response:
        return self._sent(payloads.pack(text.encode(), "text/html"), status=status)

    def _nothing(self, why: str) -> Response:
        return self._sent(payloads.pack(payloads.encode({"error": why})), status=404)

    def _waiting(self) -> Response:
        return self._sent(payloads.pack(payloads.encode({"error": "nothing has been published yet"})), status=503)


def add_open_routes(server: Flask, data: OpenData) -> None:
    server.add_url_rule(ADDRESS, "open_page", data.page)
    server.add_url_rule(f"{ADDRESS}/<name>.json", "open_told", data.told)
    server.add_url_rule(f"{ADDRESS}/<edition>/<table>.<form>", "open_file", data.file)


def written(publication: Publication, table: OpenTable, form: str) -> bytes:
    """One table of one publication in one form: the same rows and columns in each."""
    rows = table.rows(publication)
    if form == "csv":
        names = [column.name for column in table.columns]
        return "".join([csv_line(names), *(csv_line(_cells(row, names)) for row in rows)]).encode()
    if form == "json":
        return payloads.encode({**about(publication), "table": table.name, "key": table.key, "rows": rows})
    fields = [
        pa.field(column.name, TYPES[column.kind], metadata={"description": _said(column.name, Language.EN)})
        for column in table.columns
    ]
    told = {name: str(value) for name, value in about(publication).items()}
    columns = {column.name: [row[column.name] for row in rows] for column in table.columns}
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns, schema=pa.schema(fields, metadata=told)), buffer, compression="zstd")
    return buffer.getvalue()


def about(publication: Publication) -> dict[str, Any]:
    """What stands beside the rows of every form that has room for it."""
    told = publication.about
    return {
        "day": publication.day,
        "snapshot": told.snapshot,
        "as_of": told.as_of,
        "published_at": told.published_at,
        "denominator": told.denominator,
        "rounded_down_to": publication.step,
        "demonstration_one_in": told.one_in if told.is_demo else None,
        "licence": LICENCE,
        "dictionary": f"{ADDRESS}/dictionary.json",
    }


def dictionary() -> dict[str, Any]:
    """Every column of every table in both languages. KeyError for a column that nobody explained."""
    return {
        "licence": LICENCE,
        "tables": [
            {
                "name": table.name,
                "title": {
                    language.value: load_catalogues()[language](f"open_table.{table.name}") for language in Language
                },
                "key": table.key,
                "columns": [
                    {
                        "name": column.name,
                        "type": column.kind.value,
                        "unit": column.unit,
                        "description": {language.value: _said(column.name, language) for language in Language},
                    }
                    for column in table.columns
                ],
            }
            for table in TABLES.values()
        ],
    }


def _said(column: str, language: Language) -> str:
    return load_catalogues()[language](f"open_column.{column}")


def _change(change: OpenChange) -> dict[str, Any]:
    return {"on": change.on, "table": change.table, "text": {"vi": change.text_vi, "en": change.text_en}}


def _cells(row: Row, names: Sequence[str]) -> list[str | int | None]:
    return [str(value) if isinstance(value := row[name], date) else value for name in names]
