"""Fictional names from lists of common syllables; telephone and identity numbers that nobody can have."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.streams import Ints, stream

FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Đoàn",
    "Lương",
    "Trịnh",
    "Mai",
    "Tô",
    "Hà",
]
MIDDLE_WOMEN = ["Thị", "Ngọc", "Thu", "Minh", "Thanh", "Kim", "Bích", "Hồng", "Mỹ", "Diệu", "Thùy", "Phương"]
MIDDLE_MEN = ["Văn", "Hữu", "Đức", "Minh", "Quang", "Công", "Xuân", "Thanh", "Ngọc", "Đình", "Anh", "Quốc"]
GIVEN_WOMEN = [
    "An",
    "Anh",
    "Bình",
    "Châu",
    "Chi",
    "Dung",
    "Giang",
    "Hà",
    "Hạnh",
    "Hiền",
    "Hoa",
    "Hương",
    "Lan",
    "Linh",
    "Mai",
    "Nga",
    "Ngân",
    "Oanh",
    "Thảo",
    "Trang",
    "Tuyết",
    "Yến",
]
GIVEN_MEN = [
    "An",
    "Bảo",
    "Cường",
    "Dũng",
    "Duy",
    "Đạt",
    "Giang",
    "Hải",
    "Hiếu",
    "Hùng",
    "Huy",
    "Khánh",
    "Khoa",
    "Long",
    "Minh",
    "Nam",
    "Phong",
    "Quân",
    "Sơn",
    "Tâm",
    "Thành",
    "Việt",
]
# No Vietnamese number begins so; the marker makes clear in every list that these are tests.
PHONE_PREFIX, NATIONAL_ID_PREFIX = "0000", "TEST"


def full_names(seed: int, province: int, woman: Ints) -> pl.Series:
    """One fictional name a person."""
    family, middle, given = len(FAMILY), len(MIDDLE_MEN), len(GIVEN_MEN)
    number = stream(seed, "names", province).integers(0, family * middle * given, len(woman))
    women = _all(MIDDLE_WOMEN, GIVEN_WOMEN)
    men = _all(MIDDLE_MEN, GIVEN_MEN)
    return pl.Series("full_name", [*women, *men]).gather(np.where(woman == 1, number, number + len(women)))


def _all(middle: list[str], given: list[str]) -> list[str]:
    return [f"{a} {b} {c}" for a in FAMILY for b in middle for c in given]
