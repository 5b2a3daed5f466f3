"""Secrets from files: MCC_REGISTRY__URL_FILE=/run/secrets/registry is registry.url, without the environment showing it.

An environment is seen by every child process and by whoever may look at the process; a file has an owner and a mode.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

SUFFIX = "_FILE"
MOST_BYTES = 64 * 1024


class SecretUnreadable(Exception):
    """The file that a variable names cannot be used; the message names the variable and the fix, never the content."""


def from_files(env: Mapping[str, str], *, prefix: str) -> Iterator[tuple[str, str, str]]:
    """(variable without _FILE, content of the file, warning or ''). Empty variables are as good as none.

    Raises SecretUnreadable for a file that is not there, is empty or no text, and where both ways are used at once."""
    for name, value in sorted(env.items()):
        if not (name.startswith(prefix) and name.endswith(SUFFIX) and value):
            continue
        target = name.removesuffix(SUFFIX)
        if env.get(target):
            raise SecretUnreadable(f"environment: {target} and {name} are both set: keep one of them")
        yield target, _read(name, Path(value)), _too_open(name, Path(value))


def _read(name: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        text = content.decode("utf-8").strip()
    except OSError as error:
        raise SecretUnreadable(f"environment variable {name}: {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        # Not chained: the error would quote what it could not decode.
        raise SecretUnreadable(f"environment variable {name}: {path} is no text in UTF-8") from None
    if not text or len(content) > MOST_BYTES or "\n" in text:
        raise SecretUnreadable(f"environment variable {name}: {path} must hold one line of text")
    return text


def _too_open(name: str, path: Path) -> str:
    mode = path.stat().st_mode
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        return f"{name}: {path} has mode {stat.S_IMODE(mode):04o}; others may read it: chmod 600 {path}"
    return ""
