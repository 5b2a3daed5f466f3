"""What commands that change the registry share: its address, and one line and an exit code for what goes wrong."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import orjson
import psycopg

from cli.places import Places
from operations.action_log import ActRefused
from settings import Settings

T = TypeVar("T")
# What a command does, given the registry's address; what it made, and a line about it.
Act = Callable[[argparse.Namespace, Settings, str], tuple[object, str]]
DONE, FAILED, REFUSED = 0, 1, 4
LOCAL = "%Y-%m-%d %H:%M"


def with_registry(settings: Settings, act: Callable[[str], T]) -> T | int:
    """What `act` returns, given the registry's address as the application's role; or an exit code, once the reason is
    on standard error: 4 where the act is refused, 1 where the registry does not answer."""
    url = Places(settings).app_url()
    if url is None:
        return tell("the embedded PostgreSQL is not running: start `app.py run`, or set registry.url", FAILED)
    try:
        return act(url)
    except ActRefused as error:
        return tell(str(error), REFUSED)
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidParameterValue):
        # The second: the role to act as is not there yet.
        return tell("the registry has an older schema: start `app.py run` once, it brings it up to date", FAILED)
    except psycopg.OperationalError as error:
        return tell(f"the registry does not answer: {str(error).splitlines()[0]}", FAILED)


def answering(act: Act) -> Callable[[argparse.Namespace, Settings], int]:
    """A command's handler that carries out `act` and says what was done: in a line, or with --json as one object."""

    def run(chosen: argparse.Namespace, settings: Settings) -> int:
        done = with_registry(settings, lambda url: act(chosen, settings, url))
        if isinstance(done, int):
            return done
        made, line = done
        if chosen.json:
            sys.stdout.buffer.write(orjson.dumps(made) + b"\n")
        else:
            print(line)
        return DONE

    return run


def local_instant(text: str, zone: ZoneInfo) -> datetime:
    """A time as somebody types it, '2021-11-22 08:30', where the campaign is. Raises ActRefused."""
    try:
        return datetime.strptime(text, LOCAL).replace(tzinfo=zone)
    except ValueError as error:
        raise ActRefused(f"'{text}' is no time; write '2021-11-22 08:30'", "no_time", text=text) from error


def tell(line: str, code: int) -> int:
    print(line, file=sys.stderr)
    return code
