"""Until when a device without power keeps its doses cold: an estimate, and unknown where nobody told the hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from campaign.devices import Device, DeviceRun, judge_all
from campaign.holdover import hold_of
from operations.coldchain_conditions import of_devices
from tests.unit.test_devices import LIMITS, NOW, SOURCE, ZONE, device, run

HOUR = timedelta(hours=1)


def out_of_power(minutes: float, *, ended: str = "ongoing") -> DeviceRun:
    return run("power", minutes - 5, alarm=15, ended=ended)


def said(fridge: Device, *runs: DeviceRun) -> tuple[str, str]:
    judged = judge_all([fridge], runs, now=NOW, limits=LIMITS)
    found = [item for item in of_devices(judged, now=NOW, zone=ZONE, rules=SOURCE) if item.rule == "coldchain_power"]
    return found[0].summary_vi, found[0].summary_en


def test_the_hours_count_from_the_first_reading_without_power() -> None:
    found = hold_of(replace(device(), holdover_hours=20.5), [out_of_power(90)])
    assert found is not None
    assert found.until == NOW - timedelta(minutes=90) + timedelta(hours=20.5)
    assert found.over(NOW) is False
    assert found.over(NOW + timedelta(hours=19)) is True, "at the very minute nobody can count on it any more"
    assert found.over(NOW + timedelta(hours=19) - timedelta(minutes=1)) is False


@pytest.mark.parametrize("runs", [(), (out_of_power(90, ended="back_in_range"),), (run("door", 30, alarm=15),)])
def test_a_device_with_power_holds_nothing_by_hours(runs: tuple[DeviceRun, ...]) -> None:
    assert hold_of(replace(device(), holdover_hours=20.0), runs) is None
    assert hold_of(device(), [replace(out_of_power(90), equipment_id="F2")]) is None, (
        "its neighbour's power is not its own"
    )


def test_unknown_stays_unknown() -> None:
    found = hold_of(device(), [out_of_power(90)])
    assert found is not None
    assert (found.until, found.over(NOW)) == (None, None)
    vi, en = said(device(), out_of_power(90))
    assert vi.endswith("chưa rõ giữ lạnh được bao lâu: danh bạ thiết bị không ghi")
    assert en.endswith("it is not known how long it keeps cold: the register does not tell")


def test_the_incident_says_until_when_and_from_what() -> None:
    fridge = replace(device(), holdover_hours=6.5)
    vi, en = said(fridge, out_of_power(90))
    # Since 17:30; 19:00 is the present.
    assert en == (
        "Device F1 without power since 17:30 22 Nov 2021; keeps cold until 00:00 23 Nov 2021 (estimated from the "
        "register's 6.5 hours of hold and the time of the power cut)"
    )
    assert "giữ lạnh đến 00:00 23/11/2021 (ước tính từ 6,5 giờ giữ lạnh trong danh bạ thiết bị và lúc mất điện)" in vi
    past = said(replace(fridge, holdover_hours=1.0), out_of_power(90))
    assert "kept cold until 18:30 22 Nov 2021, which is past" in past[1]
    assert "nay đã quá" in past[0]


def test_what_the_readings_say_goes_before_the_estimate() -> None:
    fridge = replace(device(), holdover_hours=100.0)
    vi, en = said(fridge, out_of_power(90), run("high", 20))
    assert en.endswith("above its range already: no hour of hold is left")
    assert vi.endswith("không còn thời gian giữ lạnh")
    # That it was warm once, before, says nothing of now.
    assert "keeps cold until" in said(fridge, out_of_power(90), run("high", 20, ended="back_in_range"))[1]
