"""The embedded server after a crash: the file that it left says nothing of who has its number by now."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil
import psycopg

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
