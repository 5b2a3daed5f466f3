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
from bench.stage import Setup
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
    refresh.add_argument("--json", action="store_true", help="one compact JSON object on standard output")


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """In a folder of its own below the system's for temporary files, which takes 10 GB for a whole country."""
    peer_doses = min(chosen.doses, MOST_PEER_DOSES) if chosen.peer_doses is None else chosen.peer_doses
    if not 0 < chosen.people <= chosen.doses <= 4 * chosen.people or peer_doses > chosen.doses or chosen.rounds < 1:
        print("bench refresh: give 1 to 4 doses a person, no more --peer-doses, and a round", file=sys.stderr)
        return 2
    with temporary_setup(settings) as setup:
        figures = measure_refresh(
            setup,
            people=chosen.people,
            doses=chosen.doses,
            peer_doses=peer_doses,
            rounds=chosen.rounds,
            minutes=chosen.minutes,
            say=lambda text: print(text, file=sys.stderr, flush=True),
        )
    option = 0 if chosen.json else orjson.OPT_INDENT_2
    sys.stdout.buffer.write(orjson.dumps(asdict(figures), option=option) + b"\n")
    return 4 if figures.differing_cells else 0


@contextmanager
def temporary_setup(settings: Settings) -> Iterator[Setup]:
    """A PostgreSQL and a folder of their own; nothing of either is left, however it ends."""
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="mcc-bench-") as name:
        folder = Path(name)
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
