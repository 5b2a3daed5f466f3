"""The whole centre as a user runs it: what happens when a part dies, when it is stopped, and when started twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.support.registry import NOON, Dose, add_doses, add_people, seed
from tests.support.running import ROOT, Running, environment, eventually, free_port, processes_of, running

pytestmark = pytest.mark.slow


def fill(centre: Running, *, first: int = 1) -> None:
    add_people(centre.registry_url(), [(first, "79")])
    add_doses(centre.registry_url(), [Dose(first, first, NOON)])


def doses_shown(centre: Running) -> int:
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "status", "--json", "--state", str(centre.state)],
        capture_output=True,
        text=True,
        check=False,
    )
    return int(json.loads(done.stdout)["feeds"]["dose"]["accepted"]) if done.stdout else 0


def pid_of(centre: Running, name: str) -> int:
    """The server of this state folder whose executable is `name`."""
    for process in psutil.process_iter(["name", "cmdline", "ppid"]):
        line = " ".join(process.info["cmdline"] or ())
        if process.info["name"] == name and str(centre.state) in line:
            return process.pid
    raise AssertionError(f"no {name} runs for this state folder")


def healthy(centre: Running, part: str, *, ok: bool) -> bool:
    health = centre.get("/health")
    return health is not None and bool(health[part]["ok"] if isinstance(health[part], dict) else health[part]) is ok


@pytest.mark.parametrize(("part", "server"), [("registry", "postgres"), ("redis", "valkey-server")])
def test_a_killed_server_is_told_on_the_page_and_comes_back_alone(tmp_path: Path, part: str, server: str) -> None:
    with running(tmp_path, MCC_ETL__REFRESH_SECONDS="2") as centre:
        seed(centre.registry_url())
        fill(centre)
        eventually(lambda: doses_shown(centre) == 1, "the first dose in a snapshot")
        # The supervisor is frozen, so that it cannot bring the server back before anybody has looked.
        os.kill(centre.process.pid, signal.SIGSTOP)
        os.kill(pid_of(centre, server), signal.SIGKILL)
        eventually(lambda: healthy(centre, part, ok=False), f"the page says that {part} is away")
        assert centre.get("/version"), "the last snapshot stays readable"
        os.kill(centre.process.pid, signal.SIGCONT)
        eventually(lambda: healthy(centre, part, ok=True), f"{part} is back")
        fill(centre, first=2)
        eventually(lambda: doses_shown(centre) == 2, "a dose recorded after the recovery")


def test_a_killed_etl_process_is_started_again(tmp_path: Path) -> None:
    with running(tmp_path, MCC_ETL__REFRESH_SECONDS="2") as centre:
        seed(centre.registry_url())
        fill(centre)
        eventually(lambda: doses_shown(centre) == 1, "the first dose in a snapshot")
        etl = [
            process
            for process in psutil.process_iter(["cmdline"])
            if str(tmp_path) in (process.info["cmdline"] or ()) and "etl" in (process.info["cmdline"] or ())
        ]
        assert len(etl) == 1
        etl[0].kill()
        fill(centre, first=2)
        eventually(lambda: doses_shown(centre) == 2, "a dose recorded after the restart")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_no_process_behind(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path) as centre:
        seed(centre.registry_url())
        eventually(lambda: centre.get("/health"), "the web answers")
        assert len(processes_of(tmp_path)) >= 5
        centre.process.send_signal(number)
        out, told = centre.process.communicate()
        assert centre.process.returncode == 0, told
        assert out.strip() == centre.url
        assert processes_of(tmp_path) == []


def test_a_second_copy_and_a_taken_port_are_told_in_one_line(tmp_path: Path) -> None:
    with running(tmp_path) as centre:
        eventually(lambda: centre.get("/version") is not None or centre.get("/healthz") is not None, "the web answers")
        second = start(tmp_path, port=free_port())
        assert (second.returncode, second.stderr.count("\n")) == (2, 1), second.stderr
        assert "--state DIR" in second.stderr
        taken = start(tmp_path / "other", port=centre.port)
        assert (taken.returncode, taken.stderr.count("\n")) == (2, 1), taken.stderr
        assert str(centre.port) in taken.stderr


def start(state: Path, *, port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "run", "--state", str(state)],
        env=environment(port),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_second_writer_is_refused_in_one_line(tmp_path: Path) -> None:
    with running(tmp_path, MCC_ETL__REFRESH_SECONDS="2") as centre:
        seed(centre.registry_url())
        fill(centre)
        eventually(lambda: doses_shown(centre) == 1, "the first dose in a snapshot")
        once = subprocess.run(
            [sys.executable, str(ROOT / "app.py"), "refresh", "--once", "--state", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (once.returncode, once.stderr.count("\n")) == (2, 1), once.stderr
        assert "another process writes this warehouse" in once.stderr
