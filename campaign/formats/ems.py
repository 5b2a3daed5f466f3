"""One equipment monitoring message: what was told of which devices, or every field that is wrong with it.

A message is taken whole or refused whole, so that its sender never has to guess what of it arrived. Two things are no
fault of a message and left to whoever takes it: a serial that nobody registered, and a clock that was never set.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from campaign.formats.ems_fields import (
    META,
    NUMBERS,
    RECORD_NEEDS,
    REPORT_NEEDS,
    RTM_TEMPERATURES,
    SERIALS,
    TEXTS,
    VERSION,
    Kind,
)

LONGEST = 200
# More than anybody mends at once; the message says how many there are in all.
TOLD = 20
# After so many faults the rest is not read: whoever sends so wrong a message has one mistake, many times over.
MOST_FAULTS = 1_000
# A hub of more devices sends more than one message.
MOST_REPORTS = 2_000
# A year of one device's quarters of an hour is 35,040.
MOST_RECORDS = 40_000
_ABST = re.compile(r"(\d{8}T\d{6})(?:\.(\d{1,9}))?Z")
_SENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z")
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """`shape`: the field is missing or of another kind; otherwise it is there and its value cannot be."""

    field: str
    wrong: str
    fix: str
    shape: bool


class EmsBad(ValueError):
    """The message is not taken. `faults`: the first of `count`, which stops at MOST_FAULTS. shape: of any of them."""

    def __init__(self, faults: Sequence[Wrong], *, count: int, shape: bool) -> None:
        first = faults[0]
        least = "at least " if count >= MOST_FAULTS else ""
        more = f" (and {least}{count - 1} more)" if count > 1 else ""
        super().__init__(f"{first.field}: {first.wrong}; {first.fix}{more}")
        self.faults = tuple(faults)
        self.count = count
        self.shape = shape


class EmsLarge(ValueError):
    """More reports or records than one message may hold; nothing of it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmsRecord:
    """One sample as it was sent. `told`: which fields it has at all; None: it has the field, and in it nothing."""

    at: datetime
    told: frozenset[str]
    numbers: Mapping[str, float | None]
    switched_off: bool
    errors: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmsReport:
    """What one device told. `serials`: of equipment, monitor and logger; any of them may be the registered one.
    `raw` is the report as it came."""

    position: int
    serials: tuple[str, ...]
    records: tuple[EmsRecord, ...]
    raw: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class EmsMessage:
    kind: Kind
    transfer_id: str
    source: str
    transferred_at: datetime
    reports: tuple[EmsReport, ...]


def read_ems(body: object) -> EmsMessage:
    """From decoded JSON. Raises EmsBad with what is wrong, and EmsLarge."""
    faults = _Faults()
    if not isinstance(body, dict):
        faults.shape("message", "it is no object", "send {meta, data}")
        raise faults.bad()
    message = cast("Json", body)
    _check_size(message.get("data"))
    kind = _meta(message.get("meta"), faults)
    reports = read_reports(message.get("data"), kind, faults)
    if faults.count:
        raise faults.bad()
    meta: Json = message["meta"]
    return EmsMessage(
        kind=kind,
        transfer_id=meta["transferId"],
        source=meta["transferSrc"],
        transferred_at=datetime.fromisoformat(meta["transferredAt"]),
        reports=reports,
    )


def read_kept(raw: Json, kind: Kind, position: int) -> EmsReport:
    """A report that was taken before, and kept as it came."""
    faults = _Faults()
    found = _report(raw, position, kind, faults)
    if found is None or faults.count:
        raise faults.bad()
    return found


class _Faults:
    def __init__(self) -> None:
        self.first: list[Wrong] = []
        self.count = 0
        self.shapes = False

    def shape(self, field: str, wrong: str, fix: str) -> None:
        self._add(field, wrong, fix, shape=True)

    def value(self, field: str, wrong: str, fix: str) -> None:
        self._add(field, wrong, fix, shape=False)

    def bad(self) -> EmsBad:
        return EmsBad(self.first, count=self.count, shape=self.shapes)

    def _add(self, field: str, wrong: str, fix: str, *, shape: bool) -> None:
        """Raises EmsBad once there are too many to read on."""
        self.count += 1
        self.shapes = self.shapes or shape
        if self.count <= TOLD:
            self.first.append(Wrong(field=field, wrong=wrong, fix=fix, shape=shape))
        if self.count >= MOST_FAULTS:
            raise self.bad()


def _check_size(data: object) -> None:
    """Raises EmsLarge."""
    if not isinstance(data, list):
        return
    reports = cast("list[object]", data)
    if len(reports) > MOST_REPORTS:
        raise EmsLarge(f"{len(reports)} reports; at most {MOST_REPORTS} are taken in one message: send it in parts")
    held = (cast("Json", item).get("records") for item in reports if isinstance(item, dict))
    count = sum(len(cast("list[object]", records)) for records in held if isinstance(records, list))
    if count > MOST_RECORDS:
        raise EmsLarge(f"{count} records; at most {MOST_RECORDS} are taken in one message: send it in parts")


def _meta(meta: object, faults: _Faults) -> Kind:
    """The kind of message; EMS where that cannot be told."""
    if not isinstance(meta, dict):
        faults.shape("meta", "missing, or no object", "send meta with " + ", ".join(META))
        return Kind.EMS
    told = cast("Json", meta)
    for name in META:
        _text(told.get(name), f"meta.{name}", faults)
    if any(not isinstance(told.get(name), str) for name in META):
        return Kind.EMS
    version, kind, sent = str(told["schemaVersion"]), str(told["transferType"]), str(told["transferredAt"])
    if version != VERSION and not version.startswith(f"{VERSION}."):
        faults.value("meta.schemaVersion", f"'{_short(version)}' is not known here", f"send {VERSION}.x")
    if _SENT.fullmatch(sent) is None or not _is_instant(sent):
        faults.value("meta.transferredAt", f"'{_short(sent)}' is no instant", "write 2021-11-22T08:00:00Z, in UTC")
    if kind not in set(Kind):
        faults.value("meta.transferType", f"'{_short(kind)}' is not known here", "send ems or rtm")
        return Kind.EMS
    return Kind(kind)


def read_reports(data: object, kind: Kind, faults: _Faults) -> tuple[EmsReport, ...]:
    if not isinstance(data, list) or not data:
        faults.shape("data", "missing, or no list of reports", "send at least one report of a device")
        return ()
    found = (_report(item, position, kind, faults) for position, item in enumerate(cast("list[object]", data)))
    return tuple(report for report in found if report is not None)


def _report(item: object, position: int, kind: Kind, faults: _Faults) -> EmsReport | None:
    place = f"data[{position}]"
    if not isinstance(item, dict):
        faults.shape(place, "it is no object", "send one report a device")
        return None
    raw = cast("Json", item)
    _needs(raw, REPORT_NEEDS[kind], place, faults)
    serials: list[str] = []
    for name in SERIALS:
        if raw.get(name) is not None and _text(raw[name], f"{place}.{name}", faults):
            serials.append(raw[name].strip())
    if not serials:
        faults.shape(f"{place}.ESER", "the report has no serial", "send the serial of monitor, logger or appliance")
    records = raw.get("records")
    if not isinstance(records, list) or not records:
        faults.shape(f"{place}.records", "missing, or no list", "send at least one record")
        return None
    found = (
        _record(record, f"{place}.records[{number}]", kind, faults)
        for number, record in enumerate(cast("list[object]", records))
    )
    return EmsReport(
        position=position,
        serials=tuple(dict.fromkeys(serials)),
        records=tuple(record for record in found if record is not None),
        raw=raw,
    )


def _record(item: object, place: str, kind: Kind, faults: _Faults) -> EmsRecord | None:
    if not isinstance(item, dict):
        faults.shape(place, "it is no object", "send one object a sample")
        return None
    raw = cast("Json", item)
    _needs(raw, RECORD_NEEDS[kind], place, faults)
    if kind is Kind.RTM and not any(name in raw for name in RTM_TEMPERATURES):
        faults.shape(f"{place}.TVC", "no temperature", f"send at least one of {', '.join(RTM_TEMPERATURES)}")
    numbers = {name: _number(raw[name], name, f"{place}.{name}", faults) for name in NUMBERS if name in raw}
    for name in TEXTS:
        if raw.get(name) is not None and not isinstance(raw[name], str):
            faults.shape(f"{place}.{name}", "it is no text", "send a text, or null")
    if not isinstance(raw.get("MSW"), bool | None):
        faults.shape(f"{place}.MSW", "it is neither true nor false", "send true, false or null")
    at = _instant(raw.get("ABST"), f"{place}.ABST", faults)
    if at is None:
        return None
    return EmsRecord(
        at=at,
        told=frozenset(raw),
        numbers=numbers,
        switched_off=raw.get("MSW") is False,
        errors=" ".join(str(raw[name]).strip() for name in ("EERR", "LERR") if raw.get(name)).strip(),
    )


def _needs(raw: Json, names: Sequence[str], place: str, faults: _Faults) -> None:
    for name in names:
        if name not in raw:
            faults.shape(f"{place}.{name}", "missing", "send it; null where nothing is known and the format allows it")


def _text(value: object, field: str, faults: _Faults) -> bool:
    if not isinstance(value, str):
        faults.shape(field, "missing, or no text", "send a text")
    elif not value.strip() or not value.isprintable() or len(value) > LONGEST:
        faults.value(field, "empty, too long, or no plain text", f"send 1 to {LONGEST} signs on one line")
    else:
        return True
    return False


def _number(value: object, name: str, field: str, faults: _Faults) -> float | None:
    span = NUMBERS[name]
    if value is None and span.empty:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        faults.shape(field, "it is no number", f"send {span.unit} as a number{', or null' if span.empty else ''}")
        return None
    if not span.least <= value <= span.most:
        fix = f"send {span.unit} between {span.least:g} and {span.most:g}"
        faults.value(field, f"{value:g} cannot be", fix + ("; not Fahrenheit" if name.startswith("T") else ""))
        return None
    return float(value)


def _instant(value: object, field: str, faults: _Faults) -> datetime | None:
    if not isinstance(value, str):
        faults.shape(field, "missing, or no text", "write 20211122T080000Z, in UTC")
        return None
    found = _ABST.fullmatch(value)
    try:
        at = datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if found else None
    except ValueError:
        at = None
    if found is None or at is None:
        faults.value(field, f"'{_short(value)}' is no instant", "write 20211122T080000Z, in UTC")
        return None
    return at.replace(microsecond=int((found[2] or "0")[:6].ljust(6, "0")))


def _is_instant(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _short(text: str, most: int = 40) -> str:
    plain = "".join(sign if sign.isprintable() else " " for sign in text[: most + 1])
    return plain if len(text) <= most else f"{plain[: most - 1]}…"
