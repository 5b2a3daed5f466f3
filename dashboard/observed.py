"""What a monitor reads at /metrics, in Prometheus' text: counts by template of the path, never by what was asked for.

Several workers count into files of one folder (share_counts), so that whichever is asked tells the numbers of all.
What the snapshot says is read when asked: it is the same for every worker.
"""

from __future__ import annotations

import hmac
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from flask import Flask, Response, abort, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from warehouse import reads
from warehouse.files import SnapshotUnavailable, snapshot_path

if TYPE_CHECKING:
    from dashboard.routes import Desk

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LIVE = "live"
# Around what the pages promise: 50 ms for a filter, seconds when something is wrong.
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Said by a proxy about whom it speaks for: such a request does not come from this machine, wherever it arrives from.
PROXIED = ("X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via")
LOOPBACK = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})


def share_counts(folder: Path) -> None:
    """Before the workers are forked: from now on this process and its children count into files of `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # The library's own way to be told; it looks at its import, which is behind us.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    values.ValueClass = values.MultiProcessValue()


def forget_worker(pid: int) -> None:
    """A worker has ended: the streams that it held are gone, what it counted stays."""
    multiprocess.mark_process_dead(pid)


def route_of() -> str:
    """The template that the request matched: a small set, whatever is asked for."""
    return request.url_rule.rule if request.url_rule is not None else "none"


class Metrics:
    """The counts of one application."""

    def __init__(self, desk: Desk) -> None:
        self._own = CollectorRegistry()
        self._seen = SeenNow(desk)
        names = ["method", "route", "status"]
        self._requests = Counter("mcc_requests", "Requests answered.", names, registry=self._own)
        self._seconds = Histogram(
            "mcc_request_seconds",
            "From a request's arrival to its answer.",
            ["route"],
            buckets=SECONDS,
            registry=self._own,
        )
        self._streams = Gauge(
            "mcc_live_streams", "Live streams that are open.", registry=self._own, multiprocess_mode="livesum"
        )

    def count(self, response: Response, seconds: float) -> None:
        """Once a request. A stream is open until its answer is closed."""
        route = route_of()
        method = request.method if request.method in METHODS else "other"
        self._requests.labels(method, route, str(response.status_code)).inc()
        self._seconds.labels(route).observe(seconds)
        if request.endpoint == LIVE and response.status_code == 200 and request.method == "GET":
            self._streams.inc()
            response.call_on_close(self._streams.dec)

    def text(self) -> bytes:
        registry = self._own
        if issubclass(values.ValueClass, values.MutexValue):
            return generate_latest(registry) + self._seen.text()
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
        return generate_latest(registry) + self._seen.text()


class SeenNow(Collector):
    """The snapshot, its feeds and the parts that it leans on, as this worker sees them at this moment."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def text(self) -> bytes:
        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: what there is depends on the snapshot."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        _, health = self._desk.hub.state()
        yield _one("mcc_registry_up", "Whether the registry answers.", float(health.registry.ok))
        yield _one("mcc_redis_up", "Whether Redis answers.", float(health.redis.ok))
        try:
            yield from self._snapshot()
        except (SnapshotUnavailable, duckdb.Error, OSError):
            # A monitor alerts on what is missing; the other numbers must still come.
            yield _one("mcc_snapshot_readable", "Whether there is a snapshot to show.", 0.0)

    def _snapshot(self) -> Iterator[Metric]:
        readings = self._desk.studio.readings
        version = readings.snapshots.current()
        about = readings.info(version)
        yield _one("mcc_snapshot_readable", "Whether there is a snapshot to show.", 1.0)
        yield _one("mcc_snapshot_version", "Number of the current snapshot.", float(version))
        age = (self._desk.deps.wall() - about.published_at).total_seconds()
        yield _one("mcc_snapshot_age_seconds", "Wall time since the refresh of the current snapshot began.", age)
        written = snapshot_path(self._desk.deps.settings.snapshot_dir, version).stat().st_mtime
        took = max(written - about.published_at.timestamp(), 0.0)
        yield _one("mcc_refresh_seconds", "From the begin of that refresh to its snapshot on disk.", took)
        yield from self._feeds(version)

    def _feeds(self, version: int) -> Iterator[Metric]:
        lag = GaugeMetricFamily(
            "mcc_feed_lag_seconds", "Wall time since a feed was last read with success.", labels=["feed"]
        )
        held = GaugeMetricFamily("mcc_feed_quarantined", "Rows of a feed set aside since it began.", labels=["feed"])
        well = GaugeMetricFamily("mcc_feed_ok", "Whether the last reading of a feed went well.", labels=["feed"])
        now = self._desk.deps.wall()
        for feed in reads.feed_statuses(self._desk.studio.readings.snapshots, version):
            if feed.last_success is not None:
                lag.add_metric([feed.name], (now - feed.last_success).total_seconds())
            held.add_metric([feed.name], float(feed.quarantined))
            well.add_metric([feed.name], float(feed.state in ("ok", "filling")))
        yield from (lag, held, well)


def add_metrics(server: Flask, desk: Desk, metrics: Metrics) -> None:
    token = desk.deps.settings.web.metrics_token

    def show() -> Response:
        if not _may_read(token):
            # As if it were not there: nobody else needs to know.
            abort(404)
        return Response(metrics.text(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})

    server.add_url_rule("/metrics", view_func=show, endpoint="metrics")


def _may_read(token: str) -> bool:
    if token:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        return kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
    return request.remote_addr in LOOPBACK and not any(name in request.headers for name in PROXIED)


def _one(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)
