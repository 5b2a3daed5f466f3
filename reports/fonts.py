"""The fonts on paper. Both have every letter of Vietnamese and come as packages: nothing is fetched, nothing that the
machine happens to have is used. Be Vietnam Pro (SIL OFL 1.1) is the pages' own; Libertinus Serif (SIL OFL 1.1) is
compiled into typst and stands where Decree 30/2020 asks for Times New Roman."""

from __future__ import annotations

from pathlib import Path

import fontpkg

SANS, SERIF = "Be Vietnam Pro", "Libertinus Serif"
# What office programmes have; a letter that is edited there needs no font of ours.
OFFICE = "Times New Roman"


def sans_folder() -> Path:
    return Path(fontpkg.path(SANS)).parent


def sans_files() -> tuple[Path, ...]:
    """Regular, bold and italic."""
    chosen = ((400, "normal"), (700, "normal"), (400, "italic"))
    return tuple(Path(fontpkg.path(SANS, weight=weight, style=style)) for weight, style in chosen)
