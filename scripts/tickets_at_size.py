"""How long the queue of correction tickets takes at the size of four days of 2022: 800,000 tickets.

    .venv/bin/python scripts/tickets_at_size.py [TICKETS]

An embedded registry of its own, thrown away at the end. A tenth of the tickets is touched by the centre; in the second
round the oldest three quarters are closed there, which is what a queue that reads the oldest first has to skip. Times
are seconds of one reading, the second of two, as the page (`queue`), the alerts (`backlogs`) and one province read it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from campaign.tickets import Kind, Limits  # noqa: E402
from cli.places import as_role  # noqa: E402
from operations.ticket_queue import backlogs, queue  # noqa: E402
from registry import embedded  # noqa: E402
from registry.migrate import migrate  # noqa: E402

NOW = datetime(2022, 4, 20, 3, tzinfo=UTC)
LIMITS = Limits({Kind.MISSING: timedelta(hours=72), Kind.WRONG: timedelta(hours=120)})
AREAS = (
    "INSERT INTO registry.area (code, level, name_vi, source, valid_from) SELECT lpad(n::text, 2, '0'), 'province', "
    "'P' || n, 'x', '2021-01-01' FROM generate_series(1, 63) n"
)
SITES = (
    "INSERT INTO registry.site (code, name_vi, kind, province_code, opened_on) SELECT 'S' || n, 'S' || n, 'fixed', "
    "lpad((1 + n %% 63)::text, 2, '0'), '2021-01-01' FROM generate_series(1, 19500) n"
)
TICKETS = (
    "INSERT INTO registry.correction_ticket (ticket_id, number, person_id, kind, province_code, site_code, "
    "product_code, injected_on, filed_at) SELECT n, 'T' || n, n, CASE n %% 3 WHEN 0 THEN 'wrong' ELSE 'missing' END, "
    "lpad((1 + n %% 63)::text, 2, '0'), CASE WHEN n %% 20 > 0 THEN 'S' || (1 + n * 7919 %% 19500) END, 'PF', "
    "date '2021-11-01' + (n %% 90)::integer, %(now)s::timestamptz - (%(count)s - n) * interval '4 days' / %(count)s "
    "FROM generate_series(1, %(count)s::bigint) n"
)
TOUCHED = (
    "INSERT INTO operations.ticket (ticket_id, state, owner, changed_at, changed_by) "
    "SELECT n, 'assigned', 'lan', now(), 'lan' FROM generate_series(1, %(count)s, 10) n"
)
CLOSED = (
    "INSERT INTO operations.ticket (ticket_id, state, owner, closing, changed_at, changed_by) "
    "SELECT n, 'closed', 'lan', 'duplicate', now(), 'lan' FROM generate_series(1, %(count)s * 3 / 4) n "
    "ON CONFLICT (ticket_id) DO UPDATE SET state = 'closed', closing = 'duplicate'"
)


def timed(read: Callable[[], object]) -> float:
    read()
    began = time.perf_counter()
    read()
    return time.perf_counter() - began


def measure(url: str, title: str) -> None:
    print(title)
    for name, read in (
        ("page, all provinces", lambda: queue(url, now=NOW, limits=LIMITS)),
        ("page, one province", lambda: queue(url, now=NOW, limits=LIMITS, areas=["01"])),
        ("page, overdue of one province", lambda: queue(url, now=NOW, limits=LIMITS, areas=["01"], overdue=True)),
        ("alerts, backlog by province", lambda: backlogs(url, now=NOW, limits=LIMITS)),
    ):
        print(f"  {timed(read):7.3f} s  {name}", flush=True)


def main(count: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="mcc-tickets-"))
    try:
        server = embedded.start(folder / "pg")
        migrate(server.url, etl_role="mcc_etl")
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(AREAS)
            connection.execute(SITES, {})
            connection.execute(TICKETS, {"now": NOW, "count": count})
            connection.execute(TOUCHED, {"count": count})
            connection.execute("VACUUM ANALYZE")
        measure(as_role(server.url, "mcc_app"), f"{count:,} open tickets")
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(CLOSED, {"count": count})
            connection.execute("VACUUM ANALYZE")
        measure(as_role(server.url, "mcc_app"), f"{count:,} tickets, the oldest three quarters closed here")
    finally:
        embedded.stop(folder / "pg")
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 800_000)
