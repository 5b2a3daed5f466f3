"""What commands that change the registry share: its address, and one line and an exit code for what goes wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

import psycopg

from cli.places import Places
from operations.action_log import ActRefused
from settings import Settings

T = TypeVar("T")
DONE, FAILED, REFUSED = 0, 1, 4


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


def tell(line: str, code: int) -> int:
    print(line, file=sys.stderr)
    return code
