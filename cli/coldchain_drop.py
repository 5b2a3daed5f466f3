"""The folder into which others drop logger files: each is taken once and put away, nothing is deleted.

The conventions are those of etl.feeds.drop: a mark (`<name>.done` or `<name>.manifest`) says that a file is whole;
without one it is taken once it has been the same for etl.drop_settle_seconds. This is one look and not a watcher: where
files without a mark lie there it waits that long once and looks again. What a folder is looked at by, and how often, is
left to the machine (a timer).
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from campaign.formats.outline import LoggerFileBad
from cli.coldchain_read import import_file, read_bytes
from cli.registry_command import DONE, REFUSED, tell, with_registry
from etl.feeds.drop import REFUSED as REFUSED_DIR
from etl.feeds.drop import TAKEN
from etl.feeds.drop_files import MARKS, FileWaits, digest_of, manifest_of
from operations import loggers
from settings import Settings

# Who is named where nobody is: no account can be called so.
NOBODY = "drop folder"
USAGE = 2


def take_drop(settings: Settings, *, actor: str = "") -> int:
    """Exit code 4 where a file was refused, 1 where the registry does not answer: what is left stays for the next look.

    A file whose device is not registered counts as taken: the registry keeps it."""
    if not settings.coldchain.drop_dir:
        return tell("no folder of logger files: set coldchain.drop_dir", USAGE)
    folder = (settings.root / settings.coldchain.drop_dir).resolve()
    if not folder.is_dir():
        return tell(f"coldchain.drop_dir: there is no folder {folder.name}", USAGE)
    worst = DONE
    for file in whole_files(folder, settle_seconds=settings.etl.drop_settle_seconds):
        code = _take_one(settings, file, actor=actor.strip() or NOBODY)
        if code not in (DONE, REFUSED):
            return code
        worst = max(worst, code)
    return worst


def whole_files(folder: Path, *, settle_seconds: float) -> list[Path]:
    """In the order of their names. Those that wait are told on standard error."""
    found = sorted(file for file in folder.glob("*.txt") if file.is_file() and not file.name.startswith("."))
    unmarked = {file: _look(file) for file in found if not any(_mark(file, ending).is_file() for ending in MARKS)}
    if unmarked:
        time.sleep(settle_seconds)
    whole: list[Path] = []
    for file in found:
        try:
            _check_whole(file, unmarked.get(file))
        except FileWaits as error:
            print(f"{file.name} waits: {error}", file=sys.stderr)
        else:
            whole.append(file)
    return whole


def _check_whole(file: Path, before: tuple[int, int] | None) -> None:
    """Raises FileWaits."""
    if before is not None:
        if not file.is_file() or _look(file) != before:
            raise FileWaits("it is still being written")
        return
    manifest = manifest_of(file)
    if manifest is not None and manifest.sha256 not in (None, digest_of(file)):
        raise FileWaits("its sha256 is not the one of its manifest: still being written, or damaged")


def _take_one(settings: Settings, file: Path, *, actor: str) -> int:
    """Exit code. The file is put away after the commit: a stop between the two takes the same bytes again, which adds
    nothing."""
    try:
        content = read_bytes(file, settings)
    except LoggerFileBad as error:
        return _refuse(file, str(error))
    done = with_registry(settings, lambda url: import_file(settings, url, file, content, actor=actor, origin="drop"))
    if isinstance(done, int):
        # Refused here is the person, not the file: it stays where it is.
        return done if done != REFUSED else USAGE
    if done.outcome is loggers.Outcome.UNREADABLE:
        return _refuse(file, done.message)
    print(f"{file.name}: {done.message}")
    _put_away(file, file.parent / TAKEN / f"{done.sha256[:16]}-{file.name}")
    return DONE


def _refuse(file: Path, reason: str) -> int:
    aside = file.parent / REFUSED_DIR / f"{int(time.time())}-{file.name}"
    _put_away(file, aside)
    aside.with_name(aside.name + ".reason.txt").write_text(reason + "\n", encoding="utf-8")
    return tell(f"{file.name}: {reason}", REFUSED)


def _put_away(file: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    for ending in ("", *MARKS):
        source = _mark(file, ending)
        if source.exists():
            shutil.move(source, target.with_name(target.name + ending))


def _mark(file: Path, ending: str) -> Path:
    return file.with_name(file.name + ending)


def _look(file: Path) -> tuple[int, int]:
    about = file.stat()
    return about.st_size, about.st_mtime_ns
