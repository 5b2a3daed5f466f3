"""Pictures of a PDF's pages, so that a browser shows what will be printed and no plug-in decides how."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pypdfium2
from PIL.Image import Image

# Pixels to a point: an A4 page is then 794 wide, as wide as a page of CSS pixels.
SCALE = 96 / 72


def page_pictures(pdf: bytes) -> list[bytes]:
    """PNG, one a page, in their order."""
    document: Any = pypdfium2.PdfDocument(pdf)
    try:
        return [_png(document[number].render(scale=SCALE).to_pil()) for number in range(len(document))]
    finally:
        document.close()


def _png(page: Image) -> bytes:
    out = BytesIO()
    # Few colours: letters, bars and classes of the map. A third of the size, and no difference to see.
    page.convert("RGB").quantize(128).save(out, "PNG", optimize=True)
    return out.getvalue()
