"""Pieces that the tables of the register share: status and repair of a device, and the way to its own page."""

from __future__ import annotations

from dash import html

from campaign.equipment import Status
from campaign.people_tables import Row
from campaign.shares import tenths_of_ratios
from layouts import format as fmt
from layouts.parts import Child, attributes, tag
from layouts.people_table import Cell
from layouts.words import Words

STATUSES = {
    Status.WORKING: ("good", "check"), Status.NEEDS_REPAIR: ("open", "warn"), Status.NOT_WORKING: ("bad", "stop"),
    Status.NOT_IN_USE: ("none", "dash"),
}  # fmt: skip
JOBS = {"open": ("open", "warn"), "assigned": ("good", "check"), "missing": ("bad", "stop")}
SHARES = ("uptime_share", "silent_share", "out_share", "down_share")


def to_device(row: Row) -> Child:
    code = str(row["equipment"])
    return html.Button(
        code, n_clicks=0, className="place", **attributes(data_action="coldchain-device", data_device=code)
    )


def status_tag(status: object, words: Words, *, heard: object = "lately") -> Child:
    """`heard`: lately, silent or never (campaign.equipment_tables). Of a device that does not report, "working" is what
    the register says, and nothing that a green mark may vouch for: its tag says so."""
    kind, icon_name = STATUSES[Status(str(status))]
    text = words(f"equipment_status.{status}")
    if heard != "lately" and Status(str(status)) is Status.WORKING:
        kind, icon_name = STATUSES[Status.NOT_IN_USE]
        text = words(f"equipment_heard.{heard}", status=text)
    return tag(text, kind=kind, icon_name=icon_name)


def job_tag(job: object, words: Words) -> Child:
    if not job:
        return html.Span(fmt.UNKNOWN)
    kind, icon_name = JOBS[str(job)]
    return tag(words(f"repair_job.{job}"), kind=kind, icon_name=icon_name)


def litres(value: object, words: Words) -> str:
    return fmt.decimal(value, words.language) if isinstance(value, int | float) else fmt.UNKNOWN


def share_texts(row: Row, words: Words) -> dict[str, str]:
    """The four parts of a device's time, which stand side by side: they add up to 100.0 %, and the time in range is
    never told as more than it was."""
    values = [row[name] for name in SHARES]
    known = [value for value in values if isinstance(value, int | float)]
    if len(known) < len(SHARES):
        return dict.fromkeys(SHARES, fmt.UNKNOWN)
    parts = tenths_of_ratios(known, down=SHARES.index("uptime_share"))
    return {name: fmt.tenths(part, words.language) for name, part in zip(SHARES, parts, strict=True)}


def share_cells(words: Words) -> dict[str, Cell]:
    def cell(name: str) -> Cell:
        return lambda row: html.Span(share_texts(row, words)[name])

    return {name: cell(name) for name in SHARES}


def labels(words: Words, *columns: str) -> dict[str, str]:
    return {column: words(f"equipment_column.{column}") for column in columns}
