"""The embedded server after a crash, its own or that of whoever created it, and on a machine too busy for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from registry import embedded


def test_a_number_that_is_another_process_s_by_now_does_not_keep_the_server_from_starting(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    try:
        with psycopg.connect(embedded.start(folder).url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
        file = folder / embedded.PID_FILE
        number, *rest = file.read_text(encoding="utf-8").splitlines()
        server = psutil.Process(int(number))
        os.kill(server.pid, signal.SIGKILL)
        psutil.wait_procs([server], timeout=60)
        # This very process has its number.
        file.write_text("\n".join([str(os.getpid()), *rest, ""]), encoding="utf-8")
        assert embedded.running_url(folder) is None
        embedded.stop(folder)
        with psycopg.connect(embedded.start(folder).url) as connection:
            assert connection.execute("SELECT value FROM kept").fetchone() == (7,)
    finally:
        embedded.stop(folder)
    assert embedded.running_url(folder) is None


def test_killed_while_it_is_created_it_is_created_anew(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    code = "import sys; from pathlib import Path; from registry import embedded; embedded.start(Path(sys.argv[1]))"
    creating = subprocess.Popen([sys.executable, "-c", code, str(folder)], start_new_session=True)
    deadline = time.monotonic() + 60
    while not (folder / embedded.VERSION_FILE).exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(creating.pid, signal.SIGKILL)
    creating.wait(60)
    # What it began runs in sessions of its own.
    left = [one for one in psutil.process_iter(["cmdline"]) if str(folder) in (one.info["cmdline"] or ())]
    for one in left:
        one.kill()
    psutil.wait_procs(left, timeout=60)
    assert (folder / embedded.VERSION_FILE).exists()
    assert (tmp_path / "postgres.begun").exists(), "no server ever came up on it"
    try:
        for _ in range(2):
            with psycopg.connect(embedded.start(folder).url) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS value")
                assert connection.execute("SELECT value FROM kept").fetchone() == (7,)
            embedded.stop(folder)
    finally:
        embedded.stop(folder)
    assert (tmp_path / "postgres.unfinished" / embedded.VERSION_FILE).exists()


def test_a_machine_too_busy_to_start_it_in_time_tries_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, real, asked = tmp_path / "postgres", embedded.get_server, list[Path]()

    def busy(where: Path, **options: Any) -> object:
        asked.append(where)
        if len(asked) < embedded.TRIES:
            raise subprocess.TimeoutExpired("pg_ctl", 10)
        return real(where, **options)

    monkeypatch.setattr(embedded, "get_server", busy)
    monkeypatch.setattr(embedded, "BETWEEN_SECONDS", 0.0)
    try:
        with psycopg.connect(embedded.start(folder).url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        embedded.stop(folder)
    monkeypatch.setattr(embedded, "get_server", lambda *_, **__: busy_for_good())
    with pytest.raises(RuntimeError, match=r"did not start.*its log is in"):
        embedded.start(folder)


def busy_for_good() -> None:
    raise subprocess.TimeoutExpired("pg_ctl", 10)
