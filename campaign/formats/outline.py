"""The text that Fridge-tags write, as a tree: `field: value` by indentation, and rows that begin with a tab.

There is no public specification; the shape is that of the exports themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

# One line may hold several fields of one level: "T AL: -0.5, t AL: 60". A comma alone does not part two.
_NEXT_FIELD = re.compile(r", (?=[A-Za-z][A-Za-z ]*: )")
_FIELD = re.compile(r"( *)([^:\t]+):(?: (.*))?")
# What a whole file has, in this order.
_PARTS = ("Device", "Conf", "Hist", "Cert", "Sig Cert", "Sig")
AGAIN = "read the device out again and send the whole file"


class LoggerFileBad(ValueError):
    """This file is not taken. The message is one line: the field, what is wrong with it, and what to do.

    `field` is the file's own name of what is wrong, `file` where it is the file as such; a file that is cut off has
    the field `Sig`, the last one of a whole file.
    """

    def __init__(self, name: str, wrong: str, fix: str) -> None:
        super().__init__(f"{name}: {wrong}; {fix}")
        self.field = name


@dataclass(slots=True)
class Node:
    """One field with what is indented below it. `rows`: line number and text of the lines that begin with a tab."""

    value: str = ""
    children: list[tuple[str, Node]] = field(default_factory=list["tuple[str, Node]"])
    rows: list[tuple[int, str]] = field(default_factory=list["tuple[int, str]"])

    def get(self, *path: str) -> Node | None:
        node: Node | None = self
        for name in path:
            node = next((child for key, child in node.children if key == name), None) if node else None
        return node

    def text(self, *path: str) -> str:
        """'' where there is no such field, or nothing in it."""
        found = self.get(*path)
        return found.value if found else ""


def read_outline(content: bytes, *, max_bytes: int) -> Node:
    """The whole file as a tree. Raises LoggerFileBad where it is not text, not of this kind, too long or cut off."""
    lines = _lines(content, max_bytes=max_bytes)
    if not lines[0][1].startswith("Device:"):
        raise LoggerFileBad(
            "Device", f"the first line is '{_short(lines[0][1])}'", "send the text file (.txt) that a Fridge-tag writes"
        )
    _check_whole(lines)
    root = Node()
    above: list[tuple[int, Node]] = [(-1, root)]
    for number, line in lines:
        if line.startswith("\t"):
            above[-1][1].rows.append((number, line))
            continue
        for depth, name, value in _fields(number, line):
            while above[-1][0] >= depth:
                above.pop()
            node = Node(value)
            above[-1][1].children.append((name, node))
            above.append((depth, node))
    return root


def _lines(content: bytes, *, max_bytes: int) -> list[tuple[int, str]]:
    """Lines that are not blank, with their number in the file."""
    if len(content) > max_bytes:
        raise LoggerFileBad("file", f"longer than {max_bytes} bytes", "send the file of one device, as it wrote it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LoggerFileBad(
            "file", f"no text (byte {error.start + 1})", "send the .txt file of the device, not the PDF"
        ) from error
    if "\0" in text:
        raise LoggerFileBad("file", "no plain text (it holds zero bytes)", "send the .txt file as the device wrote it")
    # Not splitlines(), which also divides at signs that no device writes as an end of line.
    numbered = enumerate(text.replace("\r\n", "\n").split("\n"), start=1)
    lines = [(number, line.rstrip("\r ")) for number, line in numbered if line.strip()]
    if not lines:
        raise LoggerFileBad("file", "it is empty", AGAIN)
    return lines


def _check_whole(lines: Sequence[tuple[int, str]]) -> None:
    """The signature is the last line. It is not verified, so what can be told is that the end is there."""
    names = {line.partition(":")[0] for _, line in lines if not line.startswith((" ", "\t")) and ":" in line}
    number, last = lines[-1]
    missing = [name for name in _PARTS if name not in names]
    if missing:
        raise LoggerFileBad(
            "Sig", f"cut off: it ends in line {number} ('{_short(last)}') without {', '.join(missing)}", AGAIN
        )
    end = next(index for index, (_, line) in enumerate(lines) if line.startswith("Sig:"))
    if end < len(lines) - 1:
        number, after = lines[end + 1]
        raise LoggerFileBad(
            "file", f"line {number} ('{_short(after)}') comes after the signature", "send one export a file"
        )
    values = {name: value.strip() for name, _, value in (line.partition(":") for _, line in lines)}
    sig, cert = values["Sig"], values["Sig Cert"]
    if len(sig) < len(cert) or not sig or re.fullmatch(r"[0-9A-Fa-f]*", sig) is None:
        raise LoggerFileBad("Sig", f"cut off: it has {len(sig)} of {len(cert)} characters", AGAIN)


def _fields(number: int, line: str) -> Iterator[tuple[int, str, str]]:
    """Depth, name and value of each field of a line; those after the first are of its level."""
    depth = len(line) - len(line.lstrip(" "))
    for part in _NEXT_FIELD.split(line.strip(" ")):
        found = _FIELD.fullmatch(part)
        if found is None:
            raise LoggerFileBad(f"line {number}", f"'{_short(line)}' is no 'field: value'", AGAIN)
        yield depth, found[2], (found[3] or "").strip()


def _short(line: str, most: int = 40) -> str:
    """The beginning of a line, for a message of one line."""
    plain = "".join(sign if sign.isprintable() else " " for sign in line.replace("\t", " ")).strip()
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"
