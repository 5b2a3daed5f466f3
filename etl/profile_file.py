"""Read a profile and its area pack from YAML, with errors that name the file, the key and the nearest known one."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import BaseModel, ValidationError

from etl.profile import AreaPack, Profile
from settings import ConfigError

Model = TypeVar("Model", bound=BaseModel)


class ProfileError(ConfigError):
    """A profile or area pack that cannot be used; the message names the key."""


def load_profile(name: str, folder: Path) -> Profile:
    """Profile `name` of `folder`, or the file `name` where it ends in .yaml. Packs lie in `folder`/packs, or beside it.

    Raises ProfileError.
    """
    if name.endswith((".yaml", ".yml")):
        file = Path(name)
    else:
        file = folder / f"{name}.yaml"
        if not file.is_file():
            raise ProfileError(f"unknown profile '{name}'{_nearest(name, profile_names(folder))}")
    raw = _read(file)
    pack = raw.get("pack")
    if isinstance(pack, str):
        raw["pack"] = load_pack(pack, (file.parent / "packs", folder / "packs"))
    return _validated(Profile, {"name": file.stem, **raw}, file)


def profile_names(folder: Path) -> list[str]:
    return sorted(file.stem for file in folder.glob("*.yaml"))


def load_pack(name: str, folders: tuple[Path, ...]) -> AreaPack:
    """Area pack `name` of the first of `folders` that has it. Raises ProfileError."""
    for folder in folders:
        file = folder / f"{name}.yaml"
        if file.is_file():
            return _validated(AreaPack, _read(file), file)
    known = sorted({file.stem for folder in folders for file in folder.glob("*.yaml")})
    raise ProfileError(f"pack: unknown area pack '{name}'{_nearest(name, known)}")


def _read(file: Path) -> dict[str, Any]:
    try:
        parsed: object = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProfileError(f"{file.name}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProfileError(f"{file.name}: is not valid YAML in UTF-8: {error}") from error
    if not isinstance(parsed, dict):
        raise ProfileError(f"{file.name}: expected keys at the top, such as 'feeds'")
    return cast("dict[str, Any]", parsed)


def _validated(model: type[Model], raw: dict[str, Any], file: Path) -> Model:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise ProfileError(explain(error, model, file.name)) from error


def explain(error: ValidationError, model: type[BaseModel], file: str) -> str:
    """One line a fault: the key, what is wrong, and for an unknown key the nearest known one."""
    lines: list[str] = []
    for fault in error.errors():
        where = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            siblings = list(_fields(model, fault["loc"][:-1]))
            lines.append(f"{file}: unknown key '{where}'{_nearest(str(fault['loc'][-1]), siblings)}")
        elif fault["type"] == "missing":
            lines.append(f"{file}: key '{where}' is missing")
        else:
            lines.append(f"{file}: {where + ': ' if where else ''}{fault['msg'].removeprefix('Value error, ')}")
    return "\n".join(lines)


def _fields(model: type[BaseModel], location: tuple[int | str, ...]) -> tuple[str, ...]:
    """Keys that the block at `location` may have, found by walking the annotations; () where it cannot be told."""
    for part in location:
        field = model.model_fields.get(str(part))
        if field is None:
            continue  # a name in a mapping, or a place in a list
        inner = next(iter(_models(field.annotation)), None)
        if inner is None:
            return ()
        model = inner
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _models(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in getattr(annotation, "__args__", ()) for model in _models(inner)]


def _nearest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; known: {', '.join(known)}" if known else ""
