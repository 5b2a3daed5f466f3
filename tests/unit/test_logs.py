"""One line an event in one form, whoever logs it; nothing can end a line early."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

SCRIPT = """
import logging, structlog
from cli.logs import configure_logs
configure_logs("{form}")
log = structlog.get_logger("request")
structlog.contextvars.bind_contextvars(request_id="abcd-1234")
log.info("request", route="/x", status=200, text='a"b\\nlevel=error')
logging.getLogger("gunicorn.error").error("worker %s\\nis gone", 7)
secret = "bi-mat"
try:
    1 / 0
except ZeroDivisionError:
    log.exception("failed")
    logging.getLogger("dashboard").exception("Exception on %s", "/x")
"""


def told(form: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(form=form)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "", "standard output belongs to what a command answers"
    return done.stderr


def test_json_is_one_object_a_line_of_ours_and_of_libraries() -> None:
    lines: list[dict[str, Any]] = [json.loads(line) for line in told("json").splitlines()]
    assert [line["event"] for line in lines] == ["request", "worker 7\nis gone", "failed", "Exception on /x"]
    assert {line["request_id"] for line in lines} == {"abcd-1234"}
    assert [line["level"] for line in lines] == ["info", "error", "error", "error"]
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert (lines[0]["status"], lines[1]["logger"]) == (200, "gunicorn.error")
    for line in lines[2:]:
        assert "ZeroDivisionError" in line["exception"]
        assert "bi-mat" not in str(line), "the values of variables stay out of the log"


@pytest.mark.parametrize("form", ["text"])
def test_text_keeps_a_value_on_its_line(form: str) -> None:
    first = told(form).splitlines()[0]
    assert "event='request'" in first and "request_id='abcd-1234'" in first
    assert "\\nlevel=error" in first
