"""What was seen in the pictures: each finding is about pictures that the command takes, and stands beside them."""

from __future__ import annotations

from itertools import product
from pathlib import Path

from cli.screenshots import LANGUAGES, THEMES, VIEWS, WIDTHS
from cli.screenshots_index import ANY, FINDINGS, NOT_LOOKED_AT, Shot, read_findings, seen_in, write_index

TABLE = """# Seen
| page | width | language | theme | found |
|---|---|---|---|---|
| people | all | all | all | none |
| people, data | 390 | vi | all | a word was clipped: the column is wider now |
"""


def shot(page: str, width: int = 1440, language: str = "vi", theme: str = "dark") -> Shot:
    return Shot(page=page, width=width, language=language, theme=theme)


def test_a_picture_is_told_what_was_found_in_it_none_or_that_nobody_looked(tmp_path: Path) -> None:
    (tmp_path / "seen.md").write_text(TABLE, encoding="utf-8")
    findings = read_findings(tmp_path / "seen.md")
    assert seen_in(shot("people"), findings) == "none"
    assert seen_in(shot("people", 390), findings) == "a word was clipped: the column is wider now"
    assert seen_in(shot("data", 390), findings) == "a word was clipped: the column is wider now"
    assert seen_in(shot("data", 390, "en"), findings) == NOT_LOOKED_AT


def test_the_index_shows_every_picture_with_both(tmp_path: Path) -> None:
    (tmp_path / "seen.md").write_text(TABLE.replace("clipped", "<clipped>"), encoding="utf-8")
    taken = [shot("people", 390), Shot(page="data", width=390, language="en", theme="dark", faults=("7 px too wide",))]
    write_index(tmp_path, taken, read_findings(tmp_path / "seen.md"))
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert [page.count(f'src="{one.file}"') for one in taken] == [1, 1]
    assert "a word was &lt;clipped&gt;" in page
    assert "browser: 7 px too wide" in page
    assert NOT_LOOKED_AT in page


def test_what_was_written_down_is_about_pictures_that_the_command_takes() -> None:
    known = ({view.name for view in VIEWS}, {str(width) for width in WIDTHS}, set(LANGUAGES), set(THEMES))
    findings = read_findings(FINDINGS)
    assert findings
    for finding in findings:
        cells = (finding.page, finding.width, finding.language, finding.theme)
        for cell, names in zip(cells, known, strict=True):
            assert cell == ANY or {part.strip() for part in cell.split(",")} <= names, finding
        assert finding.found
    assert len({view.name for view in VIEWS}) == len(VIEWS)
    told = [
        seen_in(Shot(page=view.name, width=width, language=language, theme=theme), findings)
        for view, width, language, theme in product(VIEWS, WIDTHS, LANGUAGES, THEMES)
    ]
    assert sum(text != NOT_LOOKED_AT for text in told) > 0
