"""Paper by typst as PDF/A-2a: a structure tree, embedded fonts, the same bytes for the same text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from layouts.words import Language
from reports.errors import NotWritten
from reports.fonts import sans_folder
from reports.letterhead import Frame

FOLDER = Path(__file__).parent
# Accessible, archived, and refused by the writer itself where a letter has no font or a picture no description.
STANDARD = "a-2a"
REGIONS = {Language.VI: "vn", Language.EN: "gb"}
# One compiler a process; a worker has many threads.
_ONE = Lock()


def pdf(template: str, frame: Frame, text: Mapping[str, Any]) -> bytes:
    """template: a file beside this module, which takes `framed` and `text` as one JSON. Raises NotWritten, naming what
    typst refused."""
    told = json.dumps({**framed(frame), **text}, ensure_ascii=False)
    try:
        with _ONE:
            found = _compiler().compile(
                FOLDER / template,
                format="pdf",
                sys_inputs={"report": told},
                pdf_standards=[STANDARD],
                timestamp=int(frame.at.timestamp()),
            )
    except typst.TypstError as error:
        raise NotWritten(f"the PDF was refused: {error.message}") from error
    if not isinstance(found, bytes):
        raise NotWritten("the PDF has no bytes")
    return found


@cache
def _compiler() -> typst.Compiler:
    """Reads the fonts once. Fonts that the machine happens to have would make other bytes elsewhere."""
    return typst.Compiler(root=FOLDER, font_paths=typst.Fonts(include_system_fonts=False, font_paths=[sans_folder()]))


def framed(frame: Frame) -> Mapping[str, Any]:
    """What frame.typ takes."""
    return {
        "lang": frame.language,
        "region": REGIONS[Language(frame.language)],
        "title": frame.title,
        "date": [frame.at.year, frame.at.month, frame.at.day],
        "over": frame.over,
        "body": frame.body,
        "country": frame.country,
        "motto": frame.motto,
        "number": frame.number,
        "dated": frame.dated,
        "kind": frame.kind,
        "subject": frame.subject,
        "as_of": frame.note,
        "to": frame.to,
        "mark": frame.mark,
        "warnings": frame.warnings,
        "lines": frame.lines,
        "recipients": frame.recipients,
        "recipient_lines": frame.recipient_lines,
        "signer": frame.signer,
        "sign_here": frame.sign_here,
    }
