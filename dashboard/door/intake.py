"""What people bring in about devices: a logger's file, and a temperature that was read or told by telephone.

Plain forms, which need no script; the answer to a file is the same page, with what the reader found in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from flask import Flask, Response, request

from campaign.equipment import Status
from campaign.formats.fridge_tag import LoggerFile
from campaign.formats.outline import LoggerFileBad
from campaign.logger_report import LoggerReport, report
from campaign.vial_monitors import STAGES
from dashboard.door import addresses, device_clock, equipment, vials
from dashboard.door.caller import caller
from dashboard.door.cookies import against_forgery
from dashboard.door.deed_desk import DeedDesk, who_acts
from dashboard.door.refusals import reason_why_not
from dashboard.payloads import see_other
from etl.coldchain_intake import import_reader, present_of, read_file
from etl.contracts import EARLIEST
from layouts import format as fmt
from layouts.words import Words
from operations import hand_readings, loggers
from operations.action_log import ActRefused, NotAllowed, connect
from operations.ems import Window
from operations.intake_rows import Waiting, waiting
from operations.vial_readings import OCCASIONS

FILE, READING = "tep", "ghi"
DEGREES = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,3})?")
LOCAL = "%H:%M %d/%m/%Y"
SENT = ("equipment", "temp", "at", "caller", "note", *equipment.SENT, *vials.SENT, *device_clock.SENT)
# Which sentence says what is wrong with a file, by the field that the reader names; any other is said with its own.
WHY = {"Sig": "cut", "Device": "model", "Temp unit": "unit", "file": "file"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTold:
    """What became of a file: a tone (good, open, bad), a sentence, the reader's own words, and the figures in it."""

    tone: str
    text: str
    name: str
    more: str = ""
    figures: tuple[tuple[str, str], ...] = ()


def add_intake(server: Flask, desk: DeedDesk) -> None:
    """Register the page and its forms; the table says who may use them, and the acts where."""
    server.add_url_rule(addresses.INTAKE, "intake", lambda: _page(desk))

    def brought(deed: str) -> Response:
        url = desk.url()
        if url is None:
            return desk.door.pages.notice(request, "registry", status=503)
        takes: Mapping[str, Callable[[DeedDesk, str], Response]] = {
            FILE: _take_file,
            equipment.STATUS: _take_status,
            equipment.REPAIR: _take_repair,
            vials.VIALS: _take_vials,
            device_clock.CLOCK: _take_clock,
        }
        take = takes.get(deed, _take_reading)
        try:
            return take(desk, url)
        except ActRefused as refused:
            status = 403 if isinstance(refused, NotAllowed) else 400
            why = reason_why_not(refused, desk.door.words, desk.door.zone)
            return _page(desk, status=status, failed=deed, refused=why)
        except psycopg.OperationalError:
            return desk.door.pages.notice(request, "registry", status=503)

    server.add_url_rule(f"{addresses.INTAKE}/<deed>", "brought", brought, methods=["POST"])


def _page(
    desk: DeedDesk, *, status: int = 200, failed: str = "", refused: str = "", told: FileTold | None = None
) -> Response:
    words, zone = desk.door.words, desk.door.zone
    sent = request.form if failed and failed != FILE else request.args
    device = _plain(sent.get("equipment", ""))
    url = desk.url()
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    try:
        with connect(url) as connection:
            now = present_of(connection)
            rows = waiting(connection)
            held = caller().held
            lines = equipment.said_lines(connection, device, held=held, words=words, zone=zone) if device else []
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    return desk.door.pages.page(
        request,
        "intake",
        status=status,
        csrf=against_forgery(caller().token),
        sent={name: sent.get(name, "")[:500] for name in SENT},
        at=sent.get("at", "") or now.astimezone(zone).strftime(LOCAL),
        megabytes=fmt.decimal(desk.settings.coldchain.file_max_bytes / 1_000_000, words.language),
        failed=failed,
        refused=refused,
        told=told,
        done=request.args.get("done", "")[:64],
        did=request.args.get("did", READING)[:20],
        device=device,
        lines=lines,
        statuses=[(status.value, words(f"equipment_status.{status}")) for status in Status],
        verdicts=[(item, words(f"clock_verdict.{item}")) for item in device_clock.VERDICTS],
        steps=[(step, words(f"repair_step.{step}")) for step in equipment.STEPS],
        stages=[(str(stage), words(f"vial_stage.{stage}")) for stage in STAGES],
        occasions=[(name, words(f"vial_occasion.{name}")) for name in OCCASIONS],
        read_at=sent.get("read_at", "") or now.astimezone(zone).strftime(LOCAL),
        rows=[_shown(row, words) for row in rows],
        now=fmt.instant(now, words, zone),
    )


def _shown(row: Waiting, words: Words) -> tuple[str, str, str, str]:
    return (words(f"intake_from.{row.source}"), row.serial, words(f"intake_why.{row.why}"), str(row.records))


def _take_reading(desk: DeedDesk, url: str) -> Response:
    """Raises ActRefused."""
    sent, by = request.form, who_acts(desk)
    with connect(url) as connection:
        window = Window(since=EARLIEST, until=present_of(connection))
    reading = hand_readings.HandReading(
        equipment_id=sent.get("equipment", "").strip(),
        temp_c=_degrees(sent.get("temp", "")),
        read_at=_instant(desk, sent.get("at", "")),
        caller=sent.get("caller", ""),
        note=sent.get("note", ""),
    )
    hand_readings.take(url, reading, window=window, by=by)
    return see_other(f"{addresses.INTAKE}?done={_plain(reading.equipment_id)}#{READING}")


def _take_status(desk: DeedDesk, url: str) -> Response:
    """Raises ActRefused."""
    with connect(url) as connection:
        window = Window(since=EARLIEST, until=present_of(connection))
    sent = request.form
    device = equipment.say_status(
        url, sent, instant=lambda text: _instant(desk, text), window=window, by=who_acts(desk)
    )
    return _said(device, equipment.STATUS)


def _take_repair(desk: DeedDesk, url: str) -> Response:
    """Raises ActRefused."""
    with connect(url) as connection:
        now = present_of(connection)
    return _said(equipment.say_repair(url, request.form, now=now, by=who_acts(desk)), equipment.REPAIR)


def _take_vials(desk: DeedDesk, url: str) -> Response:
    """Raises ActRefused."""
    with connect(url) as connection:
        window = Window(since=EARLIEST, until=present_of(connection))
    lot = vials.read_vials(
        url,
        request.form,
        instant=lambda text: _instant(desk, text),
        window=window,
        folder=desk.settings.reference_dir,
        by=who_acts(desk),
    )
    return see_other(f"{addresses.INTAKE}?done={_plain(lot)}&did={vials.VIALS}#{vials.VIALS}")


def _take_clock(desk: DeedDesk, url: str) -> Response:
    """Raises ActRefused."""
    made = device_clock.settle(desk, url, request.form)
    return see_other(f"{addresses.INTAKE}?done={_plain(made.serial)}&did={device_clock.CLOCK}#{device_clock.CLOCK}")


def _said(device: str, deed: str) -> Response:
    name = _plain(device)
    return see_other(f"{addresses.INTAKE}?equipment={name}&done={name}&did={deed}#{deed}")


def _plain(text: str) -> str:
    """As it may stand in an address of ours."""
    return "".join(char for char in text if char.isascii() and (char.isalnum() or char in "-_."))[:64]


def _degrees(text: str) -> float:
    """With either mark, and either minus. Raises ActRefused."""
    bare = text.strip().replace(",", ".").replace("−", "-").removesuffix("°C").strip()
    if DEGREES.fullmatch(bare) is None:
        raise ActRefused(f"'{text[:20]}' is no temperature; write 4.5", "no_temperature", text=text[:20])
    return float(bare)


def _instant(desk: DeedDesk, text: str) -> datetime:
    """Raises ActRefused."""
    try:
        return datetime.strptime(text.strip(), LOCAL).replace(tzinfo=desk.door.zone)
    except ValueError as error:
        raise ActRefused(f"'{text[:20]}' is no time; write 08:30 22/11/2021", "no_time", text=text[:20]) from error


def _take_file(desk: DeedDesk, url: str) -> Response:
    """Raises ActRefused."""
    brought = request.files.get("file")
    if brought is None or not brought.filename:
        raise ActRefused("no file was chosen", "no_file")
    most = desk.settings.coldchain.file_max_bytes
    content = brought.stream.read(most + 1)
    if len(content) > most:
        raise ActRefused(f"the file is larger than {most} bytes", "file_too_large", limit=most)
    by, name = who_acts(desk), _name(brought.filename)
    read = import_reader(desk.settings, url)
    try:
        read(content)
        bad = None
    except LoggerFileBad as error:
        bad = error
    if bad is not None and not caller().held.nationwide:
        # Whose it is cannot be told, so it is kept only where somebody answers for the nation; why not is told anyway.
        return _page(desk, status=400, told=_unread(desk, name, bad))
    taken = loggers.take(
        url,
        content=content,
        name=name,
        read=read,
        actor=by.name,
        now=by.now,
        origin=by.origin,
        request_id=by.request_id,
    )
    if bad is not None:
        return _page(desk, status=400, told=_unread(desk, name, bad))
    return _page(desk, told=_told(desk, taken, read_file(content, desk.settings)))


def _name(text: str) -> str:
    """Of the file alone: some browsers send the folder along."""
    plain = "".join(char if char.isprintable() else " " for char in text.replace("\\", "/").rsplit("/", 1)[-1]).strip()
    return plain[-200:] or "file"


def _unread(desk: DeedDesk, name: str, bad: LoggerFileBad) -> FileTold:
    return FileTold(tone="bad", text=desk.door.words(f"intake_bad.{_why(bad)}"), name=name, more=str(bad))


def _told(desk: DeedDesk, taken: loggers.Taken, found: LoggerFile) -> FileTold:
    words = desk.door.words
    figures = _figures(found, report(found, gap=timedelta(minutes=desk.settings.coldchain.gap_minutes)), desk)
    values = {
        "serial": taken.serial,
        "device": taken.equipment_id,
        "added": fmt.whole(taken.added, words.language),
        "readings": fmt.whole(taken.readings, words.language),
    }
    if taken.outcome is loggers.Outcome.UNKNOWN_DEVICE:
        return FileTold(tone="open", text=words("intake.unknown", **values), name=taken.name, figures=figures)
    text = words("intake.taken" if taken.added or not taken.readings else "intake.again", **values)
    return FileTold(tone="good", text=text, name=taken.name, figures=figures)


def _why(bad: LoggerFileBad) -> str:
    """Which sentence."""
    return "clock" if "clock" in str(bad) else WHY.get(bad.field, "other")


def _figures(found: LoggerFile, told: LoggerReport, desk: DeedDesk) -> tuple[tuple[str, str], ...]:
    words = desk.door.words
    language = words.language

    def degrees(value: float | None) -> str:
        return fmt.UNKNOWN if value is None else fmt.degrees(value, language)

    seen = [reading.at for reading in found.readings]
    span = f"{seen[0]:{LOCAL}} – {seen[-1]:{LOCAL}}" if seen else fmt.UNKNOWN
    longest = max((item.minutes for item in told.excursions), default=0)
    return (
        (words("intake.figure.device"), f"{found.device} {found.serial}"),
        (words("intake.figure.span"), span),
        (words("intake.figure.readings"), fmt.whole(len(found.readings), language)),
        (words("intake.figure.missing"), fmt.whole(found.missing, language)),
        (words("intake.figure.extremes"), f"{degrees(told.min_c)} – {degrees(told.max_c)}"),
        (words("intake.figure.outside"), f"{fmt.whole(told.above, language)} / {fmt.whole(told.below, language)}"),
        (words("intake.figure.excursions"), fmt.whole(len(told.excursions), language)),
        (words("intake.figure.longest"), words("coldchain.minutes", minutes=fmt.whole(longest, language))),
        (words("intake.figure.alarm_days"), fmt.whole(len(told.alarm_days), language)),
    )
