"""Exports of Fridge-tags: real ones to the unit, small ones for everything that can be wrong with a file."""

from __future__ import annotations

import csv
import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.coldchain import Reading, Side
from campaign.formats.fridge_tag import LoggerFile, read_fridge_tag
from campaign.formats.outline import LoggerFileBad
from campaign.logger_report import LoggerReport, alarm_days, device_alarms, report
from tests.support.loggers import SERIAL, START, export, rows

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
GAP = timedelta(minutes=60)
FOLDER = Path("real") / "coldchain_berlinger"
WITH_READINGS = "fridgetag2L_130500109088_202206081014.txt"
DAYS_ONLY = "fridgetag2_160400347643_sample.txt"


def read(content: bytes, **more: int) -> LoggerFile:
    return read_fridge_tag(content, zone=ZONE, **{"max_bytes": 1_000_000, "earliest_year": 2015, **more})


def expected(shared: Path, name: str) -> dict[str, object]:
    return json.loads((shared / FOLDER / "expected.json").read_text(encoding="utf-8"))[name]


@pytest.fixture(scope="module")
def real(shared: Path) -> LoggerFile:
    return read((shared / FOLDER / WITH_READINGS).read_bytes())


@pytest.fixture(scope="module")
def told(real: LoggerFile) -> LoggerReport:
    return report(real, gap=GAP)


@pytest.mark.shared
def test_the_real_file_has_its_readings_to_the_unit(shared: Path, real: LoggerFile, told: LoggerReport) -> None:
    known = expected(shared, WITH_READINGS)
    first, last = real.readings[0].at, real.readings[-1].at
    found = {
        "device": real.device,
        "serial": real.serial,
        "interval_min": real.interval_minutes,
        "readings": len(real.readings),
        "readings_without_value": real.missing,
        "first": f"{first:%Y-%m-%d %H:%M:%S}",
        "last": f"{last:%Y-%m-%d %H:%M:%S}",
        "min": told.min_c,
        "max": told.max_c,
        "readings_above_8": told.above,
        "readings_below_2": told.below,
        "daily_blocks": len(real.days),
        "days_first_last": [str(real.days[0].day), str(real.days[-1].day)],
        "days_hot_alarm": sum(item.side is Side.HIGH for item in told.alarm_days),
        "days_cold_alarm": sum(item.side is Side.LOW for item in told.alarm_days),
        "device_minutes_hot": sum(day.high.minutes for day in real.days),
        "device_minutes_cold": sum(day.low.minutes for day in real.days),
    }
    assert found == {name: known[name] for name in found}
    assert (told.at_limit, told.at_low_limit) == (52, 4)
    assert (real.low.limit.celsius, real.low.minutes, real.high.limit.celsius, real.high.minutes) == (2.0, 60, 8.0, 60)
    assert first.utcoffset() == timedelta(hours=7)
    assert real.sensor_timeout_minutes == 0


@pytest.mark.shared
def test_the_devices_own_marks_are_our_rule(shared: Path, real: LoggerFile) -> None:
    """Read by another way than the parser's: every row with an x is outside, and no other."""
    text = (shared / FOLDER / WITH_READINGS).read_text(encoding="utf-8")
    marked = set(re.findall(r"^\t(\S+ \S+)\t\S+\tx\s*$", text, re.MULTILINE))
    ours = {
        f"{reading.at:%Y-%m-%d %H:%M}"
        for reading in real.readings
        if reading.temp_c is not None
        and (real.low.limit.outside(reading.temp_c) or real.high.limit.outside(reading.temp_c))
    }
    assert len(marked) == 3229 + 2765
    assert ours == marked


@pytest.mark.shared
def test_the_real_files_excursions_are_the_47_known_ones(shared: Path, told: LoggerReport) -> None:
    with (shared / FOLDER / "expected_excursions.csv").open(encoding="utf-8", newline="") as stream:
        known = list(csv.DictReader(stream))
    assert len(known) == 47
    assert [
        {
            "kind": item.side.value,
            "start": f"{item.start:%Y-%m-%d %H:%M:%S}",
            "end": f"{item.end:%Y-%m-%d %H:%M:%S}",
            "minutes": str(item.minutes),
            "readings": str(item.readings),
            "extreme_c": str(item.extreme_c),
            "ended": item.ended.value,
        }
        for item in told.excursions
    ] == known
    assert told.message.startswith(
        "47 excursions (41 high, 6 low), the longest high for 10,055 minutes from 2022-05-17 12:06"
    )
    assert "between -8.4 and 30.2 °C" in told.message


@pytest.mark.shared
def test_our_rule_finds_the_alarm_days_of_the_device(real: LoggerFile, told: LoggerReport) -> None:
    """On this file the days are the same, 19 and 11, once a day on which an alarm goes on counts as the device counts
    it. The minute is not: the device samples more finely than it logs and is up to one interval earlier."""
    for side, many in ((Side.HIGH, 19), (Side.LOW, 11)):
        rule = real.rule(side)
        ours = [item for item in told.excursions if item.side is side]
        theirs = {item.day: item for item in device_alarms(real) if item.side is side}
        assert len(theirs) == many
        assert alarm_days(ours, rule) == theirs.keys()
        reached = [at for item in ours if (at := item.alarm_at(rule)) is not None]
        # Only days on which it began: on 20 of these 30 days it went on from the day before, which is told as 00:00.
        began = [item.alarm_at for item in theirs.values() if f"{item.alarm_at:%H:%M}" != "00:00"]
        assert len(began) == (9 if side is Side.HIGH else 1)
        for at in began:
            assert any(timedelta(0) <= ours_at - at < timedelta(minutes=5) for ours_at in reached), at
    assert date(2022, 5, 10) not in {item.day for item in told.alarm_days}, "147 minutes, never 60 without a break"
    assert next(day for day in real.days if day.day == date(2022, 5, 10)).high.minutes == 147


@pytest.mark.shared
def test_a_file_of_daily_summaries_says_that_it_is_one(shared: Path) -> None:
    known = expected(shared, DAYS_ONLY)
    found = read((shared / FOLDER / DAYS_ONLY).read_bytes())
    told = report(found, gap=GAP)
    assert (found.readings, found.interval_minutes, told.excursions) == ((), None, ())
    assert len(found.days) == known["daily_blocks"] == 60
    assert [item.side for item in told.alarm_days] == [Side.HIGH] * 60
    assert sum(day.high.minutes for day in found.days) == known["device_minutes_hot"]
    assert (found.low.limit.celsius, found.low.minutes, found.high.minutes) == (-0.5, 60, 600)
    assert (told.min_c, told.max_c) == (min(d.min_c or 0 for d in found.days), max(d.max_c or 0 for d in found.days))
    assert told.message.startswith("Only daily summaries are in the file")


@pytest.mark.shared
def test_a_real_file_cut_anywhere_is_refused_as_cut_off(shared: Path) -> None:
    whole = (shared / FOLDER / WITH_READINGS).read_bytes().rstrip()
    data = whole.index(b"Data:")
    for end in (*range(200, len(whole), 20_011), data + 6, data + 5000, *range(len(whole) - 300, len(whole), 7)):
        with pytest.raises(LoggerFileBad, match="cut off") as caught:
            read(whole[:end])
        assert caught.value.field == "Sig"


def test_a_small_file_cut_at_any_byte_is_refused() -> None:
    whole = export(rows("5.0", "9.0")).rstrip()
    assert len(read(whole).readings) == 2
    for end in range(len(whole)):
        with pytest.raises(LoggerFileBad):
            read(whole[:end])


DATA = rows("5.0", "9.1\tx", "8.0", "--.-", "", "1.9\tx", "2.0")


def test_what_a_small_file_holds() -> None:
    found = read(export(DATA))
    assert found.serial == SERIAL
    assert found.readings[0] == Reading(at=START.replace(tzinfo=ZONE), temp_c=5.0)
    assert [reading.temp_c for reading in found.readings] == [5.0, 9.1, 8.0, None, None, 1.9, 2.0]
    assert (found.missing, found.sensor_timeout_minutes) == (2, 14)
    assert [day.day for day in found.days] == [date(2021, 11, 20), date(2021, 11, 21)]
    day = found.days[0]
    assert (day.min_c, day.max_c, day.mean_c) == (4.0, 9.5, 4.5)
    assert day.max_at == datetime(2021, 11, 20, 9, 52, tzinfo=ZONE)
    assert (day.low.alarm_at, day.high.alarm_at) == (None, datetime(2021, 11, 20, 14, 55, tzinfo=ZONE))
    told = report(found, gap=GAP)
    assert (told.above, told.below, told.at_limit, told.at_low_limit) == (1, 1, 1, 1)
    assert "2 more without a temperature" in told.message


@pytest.mark.parametrize(
    "changed",
    [
        export(DATA).replace(b"\r\n", b"\n"),
        b"\xef\xbb\xbf" + export(DATA),
        export(DATA) + b"\r\n\r\n",
        export([*DATA, *DATA]),
        export(DATA, days=("2021-11-21", "2021-11-20", "2021-11-20")),
    ],
    ids=["LF", "BOM", "blank lines", "doubled rows", "doubled day"],
)
def test_the_same_file_written_otherwise_reads_the_same(changed: bytes) -> None:
    assert read(changed) == read(export(DATA))


def test_a_day_without_a_temperature_is_kept_without_one() -> None:
    found = read(export(DATA, min_c="--.-"))
    assert [day.min_c for day in found.days] == [None, None]
    assert report(read(export(min_c="--.-")), gap=GAP).min_c is None


@pytest.mark.parametrize(
    ("content", "field", "told"),
    [
        (b"", "file", ["empty", "read the device out again"]),
        (b" \r\n\r\n", "file", ["empty"]),
        (b"%PDF-1.4\xe2\xe3\xcf\xd3", "file", ["no text", "not the PDF"]),
        ("Device: x".encode("utf-16-be"), "file", ["zero bytes"]),
        (b"time;temp\n1;2\n", "Device", ["'time;temp'", "text file"]),
        (export(DATA, device="Q-tag Fridge-tag 3"), "Device", ["'Q-tag Fridge-tag 3'", "known: Q-tag Fridge-tag 2,"]),
        (export(DATA, serial=""), "Serial", ["missing"]),
        (export(DATA).replace(b" Serial: 100200300400\r\n", b""), "Serial", ["missing"]),
        (export(DATA, serial="1; DROP"), "Serial", ["no serial number"]),
        (export(DATA, unit="F"), "Temp unit", ["'F'", "set the logger to Celsius"]),
        (export(DATA, interval=""), "Logging Interval", ["missing"]),
        (export(DATA, interval=" Logging Interval: 0\n"), "Logging Interval", ["missing"]),
        (export(DATA, low="+9.0"), "Alarm", ["not below"]),
        (export(DATA, low="nan"), "T AL", ["'nan'"]),
        (export(DATA, low_minutes="1h"), "t AL", ["'1h'"]),
        (export(DATA, activated="1970-01-01 00:04"), "TS Actv", ["before 2015", "set the clock"]),
        (export(DATA, created="1970-03-01 00:04"), "TS Report Creation", ["before 2015", "set the clock"]),
        (export(rows("5.0", start=datetime(1970, 1, 1))), "Data", ["1970-01-01", "before 2015"]),  # noqa: DTZ001
        (export(rows("5.0", start=datetime(2021, 11, 22, 9, 1))), "Data", ["after the export was made"]),  # noqa: DTZ001
        (export(DATA, activated="2022-01-01 00:00"), "TS Actv", ["after the export was made"]),
        (export(DATA, days=("2021-11-23",)), "Hist, Date", ["after the export was made"]),
        (export(DATA, days=("2021-11-31",)), "Date", ["no such time"]),
        (export(rows("5,0")), "Data, line", ["'5,0'"]),
        (export(rows("inf")), "Data, line", ["'inf'"]),
        (export(["\t2021-11-2"]), "Data, line", ["'2021-11-2'"]),
        (export(DATA) + export(DATA), "file", ["('Device: Q-tag", "after the signature", "one export a file"]),
        (export(DATA) + b"more\r\n", "file", ["('more')", "one export a file"]),
    ],
)  # fmt: skip
def test_a_bad_file_names_the_field_and_the_fix(content: bytes, field: str, told: list[str]) -> None:
    with pytest.raises(LoggerFileBad) as caught:
        read(content)
    assert caught.value.field.startswith(field)
    for part in told:
        assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_over_the_limit_is_not_read() -> None:
    with pytest.raises(LoggerFileBad, match="longer than 1000 bytes"):
        read(export(DATA), max_bytes=1000)


@given(st.data())
def test_readings_shuffled_or_doubled_are_the_same_excursions(data: st.DataObject) -> None:
    temps = data.draw(st.lists(st.sampled_from(["5.0", "8.0", "8.1", "9.5", "2.0", "1.0", "--.-"]), max_size=30))
    lines = rows(*temps)
    again = data.draw(st.lists(st.sampled_from(lines), max_size=8)) if lines else []
    changed = data.draw(st.permutations([*lines, *again]))
    one, other = read(export(lines)), read(export(changed))
    assert report(other, gap=GAP) == report(one, gap=GAP)
