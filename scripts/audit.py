"""Hold the pinned packages against the advisories that are known today. Writes nothing into the tree.

    audit.py     0: none known, or the service is out of reach ("not checked"); 1: a package must be updated

An advisory that does not concern us is written down below with its reason and the day on which that is looked at again.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# requirements-dev.txt includes everything that runs, and the tools besides.
PINNED = ROOT / "requirements-dev.txt"
SERVICE = "osv"
PATIENCE_SECONDS = 90
# Advisory: (why it does not concern us, until when that holds).
ACCEPTED: Mapping[str, tuple[str, date]] = {}


@dataclass(frozen=True)
class Judged:
    """`lines` are what to tell; `code` is what the shell is told."""

    code: int
    lines: tuple[str, ...]


def judge(answer: str, *, today: date, accepted: Mapping[str, tuple[str, date]] = ACCEPTED) -> Judged:
    """`answer`: the JSON of pip-audit; anything else means that it got no answer itself."""
    try:
        found = json.loads(answer)["dependencies"]
        packages = [item for item in found if "skip_reason" not in item]
        open_ones = [
            f"{item['name']} {item['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'none'}"
            for item in packages
            for fault in item["vulns"]
            if not _accepted({fault["id"], *fault.get("aliases", [])}, accepted, today)
        ]
    except (ValueError, KeyError, TypeError):
        return not_checked("the service did not answer", today)
    if not packages:
        return not_checked("no package was looked at", today)
    if open_ones:
        fix = "update them in requirements*.in and run `make lock`, or write down in scripts/audit.py why not"
        return Judged(1, (f"dependencies on {today}: {len(open_ones)} known advisories", *open_ones, fix))
    return Judged(0, (f"dependencies on {today}: {len(packages)} checked, no advisory known",))


def not_checked(why: str, today: date) -> Judged:
    return Judged(0, (f"dependencies on {today}: not checked ({why})",))


def _accepted(names: set[str], accepted: Mapping[str, tuple[str, date]], today: date) -> bool:
    return any(name in accepted and today <= accepted[name][1] for name in names)


def main() -> int:
    today = datetime.now(UTC).date()
    with tempfile.TemporaryDirectory() as cache:
        command = [
            sys.executable,
            "-m",
            "pip_audit",
            "-r",
            str(PINNED),
            "--disable-pip",
            "--require-hashes",
            "-s",
            SERVICE,
        ]
        quiet = ["-f", "json", "--desc", "off", "--progress-spinner", "off", "--timeout", "10", "--cache-dir", cache]
        try:
            done = subprocess.run(
                [*command, *quiet], capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS, cwd=cache
            )
            judged = judge(done.stdout, today=today)
        except (subprocess.TimeoutExpired, OSError) as error:
            judged = not_checked(type(error).__name__, today)
    for line in judged.lines:
        print(line, file=sys.stderr)
    return judged.code


if __name__ == "__main__":
    raise SystemExit(main())
