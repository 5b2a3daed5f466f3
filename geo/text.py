"""Vietnamese text as officials search and sort it. Pure functions, no locale of the machine involved."""

import unicodedata
from functools import lru_cache

# The 29 letters in dictionary order, with the four that occur only in foreign names where Latin has them.
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER_RANK = {letter: rank for rank, letter in enumerate(_LETTERS, start=100)}
# Dictionary order of tones: ngang, huyền, hỏi, ngã, sắc, nặng.
_TONE_RANK = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_SEPARATOR_RANK = 0
_DIGIT_RANK = 10
_OTHER_RANK = 10_000

# Names of places, of which there are twenty thousand, are asked for with every page.
_REMEMBERED = 32_768

CollationKey = tuple[tuple[int, ...], tuple[int, ...], str]


@lru_cache(_REMEMBERED)
def fold_text(text: str) -> str:
    """Search key without accents, case or punctuation.

    "Đà Nẵng" -> "da nang", "Bà Rịa – Vũng Tàu" -> "ba ria vung tau".
    """
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    plain = (char for char in decomposed if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalnum() else " " for char in plain).split())


@lru_cache(_REMEMBERED)
def collation_key(text: str) -> CollationKey:
    """Sort key of the Vietnamese dictionary: letters first (Đ after D, Ă and Â after A), then tones, then case.

    Python's own order puts Đ after Y, since it compares code points. Names compare word by word,
    because a separator ranks below every letter.
    """
    letters: list[int] = []
    tones: list[int] = []
    for word in _words(text.casefold()):
        if letters:
            letters.append(_SEPARATOR_RANK)
            tones.append(0)
        for char in word:
            base, tone = _split_tone(char)
            letters.append(_rank(base))
            tones.append(tone)
    return tuple(letters), tuple(tones), unicodedata.normalize("NFC", text).swapcase()


def _words(text: str) -> list[str]:
    composed = unicodedata.normalize("NFC", text)
    return "".join(char if char.isalnum() else " " for char in composed).split()


def _split_tone(char: str) -> tuple[str, int]:
    """A letter without its tone mark, and the rank of that mark: "ẵ" -> ("ă", 3)."""
    tone = 0
    kept: list[str] = []
    for part in unicodedata.normalize("NFD", char):
        if part in _TONE_RANK:
            tone = _TONE_RANK[part]
        else:
            kept.append(part)
    return unicodedata.normalize("NFC", "".join(kept)), tone


def _rank(letter: str) -> int:
    if letter in _LETTER_RANK:
        return _LETTER_RANK[letter]
    if letter.isdigit():
        return _DIGIT_RANK + int(letter)
    return _OTHER_RANK + ord(letter[0])
