"""Each form read back with a library for its kind: its numbers are the model's, its marks are there."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pikepdf
import pypdfium2
import pytest
from pptx import Presentation
from pptx.shapes.graphfrm import GraphicFrame

from layouts.format import loose
from layouts.words import Language, load_catalogues
from tests.support.reported import AREA, LANGUAGES, Read, name_of

EACH = [(area, language) for area in ("vn", AREA) for language in LANGUAGES]
XMP_PART = "{http://www.aiim.org/pdfa/ns/id/}part"
XMP_CONFORMANCE = "{http://www.aiim.org/pdfa/ns/id/}conformance"
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d$")


def file(written: Path, area: str, language: str, form: str) -> Path:
    return written / f"{name_of(area, language)}.{form}"


def written_as(value: object, shape: str, language: str) -> str | None:
    """A number as a reader of the language sees it, by rules of this test's own. None: not compared as text."""
    if isinstance(value, dict):
        whole = value["whole"]
        tenths = value["part"] * 1000 // whole if whole else None
        text = None if tenths is None else f"{tenths // 10:,}.{tenths % 10}%"
    elif isinstance(value, int) and shape in ("whole", "signed"):
        text = f"{abs(value):,}"
        text = f"-{text}" if value < 0 else f"+{text}" if value and shape == "signed" else text
    else:
        return None
    if text is None:
        return "–"
    marks = {",": ".", ".": ",", "-": "−"} if language == "vi" else {"-": "−"}
    return text.translate(str.maketrans(marks))


def printed(told: Read, language: str) -> Iterator[tuple[str, str]]:
    """Every number that paper shows: where, and as what."""
    for key, value in told.figures.items():
        shape = next(item["shape"] for part in told.all["sections"] for item in part["figures"] if item["key"] == key)
        if (text := written_as(value, shape, language)) is not None:
            yield key, text
    for key in ("targets", "provinces", "funnel", "groups", "expiry"):
        columns = told.tables[key]["columns"]
        for row in told.tables[key]["rows"]:
            for column, value in zip(columns, row, strict=True):
                if (text := written_as(value, column["shape"], language)) is not None:
                    yield f"{key}/{column['key']}", text


@pytest.mark.parametrize(("area", "language"), EACH)
def test_pdf(written: Path, read: Mapping[tuple[str, str], Read], area: str, language: str) -> None:
    told = read[area, language]
    document = pypdfium2.PdfDocument(file(written, area, language, "pdf"))
    pages = [page.get_textpage().get_text_bounded() for page in document]
    whole = " ".join(pages)
    for where, text in printed(told, language):
        assert text in whole, where
    flat = [" ".join(page.split()) for page in pages]
    for line in told.all["lines"]:
        assert all(line in page for page in flat), "every page says from what its figures are"
    words = load_catalogues()[Language(language)]
    for key in ("report.country", "report.motto", "report.kind", "report.signer"):
        assert words(key) in flat[0] + " ".join(flat)
    for page in document:
        width, height = page.get_size()
        assert (round(width), round(height)) == (595, 842)
    document.close()


@pytest.mark.parametrize(("area", "language"), EACH)
def test_pdf_is_archived_and_accessible(written: Path, area: str, language: str) -> None:
    with pikepdf.open(file(written, area, language, "pdf")) as document:
        root = document.Root
        assert root.MarkInfo.Marked
        assert "/StructTreeRoot" in root
        assert len(list(root.StructTreeRoot.K)) > 0
        assert str(root.Lang).startswith(language)
        with document.open_metadata() as about:
            assert (about[XMP_PART], about[XMP_CONFORMANCE]) == ("2", "A")
        kinds = {str(item.get("/S")) for item in document.objects if isinstance(item, pikepdf.Dictionary)}
        assert {"/Table", "/TH", "/TD", "/H1", "/Figure"} <= kinds
        alternatives = [
            str(item.Alt)
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure" and "/Alt" in item
        ]
        assert any("Hoàng Sa" in text and "Trường Sa" in text for text in alternatives)
        fonts = [
            item
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        assert all({"/FontFile2", "/FontFile3"} & set(item.keys()) for item in fonts)
        names = {str(item.FontName).partition("+")[2] for item in fonts}
        assert all(name.startswith(("BeVietnamPro", "LibertinusSerif")) for name in names)
        assert "/Encrypt" not in document.trailer


@pytest.mark.parametrize(("area", "language"), EACH)
def test_letter(written: Path, read: Mapping[tuple[str, str], Read], area: str, language: str) -> None:
    told = read[area, language]
    found = docx.Document(str(file(written, area, language, "docx")))
    words = load_catalogues()[Language(language)]
    head, *tables, foot = found.tables
    assert words("report.country") in head.rows[0].cells[1].text
    assert words("report.number", blank="………") in head.rows[0].cells[0].text
    assert words("report.signer") in foot.rows[0].cells[1].text
    by_head = {tuple(cell.text for cell in table.rows[0].cells): table for table in tables}
    for table in told.tables.values():
        if not table["rows"]:
            continue
        own = by_head[tuple(column["label"] for column in table["columns"])]
        body = [[cell.text for cell in row.cells] for row in own.rows][1:]
        rows = table["rows"]
        shown = (
            rows
            if len(body) == len(rows)
            else [*rows[: len(body) - table["totals"]], *rows[len(rows) - table["totals"] :]]
        )
        assert len(shown) == len(body), table["key"]
        for texts, values in zip(body, shown, strict=True):
            for text, column, value in zip(texts, table["columns"], values, strict=True):
                expected = written_as(value, column["shape"], language)
                assert expected is None or text == expected, f"{table['key']}/{column['key']}"
    text = loose("\n".join(paragraph.text for paragraph in found.paragraphs))
    for section in told.all["sections"]:
        for sentence in section["sentences"]:
            assert sentence in text
        for figure in section["figures"]:
            if (number := written_as(figure["value"], figure["shape"], language)) is not None:
                assert f"{figure['label']}: {number}" in text
    assert all(line in loose(found.sections[0].footer.paragraphs[0].text) for line in told.all["lines"])


@pytest.mark.parametrize(("area", "language"), EACH)
def test_workbook(written: Path, read: Mapping[tuple[str, str], Read], area: str, language: str) -> None:
    told = read[area, language]
    book = openpyxl.load_workbook(file(written, area, language, "xlsx"))
    heads = {tuple(cell.value for cell in sheet[5] if cell.value): sheet for sheet in book}
    for table in told.tables.values():
        sheet = heads[tuple(column["label"] for column in table["columns"])]
        rows = list(sheet.iter_rows(min_row=6, max_col=len(table["columns"]), values_only=True))
        assert len(rows) == len(table["rows"]), "a sheet has every row, none is cut"
        for cells, values in zip(rows, table["rows"], strict=True):
            for cell, column, value in zip(cells, table["columns"], values, strict=True):
                assert same_cell(cell, value, column["shape"]), f"{table['key']}/{column['key']}: {cell} {value}"
    with zipfile.ZipFile(file(written, area, language, "xlsx")) as parts:
        charts = [name for name in parts.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
        assert len(charts) == len(told.charts)
        assert all(b"<c:numRef>" in parts.read(name) for name in charts), "each is drawn from cells"
    for sheet in book:
        assert [sheet["A2"].value, sheet["A3"].value] == told.all["lines"]
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    texts = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {item["text"] for item in told.all["definitions"]} <= texts


def same_cell(cell: Any, value: Any, shape: str) -> bool:
    if isinstance(value, dict):
        return cell == value["share"] or (cell is None and value["share"] is None)
    if value is None or value == "":
        return cell in (None, "")
    if shape in ("day", "instant"):
        return cell.isoformat()[:10] == value[:10] or shape == "instant"
    # The format keeps sixteen digits of a number.
    return cell == (pytest.approx(value, rel=1e-14) if isinstance(value, float) else value)


@pytest.mark.parametrize(("area", "language"), EACH)
def test_slides(written: Path, read: Mapping[tuple[str, str], Read], area: str, language: str) -> None:
    told = read[area, language]
    deck = Presentation(str(file(written, area, language, "pptx")))
    frames = [shape for slide in deck.slides for shape in slide.shapes if isinstance(shape, GraphicFrame)]
    drawn = [frame.chart for frame in frames if frame.has_chart]
    assert len(drawn) == len(told.charts)
    for chart, expected in zip(drawn, told.charts.values(), strict=True):
        (series,) = chart.plots[0].series
        scale = 10 if expected["shape"] == "share" else 1
        assert list(chart.plots[0].categories) == expected["categories"]
        assert [round(value * scale) for value in series.values] == expected["values"]
        data = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
        assert data is not None
        assert [round((row[1] or 0) * scale) for row in data.iter_rows(min_row=2, values_only=True)] == expected[
            "values"
        ]
    tables = [[[cell.text for cell in row.cells] for row in frame.table.rows] for frame in frames if frame.has_table]
    for key in ("provinces", "groups", "expiry", "funnel"):
        table = told.tables[key]
        head = [column["label"] for column in table["columns"]]
        body = [row for texts in tables if texts[0] == head for row in texts[1:]]
        assert len(body) == len(table["rows"])
        for texts, values in zip(body, table["rows"], strict=True):
            for text, column, value in zip(texts, table["columns"], values, strict=True):
                expected = written_as(value, column["shape"], language)
                assert expected is None or text == expected
    for slide in deck.slides:
        assert slide.shapes.title is not None
        assert slide.shapes.title.text
        whole = loose("\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame))
        assert all(line in whole for line in told.all["lines"])
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height, f"{slide.shapes.title.text}: {shape.name}"


@pytest.mark.parametrize(("area", "language"), EACH)
def test_csv(written: Path, read: Mapping[tuple[str, str], Read], area: str, language: str) -> None:
    told = read[area, language]
    body = file(written, area, language, "csv").read_bytes()
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    found = {(row["table"], row["row"], row["column"]): row for row in rows}
    assert (
        len(found)
        == len(rows)
        == len(told.figures) + sum(len(table["rows"]) * len(table["columns"]) for table in told.tables.values())
    )
    assert {row["snapshot"] for row in rows} == {"7"}
    for key, value in told.figures.items():
        assert found["figures", key, key]["value"] == ("" if value is None else str(value))
    for key, table in told.tables.items():
        for number, row in enumerate(table["rows"], start=1):
            for column, value in zip(table["columns"], row, strict=True):
                own = found[key, str(number), column["key"]]
                if isinstance(value, dict):
                    assert own["part"] == str(value["part"])
                    assert own["whole"] == ("" if value["whole"] is None else str(value["whole"]))
                elif isinstance(value, int | float):
                    assert own["value"] == str(value)


def test_no_english_word_on_a_vietnamese_page(written: Path) -> None:
    """Words of the English catalogue's own sections and columns; names of vaccines and codes are the same in both."""
    catalogues = load_catalogues()
    english = {
        text
        for family in ("report_part", "report_table", "report_column", "device_state", "stage", "verdict", "state")
        for key, text in catalogues[Language.EN].under(family).items()
        if text != catalogues[Language.VI].under(family)[key] and "{" not in text
    }
    document = pypdfium2.PdfDocument(file(written, "vn", "vi", "pdf"))
    whole = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    document.close()
    assert not [text for text in english if re.search(rf"\b{re.escape(text)}\b", whole)]
