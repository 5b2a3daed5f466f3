"""Under gunicorn: whichever worker is asked, it tells the numbers of all, also of those that are gone."""

from __future__ import annotations

import os
import signal
import time
import urllib.request
from http.client import HTTPResponse
from pathlib import Path

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.signed_in import SESSION, signed_in
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import running, settings_for

pytestmark = pytest.mark.slow
ASKED = 40


def sample(address: str, name: str, **labels: str) -> float:
    with urllib.request.urlopen(f"{address}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    return sum(
        item.value
        for family in text_string_to_metric_families(text)
        for item in family.samples
        if item.name == name and labels.items() <= item.labels.items()
    )


def workers_of(port: int) -> list[psutil.Process]:
    (arbiter,) = [
        process
        for process in psutil.Process().children(recursive=True)
        if any(child.net_connections() for child in process.children())
        and any(item.laddr.port == port for item in process.net_connections())
        and process.children()
    ]
    return arbiter.children()


def eventually(address: str, name: str, wanted: float) -> None:
    for _ in range(100):
        if sample(address, name) == wanted:
            return
        time.sleep(0.2)
    raise AssertionError(f"{name} was never {wanted}: {sample(address, name)}")


def test_counts_are_of_all_workers_and_outlive_one(tmp_path: Path, web_registry: str) -> None:
    write_snapshot(settings_for(tmp_path).snapshot_dir, Recipe(version=1))
    with running(tmp_path, registry=web_registry, workers=2) as address:
        viewer = {"Cookie": f"{SESSION}={signed_in(web_registry)}"}

        def asked(path: str) -> HTTPResponse:
            answer: HTTPResponse = urllib.request.urlopen(
                urllib.request.Request(address + path, headers=viewer), timeout=60
            )
            return answer

        for _ in range(ASKED):
            asked("/version").close()
        told = {sample(address, "mcc_requests_total", route="/version", status="200") for _ in range(10)}
        assert told == {ASKED}, "one number, whoever answers"
        streams = [asked("/live") for _ in range(3)]
        eventually(address, "mcc_live_streams", 3)
        for worker in workers_of(int(address.rpartition(":")[2])):
            os.kill(worker.pid, signal.SIGKILL)
        for stream in streams:
            stream.close()
        eventually(address, "mcc_live_streams", 0)
        assert sample(address, "mcc_requests_total", route="/version", status="200") == ASKED
        assert sample(address, "mcc_snapshot_version") == 1
