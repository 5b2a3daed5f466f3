"""The form that settles records of machines whose clock was wrong: an offset for all of a serial, or none of them."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.door.deed_desk import DeedDesk, who_acts
from etl.coldchain_intake import ems_intake
from operations import ems_clock
from operations.action_log import check_known, connect
from operations.instants import offset_of

CLOCK = "dong-ho"
SENT = ("serial", "offset", "verdict", "reason")
VERDICTS = ("accepted", "rejected")


def settle(desk: DeedDesk, url: str, sent: Mapping[str, str]) -> ems_clock.Settled:
    """Raises ActRefused."""
    verdict = sent.get("verdict", "")
    check_known("verdict", verdict, VERDICTS)
    offset = offset_of(sent.get("offset", "")) if verdict == "accepted" else None
    with connect(url) as connection:
        intake = ems_intake(desk.settings, connection)
    serial, reason = sent.get("serial", ""), sent.get("reason", "")
    return ems_clock.settle(url, serial, offset=offset, reason=reason, intake=intake, by=who_acts(desk))
