"""Read config.yaml and the environment into Settings, with errors that name the key and the nearest known one."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import BaseModel, ValidationError

from settings.model import Settings
from settings.secrets import SUFFIX, SecretUnreadable, from_files

ENV_PREFIX = "MCC_"
# Read by tests and the Makefile, not part of the settings.
ENV_OTHER = frozenset({"MCC_SHARED", "MCC_CONFIG", "MCC_FUZZ_SECONDS"})


# Parts of a key's name whose value is never told back.
HIDDEN = ("url", "secret", "token", "password")
PASSWORD = re.compile(r"://[^/@\s]*:[^/@\s]+@")


class ConfigError(Exception):
    """config.yaml or the environment says something that cannot be used; the message names the key and the fix."""


def load(path: Path | None = None, *, state: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from `path` (default: config.yaml beside app.py), then the environment, then `state`.

    Raises ConfigError for a missing or unreadable file, an unknown key, or a value of the wrong kind.
    """
    env = os.environ if environ is None else environ
    default = Path(__file__).resolve().parent.parent / "config.yaml"
    file = path or Path(env.get("MCC_CONFIG", default))
    raw = _read(file)
    _refuse_passwords(raw, file)
    _overlay(raw, env)
    _overlay_files(raw, env)
    if state is not None:
        raw["state_dir"] = str(state.resolve())
    try:
        return Settings(root=file.resolve().parent, **raw)
    except ValidationError as error:
        raise ConfigError(_explain(error, file)) from error


def _read(file: Path) -> dict[str, Any]:
    try:
        parsed = _parsed(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file.name}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file.name}: is not valid YAML in UTF-8: {error}") from error
    if parsed is None:
        return {}
    if not isinstance(parsed, dict):
        raise ConfigError(f"{file.name}: expected sections with keys at the top")
    return cast("dict[str, Any]", parsed)


def _parsed(text: str) -> object:
    """libyaml needs a tenth of the time, which each of our many processes spends at its start; of what is wrong PyYAML
    itself says more."""
    if yaml.__with_libyaml__:
        with suppress(yaml.YAMLError):
            return yaml.load(text, Loader=yaml.CSafeLoader)
    return yaml.safe_load(text)


def _refuse_passwords(raw: Mapping[str, Any], file: Path) -> None:
    """config.yaml is copied, committed and shown around; a secret comes from the environment or a file of its own."""
    for section, keys in raw.items():
        if isinstance(keys, dict):
            for key, value in cast("dict[str, Any]", keys).items():
                if _hidden(key) and value and ("url" not in key or PASSWORD.search(str(value))):
                    name = f"{ENV_PREFIX}{section}__{key}".upper()
                    raise ConfigError(
                        f"{file.name}: {section}.{key} holds a secret: take it out and name a file that holds it, "
                        f"{name}{SUFFIX}=/path (or set {name})"
                    )


def _hidden(key: object) -> bool:
    return isinstance(key, str) and any(part in key for part in HIDDEN) and not key.endswith(("_length", "_seconds"))


def _overlay(raw: dict[str, Any], env: Mapping[str, str]) -> None:
    """MCC_WEB__PORT=9000 sets web.port; values are read as YAML, so numbers and lists keep their kind."""
    for name, value in env.items():
        if name.startswith(ENV_PREFIX) and name not in ENV_OTHER and not name.endswith(SUFFIX):
            _put(raw, name, yaml.safe_load(value) if value else "")


def _overlay_files(raw: dict[str, Any], env: Mapping[str, str]) -> None:
    """MCC_REGISTRY__URL_FILE names a file that holds registry.url. Taken as text: a secret of digits is no number."""
    try:
        for name, value, warning in from_files(env, prefix=ENV_PREFIX):
            _put(raw, name, value)
            if warning:
                sys.stderr.write(f"{warning}\n")
    except SecretUnreadable as error:
        raise ConfigError(str(error)) from error


def _put(raw: dict[str, Any], name: str, value: object) -> None:
    target = raw
    *sections, key = name.removeprefix(ENV_PREFIX).lower().split("__")
    for section in sections:
        child = target.setdefault(section, {})
        if not isinstance(child, dict):
            raise ConfigError(f"environment variable {name}: '{section}' is not a section")
        target = cast("dict[str, Any]", child)
    target[key] = value


def _explain(error: ValidationError, file: Path) -> str:
    lines: list[str] = []
    for fault in error.errors():
        where = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            lines.append(f"{file.name}: unknown key '{where}'{_nearest(fault['loc'])}")
        else:
            # A whole section is not told back either: a secret may be among its keys.
            whole = isinstance(fault["input"], (dict, BaseModel))
            got = "" if whole or any(_hidden(part) for part in fault["loc"]) else f" (got {fault['input']!r})"
            lines.append(f"{file.name}: {where}: {fault['msg']}{got}")
    return "\n".join(lines)


def _nearest(location: tuple[int | str, ...]) -> str:
    """', did you mean …' for the last part of an unknown key, looked up among its siblings."""
    model: type[BaseModel] = Settings
    for part in location[:-1]:
        annotation = model.model_fields[str(part)].annotation
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return ""
        model = annotation
    siblings = [name for name in model.model_fields if name != "root"]
    close = difflib.get_close_matches(str(location[-1]), siblings, n=1, cutoff=0.4)
    return (
        f"; did you mean '{'.'.join([*map(str, location[:-1]), close[0]])}'?"
        if close
        else f"; known: {', '.join(siblings)}"
    )
