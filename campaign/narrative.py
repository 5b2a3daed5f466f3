"""A narrative that a person edited, with its figures locked: placeholders are the only way to a figure.

    Text of the first section, with {doses} doses given.

    [since]
    New since the last meeting: {since_doses_new}.

A blank line ends a paragraph; `[name]` begins the text of that section, and sections that are not named keep theirs. A
number that is typed by hand must be one that the report itself says, written as it writes it: else it is refused, so
that no letter is signed with a figure of last week.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from campaign.report import Part

HEAD = re.compile(r"\[([a-z_]+)\]")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# Digits with what stands between them in figures, days and instants of either language.
NUMBER = re.compile(r"[+−-]?\d+(?:[.,:/]\d+)*%?")
# "2 million" is a figure that the report never writes, whatever its "2" is.
SCALE = re.compile(r"\s*(triệu|nghìn|ngàn|vạn|tỷ|tỉ|million|thousand|billion)\b", re.IGNORECASE)


class NarrativeRefused(ValueError):
    """The text says what the report does not; the message names the word, and the line that it stands in."""


def numbers_in(texts: Iterable[str]) -> frozenset[str]:
    """Every number that these texts say; of one with a plus also without it."""
    found = {_signed(number) for text in texts for number in NUMBER.findall(text)}
    return frozenset(found | {number.removeprefix("+") for number in found})


def _signed(number: str) -> str:
    return number.replace("-", "−")


def told(
    text: str, *, first: Part, parts: Iterable[Part], figures: Mapping[str, str], said: frozenset[str]
) -> dict[Part, tuple[str, ...]]:
    """Paragraphs by section. figures: by placeholder, as the report writes them; said: numbers that the report says.
    Raises NarrativeRefused."""
    found: dict[Part, list[str]] = {}
    known = {part.value: part for part in parts}
    own = first
    open_line: list[str] = []

    def close() -> None:
        if open_line:
            found.setdefault(own, []).append(" ".join(open_line))
            open_line.clear()

    for number, line in enumerate(text.splitlines(), start=1):
        head = HEAD.fullmatch(line.strip())
        if head is not None or not line.strip():
            close()
        if head is not None:
            if head[1] not in known:
                raise NarrativeRefused(
                    f"line {number}: the report has no section '{head[1]}'; it has {', '.join(known)}"
                )
            own = known[head[1]]
        elif line.strip():
            open_line.append(_line(line.strip(), number, figures, said))
    close()
    return {part: tuple(paragraphs) for part, paragraphs in found.items()}


def _line(line: str, number: int, figures: Mapping[str, str], said: frozenset[str]) -> str:
    by_hand = PLACEHOLDER.sub("", line)
    for found in NUMBER.finditer(by_hand):
        scale = SCALE.match(by_hand, found.end())
        typed = found[0] + (scale[0] if scale else "")
        if scale or _signed(typed) not in said:
            raise NarrativeRefused(
                f"line {number}: '{typed}' is no number of this report; name a figure as {{doses}}, or leave it out"
            )

    def put(match: re.Match[str]) -> str:
        if match[1] in figures:
            return figures[match[1]]
        near = get_close_matches(match[1], figures, n=1)
        hint = f"; did you mean '{{{near[0]}}}'?" if near else f"; there are {', '.join(sorted(figures))}"
        raise NarrativeRefused(f"line {number}: the report has no figure '{{{match[1]}}}'{hint}")

    made = PLACEHOLDER.sub(put, line)
    if "{" in by_hand or "}" in by_hand:
        raise NarrativeRefused(f"line {number}: a bracket is opened or closed alone")
    return made
