"""`app.py bench projection`: the projected dates against those on which the targets were reached."""

from __future__ import annotations

import argparse
import sys

import orjson

from bench.projection import backtest
from settings import Settings


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Writes the figures by seed and reading, `all` last. The demonstration needs no database."""
    figures = backtest(settings.reference_dir, one_in=chosen.one_in)
    option = 0 if chosen.json else orjson.OPT_INDENT_2
    sys.stdout.buffer.write(orjson.dumps(figures, option=option) + b"\n")
    return 0
