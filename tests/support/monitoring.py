"""Monitoring messages as senders write them, every field that the format asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2021, 11, 20, 1, tzinfo=UTC)
STEP = timedelta(minutes=10)


def abst(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"


def record(count: int = 0, **fields: Any) -> dict[str, Any]:
    """The sample number `count`, ten minutes apart; all is well unless `fields` says otherwise."""
    return {
        "ABST": abst(START + count * STEP),
        "ALRM": None,
        "BEMD": 13.0,
        "BLOG": 13,
        "CMPR": 0,
        "DORV": 0,
        "EERR": None,
        "LERR": None,
        "SVA": 900,
        "TAMB": 23.1,
        "TVC": 4.7,
        **fields,
    }


def report(serial: str, records: Sequence[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    return {
        "CID": "VNM",
        "ADOP": "2020-12-01",
        "AMFR": "Fridges",
        "AMOD": "F-100",
        "APQS": "E003/998",
        "ASER": f"{serial}-A",
        "LDOP": "2019-12-08",
        "LMFR": "Loggers",
        "LMOD": "L-1",
        "LPQS": "E006/999",
        "LSER": f"{serial}-L",
        "EDOP": "2020-12-01",
        "EMFR": "Monitors",
        "EMOD": "M-1",
        "EPQS": "E006/999",
        "ESER": serial,
        "records": list(records),
        **fields,
    }


def monitor_report(serial: str, records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of a monitor with sensors of its own (rtm)."""
    return {
        "AMID": f"{serial}-place",
        "CID": "VNM",
        "DLST": {"TVC": {"SID": "1", "SMFR": "s", "SMOD": "s"}},
        "EDOP": "2020-12-01",
        "EMFR": "Monitors",
        "EMOD": "M-1",
        "EPQS": "E006/999",
        "ESER": serial,
        "records": list(records),
    }


def message(transfer_id: str, *reports: dict[str, Any], kind: str = "ems", **meta: Any) -> dict[str, Any]:
    return {
        "meta": {
            "schemaVersion": "0.8.1",
            "transferType": kind,
            "transferId": transfer_id,
            "transferSrc": "org.example",
            "transferredAt": "2021-11-20T02:00:00.5Z",
            **meta,
        },
        "data": list(reports),
    }
