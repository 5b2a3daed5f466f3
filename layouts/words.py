"""The words on the screen, in Vietnamese and in English. Keys are short; texts live in locale/<language>.po."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

# What the demonstration's names end with, wherever they are kept: nothing of them is real.
MARK = "(minh họa)"
FOLDER = Path(__file__).resolve().parent / "locale"


class Language(StrEnum):
    VI = "vi"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue of one language. An unknown key raises KeyError: a page must not show a key instead of a text."""

    language: Language
    texts: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        text = self.texts[key]
        return text.format(**values) if values else text

    def counted(self, key: str, number: float, /, **values: object) -> str:
        """The text for one, `<key>.one`, or for another number; Vietnamese says both alike."""
        return self(f"{key}.one" if number == 1 else key, **values)

    def named(self, family: str, name: str) -> str:
        """Text of `<family>.<name>`; `name` itself where the source uses one that we do not know."""
        return self.texts.get(f"{family}.{name}", name)

    def under(self, family: str) -> dict[str, str]:
        """All texts of a family by the rest of their key, as the browser's scripts are handed them."""
        start = f"{family}."
        return {key.removeprefix(start): text for key, text in self.texts.items() if key.startswith(start)}

    def marked(self, name: str) -> str:
        """A name as it is kept, the demonstration's mark in this language; no other part of a name is translated."""
        return name.replace(MARK, self("demo.mark"))

    def pick(self, vi: str, en: str) -> str:
        """Of two texts that the data bring along, the one in this language; the other where it is empty."""
        return (vi or en) if self.language is Language.VI else (en or vi)


Catalogues = Mapping[Language, Words]


@cache
def load_catalogues() -> Catalogues:
    """Both catalogues, read once a process; nobody changes them."""
    return {language: Words(language=language, texts=_read(language)) for language in Language}


def _read(language: Language) -> dict[str, str]:
    with (FOLDER / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language.value)
    return {str(message.id): str(message.string) for message in catalogue if message.id}
