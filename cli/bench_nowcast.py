"""`app.py bench nowcast`: the nowcast of incomplete days against what they became."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import orjson

from bench.nowcast import backtest
from settings import Settings


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Writes the figures by source. `chosen.real` is the folder of the two countries' data; without it, and with none
    beside the project, only the demonstration is measured."""
    real = Path(chosen.real) if getattr(chosen, "real", None) else _beside(settings.root)
    if real is None:
        print("the real data sets are not beside the project: only the demonstration is measured", file=sys.stderr)
    figures = backtest(settings.reference_dir, real)
    option = 0 if chosen.json else orjson.OPT_INDENT_2
    sys.stdout.buffer.write(orjson.dumps(figures, option=option) + b"\n")
    return 0


def _beside(root: Path) -> Path | None:
    folder = Path(os.environ.get("MCC_SHARED", root.parent / "shared")) / "real"
    return folder if folder.is_dir() else None
