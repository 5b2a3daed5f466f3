"""`app.py bench refresh`: the refresh at national scale, beside its peers."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import orjson

from bench.refresh import measure_refresh
from bench.stage import HistoryDiffers, Setup
from cli.pipeline import refresh_rules
from cli.places import as_role
from registry import embedded
from registry.migrate import migrate
from settings import Settings, load

MOST_PEER_DOSES = 10_000_000


def add_arguments(refresh: argparse.ArgumentParser) -> None:
    refresh.add_argument("--people", type=int, default=750_000)
    refresh.add_argument("--doses", type=int, default=2_010_000)
    refresh.add_argument(
        "--peer-doses", type=int, metavar="N", help="0: no peers; by default doses, at most 10 million"
    )
    refresh.add_argument("--rounds", type=int, default=3, help="of each batch of up to 100,000 records")
    refresh.add_argument("--minutes", type=int, default=0, metavar="N", help="N small refreshes in a row besides")
    refresh.add_argument(
        "--late", type=int, default=0, metavar="N", help="N late records besides, taken in beside the minute's own"
    )
    refresh.add_argument(
        "--keep", type=Path, metavar="DIR", help="build the history there, or go on with the one that lies there"
    )
    refresh.add_argument("--json", action="store_true", help="one compact JSON object on standard output")


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """In --keep, or a folder of its own below the system's for temporary files: 10 GB for a whole country."""
    peer_doses = min(chosen.doses, MOST_PEER_DOSES) if chosen.peer_doses is None else chosen.peer_doses
    if not 0 < chosen.people <= chosen.doses <= 4 * chosen.people or peer_doses > chosen.doses or chosen.rounds < 1:
        print("bench refresh: give 1 to 4 doses a person, no more --peer-doses, and a round", file=sys.stderr)
        return 2
    try:
        with folder_of(chosen.keep) as folder, setup_in(folder, settings) as setup:
            figures = measure_refresh(
                setup,
                people=chosen.people,
                doses=chosen.doses,
                peer_doses=peer_doses,
                rounds=chosen.rounds,
                minutes=chosen.minutes,
                late=chosen.late,
                say=lambda text: print(text, file=sys.stderr, flush=True),
            )
    except HistoryDiffers as error:
        print(f"bench refresh: {error}; give that size or another --keep", file=sys.stderr)
        return 2
    option = 0 if chosen.json else orjson.OPT_INDENT_2
    sys.stdout.buffer.write(orjson.dumps(asdict(figures), option=option) + b"\n")
    return 4 if figures.differing_cells else 0


@contextmanager
def folder_of(keep: Path | None) -> Iterator[Path]:
    """`keep`, which stays, or a folder of which nothing is left, however it ends."""
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(128 + signal.SIGTERM))
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="mcc-bench-") as name:
        yield Path(name)


@contextmanager
def setup_in(folder: Path, settings: Settings) -> Iterator[Setup]:
    """A PostgreSQL of the bench's own, which ends with the block."""
    # The embedded database's own user must be able to enter it.
    folder.chmod(0o755)
    own = load(state=folder / "state")
    try:
        server = embedded.start(folder / "pg")
        migrate(server.url, etl_role=settings.registry.etl_role)
        yield Setup(
            folder=folder,
            server_url=server.url,
            etl_role=settings.registry.etl_role,
            as_role=as_role,
            reference_dir=settings.reference_dir,
            rules=refresh_rules(own),
            memory_mb=settings.etl.duckdb_memory_mb,
            seed=settings.demo.seed,
        )
    finally:
        embedded.stop(folder / "pg")
