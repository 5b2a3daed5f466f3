"""`app.py check-source`: can a registry that is not ours be read by this mapping?"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from cli.places import Places
from etl.errors import RegistryUnavailable
from etl.feeds.check import FeedCheck, check_source
from etl.feeds.mapping import load_mapping
from settings import Settings
from warehouse.reference import load_series_rules

Commands = Any
REFUSED = 4


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser("check-source", parents=[common], help="check a mapping against the registry it maps")
    command.add_argument(
        "--mapping", type=Path, required=True, metavar="FILE", help="a file like data/profiles/sources"
    )
    command.add_argument("--url", metavar="URL", help="address of the registry; else registry.url of the settings")
    command.add_argument("--json", action="store_true", help="one compact JSON object a feed on standard output")
    command.set_defaults(handler=run)


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Exit code 4 where a feed cannot be read, 1 where the registry does not answer. Raises MappingError."""
    url = chosen.url or Places(settings).etl_url()
    if not url:
        print("no registry to check: give --url, or set registry.url", file=sys.stderr)
        return 2
    mapping = load_mapping(chosen.mapping)
    products = frozenset(load_series_rules(settings.reference_dir).products)
    try:
        # The mapping names the variable of its secret; it is handed on and never shown.
        results = check_source(url, mapping, os.environ, products=products, now=datetime.now(UTC))
    except RegistryUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    for result in results:
        if chosen.json:
            sys.stdout.buffer.write(orjson.dumps(as_json(result)) + b"\n")
        else:
            print("\n".join(as_lines(result)))
    return 0 if all(result.ok for result in results) else REFUSED


def as_json(result: FeedCheck) -> dict[str, object]:
    """The shape that scripts rely on."""
    return {
        "feed": result.feed,
        "ok": result.ok,
        "rows": result.rows,
        "faults": [{"what": fault.what, "fix": fault.fix} for fault in result.faults],
        "advice": [{"what": fault.what, "fix": fault.fix} for fault in result.advice],
    }


def as_lines(result: FeedCheck) -> list[str]:
    head = f"{result.feed}: ok, {result.rows} rows read" if result.ok else f"{result.feed}: cannot be read"
    return [
        head,
        *(f"  {fault.what}\n    fix: {fault.fix}" for fault in result.faults),
        *(f"  note: {fault.what}: {fault.fix}" for fault in result.advice),
    ]
