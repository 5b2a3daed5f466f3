"""Column files on disk, and a dose packed into 32 bits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.engine import blocks, segments
from warehouse.engine.segments import STRIDE, RecordSegment, RecordWriter, Segment, SegmentWriter
from warehouse.engine.slots import DAYS, MOST_PLACES, MOST_PRODUCTS, Doses, in_order, pack, unpack

ROOT = Path(__file__).resolve().parents[2]
SPEC = {"number": np.dtype(np.int64), "value": np.dtype(np.uint16)}


def write(folder: Path, numbers: list[int]) -> RecordSegment:
    with RecordWriter(folder, SPEC) as writer:
        for part in np.array_split(np.array(numbers, dtype=np.int64), 3):
            writer.append({"number": part, "value": part % 1000})
    return RecordSegment(folder, SPEC)


@pytest.mark.parametrize("rows", [0, 1, STRIDE - 1, STRIDE, STRIDE + 1, 5 * STRIDE + 7])
def test_a_number_is_found_where_it_lies_and_nowhere_else(tmp_path: Path, rows: int) -> None:
    numbers = [3 * n - 4 * STRIDE for n in range(rows)]  # negative ones too
    segment = write(tmp_path / "dose", numbers)
    asked = np.arange(-4 * STRIDE - 5, 3 * rows + 5, dtype=np.int64)
    found, held = segment.find(asked)
    assert asked[found].tolist() == numbers
    assert held["number"].tolist() == numbers
    assert held["value"].tolist() == [number % 1000 for number in numbers]
    assert segment.find(asked[:0])[0].tolist() == []
    chunks = [part["number"] for part in segment.chunks(("number",), 100)]
    assert (np.concatenate(chunks).tolist() if chunks else []) == numbers


@given(st.sets(st.integers(0, 4000)), st.integers(1, 7))
def test_scattered_look_ups_in_small_steps_agree_with_one_large_one(asked: set[int], most: int) -> None:
    """The blocks that are read at a time are few here, so that a look-up takes several readings."""
    numbers = np.arange(0, 4000, 2)
    wanted = np.array(sorted(asked), dtype=np.int64)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for module in (segments, blocks):
            patch.setattr(module, "MOST_BLOCKS", most)
        segment = write(Path(folder) / "dose", numbers.tolist())
        found, held = segment.find(wanted)
        assert held["number"].tolist() == [number for number in wanted.tolist() if number < 4000 and number % 2 == 0]
        assert found.sum() == len(held["number"])
        with SegmentWriter(Path(folder) / "people", SPEC) as writer:
            writer.append({"number": numbers, "value": numbers % 1000})
        people = Segment(Path(folder) / "people", SPEC)
        position = wanted[wanted < len(numbers)]
        assert people.take("number", position).tolist() == (position * 2).tolist()
        assert people.read("value").tolist() == (numbers % 1000).tolist()


def test_an_interrupted_segment_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(KeyError), RecordWriter(tmp_path / "dose", SPEC) as writer:
        writer.append({"number": np.arange(5)})
    assert list(tmp_path.iterdir()) == []


def test_a_segment_killed_while_it_is_written_does_not_exist(tmp_path: Path) -> None:
    write(tmp_path / "dose", [1, 2, 3])
    script = (
        "import os, signal, sys, numpy as np\nfrom pathlib import Path\n"
        "from warehouse.engine.segments import RecordWriter\n"
        "spec = {'number': np.dtype(np.int64), 'value': np.dtype(np.uint16)}\n"
        "with RecordWriter(Path(sys.argv[1]), spec) as writer:\n"
        "    writer.append({'number': np.arange(10**6), 'value': np.arange(10**6)})\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    for name in ("dose", "registration"):
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / name)], cwd=ROOT, env=os.environ, check=False
        )
        assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "registration").exists()
    assert RecordSegment(tmp_path / "dose", SPEC).find(np.arange(9))[1]["number"].tolist() == [1, 2, 3]
    assert write(tmp_path / "registration", [7]).find(np.arange(9))[1]["number"].tolist() == [7]


dose = st.tuples(
    st.integers(0, DAYS - 1), st.integers(1, MOST_PRODUCTS), st.integers(0, MOST_PLACES), st.integers(0, 7),
    st.integers(0, 6), st.integers(0, 2),
)  # fmt: skip


@given(st.lists(dose, min_size=1, max_size=20))
def test_packing_loses_nothing_and_orders_by_day_then_product(doses: list[tuple[int, ...]]) -> None:
    slots = pack(Doses(**dict(zip(NAMES, np.array(doses, dtype=np.int16).T, strict=True))))
    found = unpack(slots)
    assert list(zip(*(getattr(found, name).tolist() for name in NAMES), strict=True)) == doses
    padded = np.concatenate([slots, np.zeros(3, dtype=np.uint32)])[::-1].reshape(1, -1)
    ordered = in_order(padded)[0]
    assert ordered[-3:].tolist() == [0, 0, 0]
    assert ordered[:-3].tolist() == [int(slot) for _, slot in sorted(zip(doses, slots, strict=True))]


NAMES = ("day", "product", "place", "number", "band", "identity")


@pytest.mark.parametrize(
    ("name", "value"),
    [("day", -1), ("day", DAYS), ("product", 0), ("product", MOST_PRODUCTS + 1), ("place", MOST_PLACES + 1)],
)
def test_what_does_not_fit_is_refused(name: str, value: int) -> None:
    fitting = {"day": 1, "product": 1, "place": 1, "number": 1, "band": 1, "identity": 1}
    with pytest.raises(ValueError, match=r"outside|more than"):
        pack(Doses(**{key: np.array([number], dtype=np.int16) for key, number in (fitting | {name: value}).items()}))
