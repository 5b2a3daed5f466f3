"""`app.py report`: the reports of one snapshot, in every form and language asked for; the list of files on standard
output, the seconds that they took on standard error."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from campaign.coverage import NATION
from campaign.report import Part, UnknownSection, chosen
from cli.report_write import Asked, Made, write
from layouts.words import Language
from reports.forms import FORMS, load
from settings import ConfigError, Settings

Commands = Any
EDITIONS = ("whole", "page")
# Of one process to the first: what it made, or what went wrong.
Pipe = Any
# Two cores write two languages in half the time; more processes than that read the snapshot once more for nothing.
MOST_JOBS = 2


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    found = commands.add_parser("report", parents=[common], help="write the reports of a snapshot")
    again = {"action": "append", "default": []}
    found.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder that the files are written into")
    found.add_argument(
        "--area", **again, metavar="CODE", help=f"a province, or '{NATION}', the default; again for more"
    )
    found.add_argument(
        "--snapshot", default="", metavar="ID|FILE", help="number of a kept snapshot, or a file of one; else the newest"
    )
    found.add_argument(
        "--since", default="", metavar="ID|FILE|DAY", help="compare with this snapshot, or the last one of that day"
    )
    found.add_argument("--form", **again, choices=list(FORMS), help="again for more; by default all of them")
    found.add_argument(
        "--lang", **again, choices=[str(item) for item in Language], help="again for more; by default that of the pages"
    )
    found.add_argument(
        "--section",
        "--sections",
        **again,
        metavar="NAME",
        help=f"again for more, in the order wanted; else {', '.join(Part)}",
    )
    found.add_argument(
        "--live", action="store_true", help="the snapshot's own figures, also where those of the day were locked"
    )
    found.add_argument(
        "--narrative", type=Path, metavar="FILE", help="text of your own; {doses} and the like are its only figures"
    )
    found.add_argument(
        "--edition", choices=EDITIONS, default=EDITIONS[0], help="'page': one page of A4 in black and white, as PDF"
    )
    found.add_argument(
        "--jobs", type=int, default=min(MOST_JOBS, os.cpu_count() or 1), metavar="N", help="processes that write"
    )
    found.add_argument("--json", action="store_true", help="files and seconds as JSON instead of the list")
    found.set_defaults(handler=run)


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Raises ConfigError for a section, area or figure that there is not, SnapshotUnavailable for a snapshot."""
    try:
        named = [name.strip() for names in asked.section for name in names.split(",")]
        parts = chosen(named, since=bool(asked.since))
    except UnknownSection as error:
        raise ConfigError(f"--section: {error}") from error
    page = asked.edition == "page"
    if page and set(asked.form) - {"pdf"}:
        raise ConfigError("--edition page: one page is made as PDF only")
    work = Asked(
        settings=settings,
        snapshot=asked.snapshot,
        since=asked.since,
        areas=tuple("" if code == NATION else code for code in dict.fromkeys(asked.area)) or ("",),
        languages=tuple(dict.fromkeys(map(Language, asked.lang or [settings.web.language]))),
        forms=("pdf",) if page else tuple(dict.fromkeys(asked.form)) or tuple(FORMS),
        parts=parts,
        live=asked.live,
        narrative=_narrative(asked),
        page=page,
        out=asked.out,
        told=not asked.json,
    )
    load(work.forms)
    begun = time.monotonic()
    made = _together(work, max(1, min(asked.jobs, len(work.sheets), MOST_JOBS)))
    for problem in made.problems:
        print(problem, file=sys.stderr)
    seconds = {name: round(value, 2) for name, value in made.seconds.items()}
    whole = round(time.monotonic() - begun, 2)
    if asked.json:
        files = sorted(str(file) for file in made.files)
        print(json.dumps({"files": files, "seconds": seconds, "after_start_seconds": whole}))
    elif made.files:
        each = ", ".join(f"{name} {value:.2f} s" for name, value in seconds.items())
        print(f"{len(made.files)} files {whole:.2f} s after start-up; of processes: {each}", file=sys.stderr)
    return 1 if made.problems else 0


def _narrative(asked: argparse.Namespace) -> str:
    """One text is of one area in one language."""
    if asked.narrative is None:
        return ""
    if len(set(asked.area)) > 1 or len(set(asked.lang)) > 1:
        raise ConfigError("--narrative: a text is of one area in one language; ask for one of each")
    try:
        found: str = asked.narrative.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"--narrative {asked.narrative}: cannot be read as UTF-8") from error
    if not found.strip():
        raise ConfigError(f"--narrative {asked.narrative}: has no text")
    return found


def _together(work: Asked, jobs: int) -> Made:
    """The sheets dealt out to `jobs` processes, of which this is the first. The others are forked before anything has
    been opened: neither a connection nor a thread is there that a fork would break."""
    context = get_context("fork")
    others: list[tuple[ForkProcess, Pipe]] = []
    for share in range(1, jobs):
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=_apart, args=(work, share, jobs, there))
        process.start()
        there.close()
        others.append((process, here))
    try:
        made = write(work, work.sheets[::jobs])
        for _, pipe in others:
            made = made.with_more(_told(pipe))
    finally:
        for process, pipe in others:
            process.join()
            pipe.close()
    return made


def _told(pipe: Pipe) -> Made:
    try:
        found = pipe.recv()
    except EOFError:
        return Made(problems=("a process that wrote reports has died; what is listed above is whole",))
    if isinstance(found, Made):
        return found
    raise found


def _apart(work: Asked, share: int, jobs: int, pipe: Pipe) -> None:
    """What goes wrong is told where it is understood: by the process that was called."""
    try:
        pipe.send(write(work, work.sheets[share::jobs]))
    except Exception as error:  # noqa: BLE001 - sent on to the first process, which raises it
        pipe.send(error)
    finally:
        pipe.close()
