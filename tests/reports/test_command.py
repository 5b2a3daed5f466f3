"""`app.py report`: what it refuses, that no file is half there, and that last week's report stays what it was."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from campaign.report import Column, Part, Pins, Report, Section, Shape, Share, Table, UnknownSection, chosen
from layouts.words import Language, load_catalogues
from reports.errors import NotWritten
from reports.forms import FORMS, write_whole
from reports.letterhead import Letterhead, Sheet
from reports.workbook import MOST_ROWS, workbook
from tests.support.reported import VERSION, Read, name_of, publish, write_reports
from tests.support.snapshots import Recipe

SAME_BYTES = ("pdf", "csv", "json")
DISK_KB = 600
ROOT = Path(__file__).resolve().parents[2]


def test_a_report_stays_the_same_after_corrections_arrived(reported_state: Path, written: Path, tmp_path: Path) -> None:
    """Written again, from the file alone and from a state in which a later snapshot has corrected figures."""
    kept = Path("warehouse") / "snapshots" / f"snapshot-{VERSION:010d}.duckdb"
    file = reported_state / kept
    publish(tmp_path / "state", Recipe(version=VERSION + 1, extra=(("01", 40),)))
    shutil.copy(file, tmp_path / "state" / kept)
    forms = [word for form in SAME_BYTES for word in ("--form", form)]
    for number, (state, snapshot) in enumerate(((tmp_path / "state", str(VERSION)), (tmp_path, str(file)))):
        out = tmp_path / f"out{number}"
        assert write_reports(state, out, "--snapshot", snapshot, *forms) == 0
        assert sorted(item.name for item in out.iterdir()) == sorted(f"{name_of('vn', 'vi')}.{f}" for f in SAME_BYTES)
        for form in SAME_BYTES:
            own = (out / f"{name_of('vn', 'vi')}.{form}").read_bytes()
            assert own == (written / f"{name_of('vn', 'vi')}.{form}").read_bytes(), form
    assert write_reports(tmp_path / "state", tmp_path / "new", "--form", "json", "--live") == 0
    assert write_reports(tmp_path / "state", tmp_path / "old", "--form", "json", "--live", "--snapshot", "7") == 0
    new, old = (
        Read(tmp_path / folder / f"{name_of('vn', 'vi', version)}.json") for folder, version in (("new", 8), ("old", 7))
    )
    assert new.figures["doses"] != old.figures["doses"], "the later snapshot has other figures"


def test_sections_in_the_order_asked_for(reported_state: Path, tmp_path: Path) -> None:
    asked = (
        "--section",
        "declared",
        "--section",
        "headline",
        "--section",
        "declared",
        "--form",
        "json",
        "--lang",
        "en",
    )
    assert write_reports(reported_state, tmp_path, *asked) == 0
    told = Read(tmp_path / f"{name_of('vn', 'en')}.json")
    assert [part["section"] for part in told.all["sections"]] == ["declared", "headline"]
    assert chosen([]) == tuple(part for part in Part if part is not Part.SINCE)
    with pytest.raises(UnknownSection, match="'weather'; there are headline, since, map"):
        chosen(["map", "weather"])


@pytest.mark.parametrize(
    ("asked", "code", "told"),
    [
        (("--section", "weather"), 2, "no section is called 'weather'"),
        (("--area", "999"), 2, "no area has the code '999'"),
        (("--snapshot", "6"), 1, "6 is not kept; the nearest that is kept is 7"),
        (("--snapshot", "nowhere.duckdb"), 1, "neither a number nor a file"),
        (("--snapshot", "README.md"), 1, "is no snapshot of ours"),
    ],
)
def test_what_there_is_not(
    reported_state: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    asked: tuple[str, ...],
    code: int,
    told: str,
) -> None:
    assert write_reports(reported_state, tmp_path / "out", *asked) == code
    said = capsys.readouterr()
    assert told in said.err
    assert not said.out
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_a_name_with_a_formula_in_it_is_a_name(tmp_path: Path) -> None:
    evil = '=HYPERLINK("http://example.org";"x")'
    publish(tmp_path, Recipe(version=VERSION, area_names={"01": evil}))
    asked = [word for form in ("xlsx", "csv") for word in ("--form", form)]
    assert write_reports(tmp_path, tmp_path / "out", *asked, "--section", "provinces") == 0
    book = openpyxl.load_workbook(tmp_path / "out" / f"{name_of('vn', 'vi')}.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert f"'{evil}" in [cell.value for cell in cells]
    assert not [cell for cell in cells if cell.data_type == "f" or str(cell.value).startswith("=")]
    lines = (tmp_path / "out" / f"{name_of('vn', 'vi')}.csv").read_text(encoding="utf-8-sig").splitlines()
    assert not [line for line in lines for cell in line.split(",") if cell.startswith(("=", '"='))]


def test_more_rows_than_a_sheet_takes_are_an_error() -> None:
    sheet = sheet_with(
        Table(key="long", title="Dài", columns=(Column(key="n", label="n", shape=Shape.WHOLE),), rows=())
    )
    assert workbook(sheet)
    (section,) = sheet.report.sections
    long = replace(section.tables[0], rows=((1,),) * MOST_ROWS)
    with pytest.raises(NotWritten, match=f"{MOST_ROWS} rows, a sheet holds"):
        workbook(replace(sheet, report=replace(sheet.report, sections=(replace(section, tables=(long,)),))))


def sheet_with(table: Table) -> Sheet:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    pins = Pins(
        snapshot=1, content_hash="0" * 64, as_of=datetime(2021, 11, 22, 14, 5, tzinfo=zone), denominator="est_2021",
        targets=(), one_in=1, is_demo=False, locked_on=None,
    )  # fmt: skip
    report = Report(
        pins=pins, language="vi", area="", place="Cả nước", title="Báo cáo", as_of="", lines=("a", "b"), warnings=(),
        sections=(Section(part=Part.QUALITY, title="Số liệu", tables=(table,)),), definitions=(),
    )  # fmt: skip
    return Sheet(
        report=report,
        letterhead=Letterhead(over="BỘ", body="TRUNG TÂM", city="Hà Nội"),
        words=load_catalogues()[Language.VI],
        zone=zone,
    )


def test_a_share_is_never_rounded_up() -> None:
    assert Share(6_999, 10_000).mille == 699
    assert Share(7_000, 10_000).mille == 700
    assert Share(10_560, 10_000).mille == 1056
    assert Share(3, 0).mille is None
    assert Share(3, None).mille is None


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own. Skips where mounting one is not allowed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_KB}k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk cannot be mounted here: this takes root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_whole_files_alone(
    reported_state: Path, small_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What did not fit is not there, what was there stays, and with space again the same command makes up for it."""
    target = small_disk / f"{name_of('vn', 'vi')}.json"
    target.write_bytes(b"before")
    ballast = small_disk / "ballast"
    free = os.statvfs(small_disk)
    ballast.write_bytes(b"x" * (free.f_bavail * free.f_frsize - 4096))
    assert write_reports(reported_state, small_disk, "--form", "json") == 1
    said = capsys.readouterr()
    assert "No space left" in said.err
    assert not said.out
    assert target.read_bytes() == b"before"
    assert {item.name for item in small_disk.iterdir()} == {target.name, "ballast"}
    ballast.unlink()
    assert write_reports(reported_state, small_disk, "--form", "json") == 0
    assert Read(target).all["area"] == ""


def test_a_file_is_there_whole_or_not_at_all(small_disk: Path) -> None:
    target = small_disk / "report.pdf"
    target.write_bytes(b"the old one")
    with pytest.raises(OSError, match="No space left"):
        write_whole(target, b"x" * (DISK_KB + 400) * 1024)
    assert target.read_bytes() == b"the old one"
    assert [item.name for item in small_disk.iterdir()] == ["report.pdf"]
    write_whole(target, b"the new one")
    assert target.read_bytes() == b"the new one"


def by_two(state: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """As people call it: by two processes."""
    command = [sys.executable, "app.py", "report", "--state", str(state), "--out", str(out), "--jobs", "2", *more]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_two_processes_write_what_one_writes(reported_state: Path, written: Path, tmp_path: Path) -> None:
    asked = [word for form in (*SAME_BYTES, "xlsx") for word in ("--form", form)]
    done = by_two(reported_state, tmp_path, "--lang", "vi", "--lang", "en", *asked, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["files"] == sorted(str(file) for file in tmp_path.iterdir())
    assert len(told["files"]) == 8
    assert set(told["seconds"]) == {"figures", *SAME_BYTES, "xlsx"}
    for file in tmp_path.iterdir():
        if file.suffix != ".xlsx":
            assert file.read_bytes() == (written / file.name).read_bytes(), file.name


def test_what_goes_wrong_in_either_process_is_said_once(reported_state: Path, tmp_path: Path) -> None:
    done = by_two(reported_state, tmp_path / "out", "--lang", "vi", "--lang", "en", "--area", "999")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("no area has the code '999'") == 1


def test_forms_are_six() -> None:
    assert tuple(FORMS) == ("pdf", "pptx", "docx", "xlsx", "csv", "json")
