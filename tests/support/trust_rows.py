"""Rows of the tables that say how far figures can be trusted, consistent with the doses of the same sample snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

Rows = list[dict[str, Any]]
# Share of a day's doses that is entered 0, 1, 2 … days later, and the share entered by then as the nowcast sees it.
LAGS = {0: 0.62, 2: 0.24, 5: 0.1, 15: 0.04}
ENTERED = (0.58, 0.79, 0.88, 0.93, 0.957, 0.972, 0.984)
BUCKETS = ((0, "0"), (3, "1_3"), (7, "4_7"), (30, "8_30"))
DECLARED_DAYS = 45
SILENT = "12"  # Lai Châu declares nothing
AHEAD = "74"  # Bình Dương has recorded more than it declared
QUARANTINE = (
    ("dose", "injected_at", "impossible_date", 811),
    ("dose", "product_code", "unknown_code", 546),
    ("registration", "registered_at", "in_the_future", 548),
    ("temperature_reading", "temp_c", "impossible_value", 12),
)


def rows_of_the_wall(wall: datetime) -> Iterator[tuple[str, Rows]]:
    """Table and rows of what tells when the snapshot was published: at `wall`."""
    yield "feed_status", _feeds(wall)
    yield "quarantine_day", _quarantine_days(wall)
    yield "quarantine_row", _quarantine_rows(wall)


def trust_rows(doses: Sequence[dict[str, Any]], *, as_of: datetime) -> Iterator[tuple[str, Rows]]:
    """Table and rows of the rest. `doses` are those of doses_by_day."""
    today = as_of.date()
    yield "quarantine", [{"feed": f, "field": c, "reason": r, "rows": n} for f, c, r, n in QUARANTINE]
    yield "rule_count", _rule_counts()
    by_area = _by_area_day(doses)
    yield "doses_by_recorded_day", _recorded(by_area, today)
    yield "nowcast", _nowcast(by_area, today)
    yield "identity_status", _identities(by_area)
    yield "person_merge", _merges(today)
    yield "declared_gap", _declared(by_area, today, as_of)
    yield "figure_lock", _locks(by_area, today, as_of)
    yield "figure_statement", _statements(by_area, today, as_of)
    yield "correction", _corrections()
    yield "invariant", _invariants()


def _feeds(wall: datetime) -> Rows:
    feeds = {
        "registration": ("ok", 732_450, 731_902, 548, "", 214, "xid 771204", None),
        "dose": ("ok", 1_204_318, 1_202_961, 1_357, "", 1_906, "xid 771204", None),
        "stock_movement": ("slow", 184_220, 184_220, 0, "no rows for 6 minutes", 0, "xid 770018", None),
        "temperature_reading": (
            "failed",
            1_152_000,
            1_151_988,
            12,
            "connection to the server was lost: timeout expired",
            0,
            "xid 769550",
            wall + timedelta(seconds=95),
        ),
        "declared_count": (
            "held",
            41_003,
            41_003,
            0,
            "field value: total fell by 52 %, allowed 5 %",
            0,
            "2021-11-21",
            None,
        ),
        "lot_expiry": ("waiting", 0, 0, 0, "", None, None, None),
    }
    return [
        {
            "name": name,
            "state": state,
            "last_success": None if state == "waiting" else wall - timedelta(seconds=20 if state == "ok" else 380),
            "lag_seconds": None if state == "waiting" else 4.0 if state == "ok" else 380.0,
            "rows_in": rows_in,
            "accepted": accepted,
            "quarantined": held,
            "message": message,
            "last_attempt": wall - timedelta(seconds=8),
            "watermark": watermark,
            "rows_last": rows_last,
            "next_try": next_try,
        }
        for name, (state, rows_in, accepted, held, message, rows_last, watermark, next_try) in feeds.items()
    ]


def _quarantine_days(wall: datetime) -> Rows:
    """Twenty days, of which the page shows fourteen; what is held now is spread over them, the rest was repaired."""
    rows: Rows = []
    for feed, field, reason, held in QUARANTINE:
        left = held
        for back in range(20):
            still = min(left, held if back == 19 else held // 14 + (back * 7) % 11)
            left -= still
            repaired = still // 3 + (back * 5) % 4
            if still + repaired:
                day = (wall - timedelta(days=back)).date()
                counts = {"rows": still + repaired, "still_held": still}
                rows.append({"feed": feed, "field": field, "reason": reason, "day": day, **counts})
    return rows


def _quarantine_rows(wall: datetime) -> Rows:
    values = {"injected_at": "1899-12-30 00:00:00+00", "product_code": "PFZ-01", "temp_c": "998.0"}
    expected = {
        "injected_at": "not before 2020-06-01",
        "product_code": "a known code",
        "registered_at": "not after 2021-11-22 08:05Z",
        "temp_c": "-120 to 80 degrees Celsius, or none from a faulty probe",
    }
    return [
        {
            "feed": feed,
            "record_key": f"{480_112 + 977 * place + 13 * index}",
            "field": field,
            "reason": reason,
            "value": values.get(field, "2031-11-02 08:00:00+00"),
            "expected": expected[field],
            "seen_at": wall - timedelta(minutes=3 * index + place),
        }
        for place, (feed, field, reason, held) in enumerate(QUARANTINE)
        for index in range(min(held, 14))
    ]


def _rule_counts() -> Rows:
    """Rules that set records aside have no area; late entry and mismatched identities have one."""
    rows: Rows = [
        {"rule_id": f"{feed}.{field}.{reason}", "area_code": "", "records": held}
        for feed, field, reason, held in QUARANTINE
    ]
    codes = ("01", "79", "40", "38", "74", "75", "48", "92", "31", "24", "27", "36")
    for rule_id, most in (("dose_late_over_3_days", 3_940), ("identity_mismatch", 21_300)):
        rows += [
            {"rule_id": rule_id, "area_code": code, "records": most // (place + 1)} for place, code in enumerate(codes)
        ]
    return rows


def _by_area_day(doses: Sequence[dict[str, Any]]) -> dict[str, dict[date, int]]:
    found: dict[str, dict[date, int]] = {}
    for row in doses:
        days = found.setdefault(row["area_code"], {})
        days[row["day"]] = days.get(row["day"], 0) + row["doses"]
    return found


def _recorded(by_area: dict[str, dict[date, int]], today: date) -> Rows:
    """The same doses on the day of recording; what has not come yet by today is not among them."""
    cells: dict[tuple[str, date, str], int] = {}
    for code, days in by_area.items():
        for day, doses in days.items():
            left = doses
            for lag, share in reversed(LAGS.items()):
                part = left if lag == 0 else int(doses * share)
                left -= part
                waited = lag if day + timedelta(lag) <= today else 0
                key = (code, day + timedelta(waited), _bucket(waited))
                cells[key] = cells.get(key, 0) + part
    return [
        {"area_code": code, "day": day, "lag_bucket": bucket, "doses": doses}
        for (code, day, bucket), doses in cells.items()
        if doses
    ]


def _bucket(lag: int) -> str:
    return next((name for most, name in BUCKETS if lag <= most), "over_30")


def _nowcast(by_area: dict[str, dict[date, int]], today: date) -> Rows:
    nation: dict[date, int] = {}
    for days in by_area.values():
        for day, doses in days.items():
            nation[day] = nation.get(day, 0) + doses
    rows: Rows = []
    for code, days in {"": nation, **by_area}.items():
        for back, share in enumerate(ENTERED):
            day = today - timedelta(back)
            reported = days.get(day, 0)
            expected = round(reported / share)
            width = round((expected - reported) * 0.45)
            low, high = max(expected - width, reported), expected + width
            row = {"area_code": code, "day": day, "reported": reported, "expected": expected, "low": low, "high": high}
            rows.append(row)
    return rows


def _identities(by_area: dict[str, dict[date, int]]) -> Rows:
    rows: Rows = []
    for place, (code, days) in enumerate(by_area.items()):
        doses = sum(days.values())
        mismatched, none = int(doses * (0.12 + (place * 7 % 17) / 100)), int(doses * 0.01)
        parts = {"matched": doses - mismatched - none, "mismatched": mismatched, "none": none}
        rows += [{"area_code": code, "status": status, "doses": count} for status, count in parts.items()]
    return rows


def _merges(today: date) -> Rows:
    """Each day of three weeks, every third day with one that was taken back."""
    return [
        {"merged_on": today - timedelta(days=back), "merges": 4 + back % 5, "undone": int(back % 3 == 0)}
        for back in range(21)
    ]


def _declared(by_area: dict[str, dict[date, int]], today: date, as_of: datetime) -> Rows:
    """What each province declared for the last days beside what was recorded for them."""
    rows: Rows = []
    for place, (code, days) in enumerate(by_area.items()):
        if code in ("central", "unknown", SILENT):
            continue
        for back in range(DECLARED_DAYS):
            recorded = days.get(today - timedelta(back), 0)
            more = -0.02 if code == AHEAD else (0.42, 0.21, 0.12, 0.07)[min(back, 3)] if back < 8 else 0.03
            declared = round(recorded * (1 + more * (1 + place % 5 / 4)))
            day = today - timedelta(back)
            figures = {"declared": declared, "recorded": recorded, "declared_at": as_of - timedelta(hours=place % 9)}
            rows.append({"area_code": code, "day": day, "measure": "doses", "age_group": "all", **figures})
    return rows


def _locks(by_area: dict[str, dict[date, int]], today: date, as_of: datetime) -> Rows:
    """Of yesterday and the day before; people are made up, doses are those of the snapshot."""
    doses = {
        back: sum(n for days in by_area.values() for day, n in days.items() if day <= today - timedelta(back))
        for back in (1, 2)
    }
    return [
        {
            "reporting_day": today - timedelta(back),
            "scope": "vn",
            "snapshot_version": 3 - back,
            "locked_by": "Nguyễn Thị Hạnh",
            "locked_at": as_of - timedelta(days=back, minutes=-116),
            "locked_doses": doses[back] - late,
            "locked_dose1_people": 640_118 - back * 4_200,
            "locked_full_people": 440_702 - back * 5_900,
            "doses_now": doses[back],
            "dose1_people_now": 640_118 - back * 4_200 + late // 2,
            "full_people_now": 440_702 - back * 5_900 + late - late // 2,
        }
        for back, late in ((1, 2_316), (2, -48))
    ]


# Sơn La and Hà Giang: far behind in this data set. Their words are what provinces wrote in 2021, in substance.
SAID = (
    ("14", "explained", "Mưa lũ, ba huyện chưa nhập xong số liệu", 0),
    ("14", "explained", "Mưa lũ, hai huyện chưa nhập xong số liệu", 0),
    ("02", "confirmed", "", 0),
    ("79", "confirmed", "Đã đối chiếu với CDC", 118),
    ("74", "explained", "Người lao động ngoài tỉnh", 0),
    ("74", "withdrawn", "Đã chuyển sang mẫu số mới", 0),
)


SPEAKERS = {"14": "Lò Văn Sơn", "02": "Vàng Thị Mỷ", "79": "Trần Thu Hà", "74": "Phạm Đức Long"}


def _statements(by_area: dict[str, dict[date, int]], today: date, as_of: datetime) -> Rows:
    """About yesterday, the last closed day; one explanation was changed, one withdrawn, one figure revised since."""
    day = today - timedelta(1)
    rows: Rows = []
    for place, (code, kind, said, late) in enumerate(SAID):
        doses = sum(count for found, count in by_area[code].items() if found <= day)
        rows.append(
            {
                "statement_id": place + 1,
                "reporting_day": day,
                "area_code": code,
                "kind": kind,
                "said": said,
                "snapshot_version": 1,
                "doses": doses - late,
                "dose1_people": None,
                "full_people": None,
                "actor": SPEAKERS[code],
                "made_at": as_of - timedelta(hours=12 - place),
                "doses_now": doses,
                "dose1_people_now": None,
                "full_people_now": None,
            }
        )
    return rows


def _corrections() -> Rows:
    return [
        {
            "publication": f"2021-11-{day:02d}",
            "feed": "declared_count",
            "area_code": code,
            "day": date(2021, 11, day - 1),
            "kind": kind,
            "before": before,
            "after": after,
        }
        for day, code, kind, before, after in [
            (20, "01", "down", 65_120, 61_904),
            (20, "79", "up", 112_400, 118_031),
            (21, "40", "vanished", 4_310, None),
            (22, "74", "moved", 0, 2_218),
        ]
    ]


def _invariants() -> Rows:
    sides = (
        ("doses_nation_equals_areas", 1_202_961, 1_202_961, ""),
        ("people_have_doses", 700, 699, "people with a state = people with a dose"),
    )
    return [
        {"name": name, "holds": left == right, "left_side": left, "right_side": right, "detail": detail}
        for name, left, right, detail in sides
    ]
