"""What somebody saw in the pictures (docs/SCREENSHOTS.md), and the page that shows each picture with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

FINDINGS = Path(__file__).resolve().parent.parent / "docs" / "SCREENSHOTS.md"
COLUMNS = 5
ANY = "all"
NOT_LOOKED_AT = "nobody has looked at this one yet"
STYLE = """
body { margin: 2rem; font: 16px/1.5 system-ui, sans-serif; color: #14202e; background: #f3f6f9; }
h2 { margin-top: 3rem; }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem; padding: 0; }
li { padding: 1rem; background: #fff; border-radius: .6rem; list-style: none; }
img { width: 100%; height: 16rem; object-fit: cover; object-position: top; border: 1px solid #ccd; }
.fault { color: #b3261e; font-weight: 600; }
p { margin: .4rem 0 0; }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture. faults: what the browser itself told of it."""

    page: str
    width: int
    language: str
    theme: str
    faults: tuple[str, ...] = field(default=())

    @property
    def file(self) -> str:
        return f"{self.page}-{self.width}-{self.language}-{self.theme}.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found on looking at one picture or at several: `all` stands for every page, width, language or theme."""

    page: str
    width: str
    language: str
    theme: str
    found: str

    def is_about(self, shot: Shot) -> bool:
        pairs = ((self.page, shot.page), (self.width, str(shot.width)), (self.language, shot.language))
        return all(_names(cell, value) for cell, value in (*pairs, (self.theme, shot.theme)))


def _names(cell: str, value: str) -> bool:
    return cell == ANY or value in [part.strip() for part in cell.split(",")]


def read_findings(path: Path) -> tuple[Finding, ...]:
    """The rows of the table in `path`, after its head and the line below it."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    return tuple(
        Finding(page=row[0], width=row[1], language=row[2], theme=row[3], found=row[4])
        for row in rows[2:]
        if len(row) == COLUMNS
    )


def seen_in(shot: Shot, findings: Sequence[Finding]) -> str:
    """Everything that was found there; "none" holds only where nothing else was."""
    told = [finding.found for finding in findings if finding.is_about(shot)]
    defects = [text for text in told if text != "none"]
    return "; ".join(defects) if defects else "none" if told else NOT_LOOKED_AT


def write_index(folder: Path, shots: Sequence[Shot], findings: Sequence[Finding]) -> None:
    """index.html beside the pictures: for each what was found on looking, and what the browser told."""
    parts = [
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Pictures of every page</title>',
        f"<style>{STYLE}</style></head><body><h1>Pictures of every page</h1>",
        f"<p>{len(shots)} pictures. Found on looking: a defect and how it was mended, or none.</p>",
    ]
    for name in dict.fromkeys(shot.page for shot in shots):
        parts.append(f"<h2>{escape(name)}</h2><ul>")
        parts += [_item(shot, seen_in(shot, findings)) for shot in shots if shot.page == name]
        parts.append("</ul>")
    (folder / "index.html").write_text("\n".join((*parts, "</body></html>", "")), encoding="utf-8")


def _item(shot: Shot, seen: str) -> str:
    name = escape(f"{shot.page}, {shot.width} px, {shot.language}, {shot.theme}")
    faults = "".join(f'<p class="fault">browser: {escape(text)}</p>' for text in shot.faults)
    picture = f'<a href="{shot.file}"><img src="{shot.file}" alt="{name}" loading="lazy"></a>'
    return f"<li>{picture}<p><b>{name}</b></p><p>{escape(seen)}</p>{faults}</li>"
