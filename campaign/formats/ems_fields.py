"""Fields of the equipment monitoring message (WHO/UNICEF E006/DS01, cce-interop 0.8.1) that are looked at here.

Names are the format's own. What is not listed is kept nowhere, and is no reason to refuse a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Of a message: of equipment that monitors itself, or of a monitor with its own sensors."""

    EMS = "ems"
    RTM = "rtm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What a number may be, in `unit`. `empty`: null is allowed."""

    least: float
    most: float
    unit: str
    empty: bool = True


CELSIUS, SECONDS, DAYS = "degrees Celsius", "seconds of 15 minutes", "days"
NUMBERS: Mapping[str, Span] = {
    "TVC": Span(least=-55, most=60, unit=CELSIUS),
    "TFRZ": Span(least=-99.9, most=60, unit=CELSIUS),
    "TAMB": Span(least=-55, most=60, unit=CELSIUS, empty=False),
    "SVA": Span(least=0, most=900, unit=SECONDS),
    "DORV": Span(least=0, most=900, unit=SECONDS),
    "DORF": Span(least=0, most=900, unit=SECONDS),
    "CMPR": Span(least=0, most=900, unit=SECONDS),
    "BEMD": Span(least=0, most=9999.9, unit=DAYS),
    "BLOG": Span(least=0, most=9999, unit=DAYS, empty=False),
    "HOLD": Span(least=0, most=999.9, unit=DAYS),
}
TEXTS = ("ALRM", "EERR", "LERR")
SERIALS = ("ESER", "LSER", "ASER", "AMID")
META = ("schemaVersion", "transferType", "transferId", "transferSrc", "transferredAt")
# Of 0.8: minor versions add fields.
VERSION = "0.8"
REPORT_NEEDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.EMS: (
        *("CID", "ADOP", "AMFR", "AMOD", "APQS", "ASER", "LDOP", "LMFR", "LMOD", "LPQS", "LSER"),
        *("EDOP", "EMFR", "EMOD", "EPQS", "ESER", "records"),
    ),
    Kind.RTM: ("AMID", "CID", "DLST", "EDOP", "EMFR", "EMOD", "EPQS", "ESER", "records"),
}
RECORD_NEEDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.EMS: ("ABST", "ALRM", "BEMD", "BLOG", "CMPR", "DORV", "EERR", "LERR", "TAMB"),
    Kind.RTM: ("ABST", "ALRM", "BEMD", "EERR"),
}
# At least one of them.
RTM_TEMPERATURES = ("TVC", "TFRZ", "TAMB")
