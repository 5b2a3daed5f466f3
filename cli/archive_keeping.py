"""Delete the files of archived reports that are older than config.yaml keeps them (`archive.keep_*`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from operations.report_keeping import Keeping, already_gone, let_go
from reports import archive
from settings import Settings


def keep_archive(settings: Settings, url: str, *, now: datetime) -> int:
    """How many reports lost their files. Raises psycopg.Error."""
    root, own = settings.report_dir, settings.archive

    def hashes(folder: str, manifest_hash: str) -> Mapping[str, str]:
        try:
            found = archive.manifest_of(root, folder, manifest_hash)
            return {item.name: item.sha256 for item in found.files if item.kind != "page"}
        except archive.Damaged:
            return {}

    keeping = Keeping(sent=timedelta(days=own.keep_sent_days), other=timedelta(days=own.keep_other_days))
    gone = let_go(url, keeping, hashes=hashes, now=now)
    # Those of a process that died between the row and the folder are among them.
    over = already_gone(url, archive.numbers(root))
    for number in over:
        archive.forget(root, number, keep="")
    return len({*gone, *over})
