"""`app.py report --since`: new and revised beside queries of the test's own on both files, what a real refresh
corrected, and what it refuses. And last week's report, which stays what it was."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pypdfium2
import pytest
from docx import Document
from pptx import Presentation

from campaign.report import UnknownSection, chosen
from cli.main import main
from tests.support.declared import RAW, doses_csv, write_profile
from tests.support.declared import publish as publish_files
from tests.support.reported import VERSION, Read, publish, write_reports
from tests.support.snapshots import Recipe
from warehouse.files import point_to, snapshot_path, versions

LATER = VERSION + 1
CLOSED = date(2021, 11, 21)  # the earlier snapshot is as of 14:05 on the 22nd, the day closes at 16:00
FIGURES = {"doses": "doses", "dose1_people": "dose1_people", "full_people": "full_people"}
# Doses entered late and withdrawn, people moved to another day, and two days that are new.
CORRECTED = (
    "UPDATE snapshot_info SET version = 8, content_hash = 'later', as_of = as_of + INTERVAL 2 DAY,"
    " last_day = last_day + 2",
    "UPDATE doses_by_day SET doses = doses + 310 WHERE area_code = '79' AND day = DATE '2021-11-05'",
    "UPDATE doses_by_day SET doses = doses - 40 WHERE area_code = '01' AND day = DATE '2021-11-05' AND doses > 40",
    "INSERT INTO doses_by_day SELECT code, DATE '2021-11-23', '', 77 FROM area WHERE code NOT IN ('12')",
    "UPDATE people_by_day SET dose1_people = dose1_people - 6 WHERE area_code = '01' AND population_group = 'all'"
    " AND day = DATE '2021-10-03'",
    "INSERT INTO people_by_day (area_code, population_group, day, dose1_people, full_people, boosted_people)"
    " VALUES ('01', 'all', DATE '2021-11-24', 6, 9, 0)",
    "UPDATE people_by_area SET full_people = full_people + 9 WHERE area_code = '01' AND population_group = 'all'",
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("since")
    first = publish(state, Recipe(version=VERSION))
    later = snapshot_path(first.parent, LATER)
    shutil.copy(first, later)
    with duckdb.connect(later) as database:
        for statement in CORRECTED:
            database.execute(statement)
    point_to(first.parent, LATER)
    return state


def kept(state: Path, version: int) -> Path:
    return snapshot_path(state / "warehouse" / "snapshots", version)


def of_days(file: Path, figure: str, *, up_to: date | None = None, after: date | None = None, area: str = "") -> int:
    """A figure's sum over days, by a query of its own."""
    table, where = ("doses_by_day", "") if figure == "doses" else ("people_by_day", "AND population_group = 'all'")
    with duckdb.connect(file, read_only=True) as database:
        (found,) = database.execute(
            f"SELECT coalesce(sum({figure}), 0)::BIGINT FROM {table} WHERE $area IN ('', area_code)"
            f" AND day <= $up_to AND day > $after {where}",
            {"area": area, "up_to": up_to or date.max, "after": after or date(1900, 1, 1)},
        ).fetchall()
    return int(found[0])


def since_name(area: str, language: str) -> str:
    return f"report-{area}-{LATER:010d}-since-{VERSION:010d}-{language}"


@pytest.fixture(scope="module")
def told(both: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Read]:
    out = tmp_path_factory.mktemp("told")
    asked = ("--since", str(VERSION), "--area", "nation", "--area", "01", "--sections", "since,headline")
    assert write_reports(both, out, *asked, "--form", "json", "--live") == 0
    return {area: Read(out / f"{since_name(area, 'vi')}.json") for area in ("vn", "01")}


@pytest.mark.parametrize("area", ["", "01"])
def test_new_and_revised_are_those_of_the_files(both: Path, told: dict[str, Read], area: str) -> None:
    rows = {row["figure"]: row for row in told[area or "vn"].rows("since")}
    figures = told[area or "vn"].figures
    for (figure, _), row in zip(FIGURES.items(), rows.values(), strict=False):
        before, now = kept(both, VERSION), kept(both, LATER)
        new = of_days(now, figure, after=CLOSED, area=area) - of_days(before, figure, after=CLOSED, area=area)
        revised = of_days(now, figure, up_to=CLOSED, area=area) - of_days(before, figure, up_to=CLOSED, area=area)
        assert (row["before"], row["now"]) == (of_days(before, figure, area=area), of_days(now, figure, area=area))
        assert (row["new"], row["revised"]) == (new, revised)
        assert row["new"] + row["revised"] == row["difference"] == row["now"] - row["before"]
        assert row["raised"] + row["lowered"] == row["revised"]
        assert (figures[f"since_{figure}_new"], figures[f"since_{figure}_revised"]) == (new, revised)
        assert row["now"] == figures[figure], "the headline's live figure"
    assert [row["new"] for row in rows.values()][3:] == [None] * (len(rows) - 3)


def test_provinces_add_up_to_the_nation(told: dict[str, Read]) -> None:
    *areas, nation = told["vn"].rows("since_areas")
    for key in nation.keys() - {"area"}:
        assert sum(row[key] for row in areas) == nation[key], key
    own = {row["figure"]: row for row in told["01"].rows("since")}
    (hanoi,) = [row for row in areas if row["area"] == told["01"].all["place"]]
    assert hanoi["doses_revised"] == next(iter(own.values()))["revised"]


def test_corrections_are_listed_as_day_figure_and_change(told: dict[str, Read]) -> None:
    rows = told["vn"].rows("since_days")
    assert {(row["day"], row["figure"]) for row in rows} == {
        ("2021-11-05", "Số mũi tiêm"),
        ("2021-10-03", "Số người đã tiêm ít nhất 1 mũi"),
    }
    (section,) = [part for part in told["vn"].all["sections"] if part["section"] == "since"]
    change = next(row["change"] for row in rows if row["day"] == "2021-11-05")
    assert f"05/11: Số mũi tiêm điều chỉnh {change:+,}.".replace(",", ".") in section["sentences"]
    assert "03/10: Số người đã tiêm ít nhất 1 mũi điều chỉnh −6." in section["sentences"]
    assert "ngày 21/11/2021, ngày báo cáo cuối cùng đã đóng" in section["sentences"][0]
    assert told["vn"].all["pins"]["since"]["snapshot"] == VERSION
    assert all(f"So với bản chụp số {VERSION} (" in line for line in told["vn"].all["lines"][1:])


def test_a_day_names_its_last_snapshot(both: Path, tmp_path: Path) -> None:
    for number, day in enumerate(("2021-11-22", "22/11/2021", str(kept(both, VERSION)))):
        out = tmp_path / str(number)
        assert write_reports(both, out, "--since", day, "--form", "csv", "--section", "since") == 0
        assert [item.name for item in out.iterdir()] == [f"{since_name('vn', 'vi')}.csv"]


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("--since", "3"), 1, "--since: 3 is not kept; the nearest that is kept is 7"),
        (("--since", "2021-11-23"), 1, "--since: no snapshot as of 23/11/2021 is kept"),
        (("--since", "2021-11-23"), 1, "the nearest that are kept: 7 of 22/11/2021 and 8 of 24/11/2021"),
        (("--since", "2021-10-01"), 1, "the nearest that are kept: 7 of 22/11/2021"),
        (("--since", "nowhere"), 1, "--since: 'nowhere' is neither a number nor a file"),
        (("--since", str(LATER)), 2, "--since: snapshot 8 is as of 24/11/2021"),
        (("--snapshot", "7", "--since", str(LATER)), 2, "which is not before snapshot 7"),
        (("--section", "since"), 2, "section 'since' compares with an earlier snapshot, and none is named"),
    ],
)
def test_what_cannot_be_compared(
    both: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...], code: int, said: str
) -> None:
    assert write_reports(both, tmp_path / "out", *asked, "--form", "json") == code
    printed = capsys.readouterr()
    assert said in printed.err
    assert not printed.out


def test_sections_without_an_earlier_snapshot_are_the_others() -> None:
    assert "since" not in chosen([])
    assert chosen([], since=True)[1] == "since"
    with pytest.raises(UnknownSection, match="none is named"):
        chosen(["since"])


def test_a_report_stays_what_it_was_after_a_refresh_brought_corrections(tmp_path: Path) -> None:
    """Two publications of a real source: the second corrects two days of the first and adds one."""
    data, state = tmp_path / "data", tmp_path / "state"
    write_profile(tmp_path / "profile", raw=RAW)
    profile = str(tmp_path / "profile" / "trial.yaml")
    rows = [("2021-05-01", "North", 100, 10), ("2021-05-01", "South", 400, 40), ("2021-05-02", "South", 70, 7)]
    publish_files(data, "2021-05-04", doses=doses_csv(rows))
    assert main(["replay", str(data), "--profile", profile, "--state", str(state)]) == 0
    (first,) = versions(state / "warehouse" / "snapshots")
    languages = ("--lang", "vi", "--lang", "en")
    assert write_reports(state, tmp_path / "then", *languages) == 0

    corrected = [("2021-05-01", "North", 130, 10), ("2021-05-01", "South", 400, 40), ("2021-05-02", "South", 61, 7)]
    publish_files(data, "2021-05-06", doses=doses_csv([*corrected, ("2021-05-05", "North", 25, 5)]))
    assert main(["replay", str(data), "--profile", profile, "--state", str(state)]) == 0
    assert versions(state / "warehouse" / "snapshots")[-1] > first

    assert write_reports(state, tmp_path / "again", *languages, "--snapshot", str(first)) == 0
    names = sorted(file.name for file in (tmp_path / "then").iterdir())
    assert len(names) == 12
    assert names == sorted(file.name for file in (tmp_path / "again").iterdir())
    for name in names:
        then, again = tmp_path / "then" / name, tmp_path / "again" / name
        if name.endswith(("pdf", "csv", "json")):
            assert then.read_bytes() == again.read_bytes(), name
        else:
            assert texts(then) == texts(again), name
            assert len(texts(then)) > 30

    assert write_reports(state, tmp_path / "since", "--since", str(first), "--live") == 0
    (file,) = (tmp_path / "since").glob("*.json")
    told = Read(file)
    doses, dose1, _ = told.rows("since")[:3]
    assert (doses["before"], doses["new"], doses["raised"], doses["lowered"], doses["now"]) == (627, 30, 30, -9, 678)
    assert (dose1["before"], dose1["new"], dose1["revised"], dose1["now"]) == (570, 25, 21, 616)
    assert {(row["day"], row["change"]) for row in told.rows("since_days")} == {("2021-05-01", 30), ("2021-05-02", -9)}
    (pdf,) = (tmp_path / "since").glob("*.pdf")
    document = pypdfium2.PdfDocument(pdf)
    whole = " ".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    assert "01/05: Số mũi tiêm điều chỉnh +30." in " ".join(whole.split())


def texts(file: Path) -> list[Any]:
    """Every text and number of an office file, in its order."""
    if file.suffix == ".xlsx":
        return [cell.value for sheet in openpyxl.load_workbook(file) for row in sheet.iter_rows() for cell in row]
    if file.suffix == ".docx":
        found = Document(str(file))
        cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
        return [*(paragraph.text for paragraph in found.paragraphs), *cells]
    deck = Presentation(str(file))
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    return [
        *(shape.text_frame.text for shape in shapes if shape.has_text_frame),
        *(cell.text for shape in shapes if shape.has_table for row in shape.table.rows for cell in row.cells),
        *(
            value
            for shape in shapes
            if shape.has_chart
            for plot in shape.chart.plots
            for series in plot.series
            for value in series.values
        ),
    ]
