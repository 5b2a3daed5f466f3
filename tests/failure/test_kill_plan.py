"""Every process of the centre is killed at once (`kill -9`) after each step of a plan: nothing of it is lost, and what
was asked of the planner's process is answered once."""

from __future__ import annotations

import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import psycopg
import pytest

from campaign.access import Role
from campaign.ledger import replay
from campaign.plan_record import Plan
from operations.action_log import connect
from operations.plan_records import look
from operations.plan_requests import judgements
from settings import load
from tests.support.people import grant
from tests.support.plan_centre import GIVER, LEFT, LOT, TAKER, planned
from tests.support.plans import ledger
from tests.support.running import Running, eventually, running
from tests.support.signed_in import cookie_of, forgery_header, signed_in
from warehouse.files import SnapshotUnavailable
from warehouse.snapshot import Snapshots

pytestmark = pytest.mark.slow
QUICK = {"MCC_ETL__REFRESH_SECONDS": "2", "MCC_REALLOCATION__POLL_SECONDS": "1"}
SENT, CAME = 12_000, 11_900
COUNTS = "SELECT (SELECT count(*) FROM operations.plan), (SELECT count(*) FROM operations.plan_answer)"


def killed(centre: Running) -> None:
    """All that belong to this state folder, the supervisor first: nobody starts anything again."""
    centre.process.kill()
    found: set[psutil.Process] = set()
    for process in psutil.process_iter(["cmdline"]):
        if str(centre.state) in " ".join(process.info["cmdline"] or ()):
            with suppress(psutil.NoSuchProcess):
                # PostgreSQL's own children do not name the folder.
                found |= {process, *process.children(recursive=True)}
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    centre.process.wait()
    assert psutil.wait_procs(found, timeout=60)[1] == []


class Way:
    """A plan as its people see it, by the forms of the page; everybody's session outlives the centre."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.plan = 0
        self.tokens: dict[str, str] = {}

    def alive(self, step: Callable[[Running], object]) -> None:
        """Start the centre, do one step in it, and kill it the moment it is done."""
        with running(self.state, **QUICK) as centre:
            self.url = centre.registry_url()
            step(centre)
            killed(centre)

    def post(self, centre: Running, who: str, path: str, **sent: str) -> str:
        token = self.tokens[who]
        if self.plan:
            sent["version"] = str(self.seen().version)
        asked = urllib.request.Request(
            f"{centre.url}/ke-hoach/{path}?lang=vi",
            data=urllib.parse.urlencode(sent).encode(),
            headers={**cookie_of(token), **forgery_header(token)},
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return str(answer.url)

    def seen(self) -> Plan:
        with connect(self.url) as connection:
            return look(connection, self.plan)

    def deeds(self) -> list[str]:
        return [act.deed.value for act in self.seen().acts]

    def judged(self) -> bool:
        """The newest lines, by the planner's process, which finds that they break nothing."""
        with connect(self.url) as connection:
            found = judgements(connection, self.plan).get(self.seen().newest.revision)
        return found is not None and not found.why and not found.violations

    def first(self, centre: Running) -> None:
        planned(self.url)
        people = {"planner": [grant(Role.PLANNER)], "approver": [grant(Role.APPROVER)],
                  "giver": [grant(Role.OPERATOR, "01")], "taker": [grant(Role.OPERATOR, "79")]}  # fmt: skip
        self.tokens = {name: signed_in(self.url, grants) for name, grants in people.items()}
        eventually(lambda: self.on_hand() == LEFT, "a snapshot with the doses of Hà Nội")
        self.post(centre, "planner", "lap", title="Tuần 47", policy="ours", days="14", inside="")

    def on_hand(self) -> int | None:
        with closing(Snapshots(load(state=self.state, environ={}).snapshot_dir)) as snapshots:
            try:
                rows = snapshots.rows(snapshots.current(), "SELECT store_code, on_hand FROM stock_by_lot")
            except SnapshotUnavailable:
                return None
        return {row["store_code"]: row["on_hand"] for row in rows}.get(GIVER)

    def changed(self, centre: Running) -> None:
        """What was asked for before the first kill is there by now, once."""
        self.plan = eventually(self._made, "the plan that was asked for")
        assert (self.deeds(), self.seen().lines[0].lot) == (["draft"], LOT)
        self.post(centre, "planner", f"{self.plan}/sua", **{"doses-1": str(SENT), "reason": "đường sạt lở"})

    def proposed(self, centre: Running) -> None:
        assert self.deeds() == ["draft", "change"]
        eventually(self.judged, "the checker's word on the changed lines")
        self.post(centre, "planner", f"{self.plan}/trinh")

    def decided(self, centre: Running) -> None:
        assert self.deeds()[-1] == "propose"
        day = datetime.now(UTC) - timedelta(days=1)
        told = {"number": "5555/QĐ-BYT", "decided_on": f"{day:%d/%m/%Y}", "signed_by": "Thứ trưởng Bộ Y tế"}
        self.post(centre, "approver", f"{self.plan}/quyet-dinh", **told)

    def approved(self, centre: Running) -> None:
        decision = self.seen().decision
        assert decision is not None
        assert (decision.number, decision.signed_by) == ("5555/QĐ-BYT", "Thứ trưởng Bộ Y tế")
        self.post(centre, "approver", f"{self.plan}/duyet")

    def shipped(self, centre: Running) -> None:
        assert self.deeds()[-2:] == ["decide", "approve"]
        self.post(centre, "giver", f"{self.plan}/xuat", **{"doses-1": str(SENT)})

    def received(self, centre: Running) -> None:
        (shipment,) = self.seen().shipments
        assert shipment.doses == SENT
        told = {f"doses-{shipment.shipment_id}": str(CAME), "temp_c": "4,5"}
        self.post(centre, "taker", f"{self.plan}/nhan", **told)

    def nothing_is_lost(self, _centre: Running) -> None:
        assert self.deeds() == ["draft", "change", "propose", "decide", "approve", "ship", "receive"]
        seen = self.seen()
        assert [version.lines[0].doses for version in seen.versions][1] == SENT
        assert (seen.acts[1].reason, seen.shipments[0].missing) == ("đường sạt lở", SENT - CAME)
        balances = replay(ledger(self.url))
        assert (balances[GIVER, LOT].on_hand, balances[TAKER, LOT].on_hand) == (LEFT - SENT, CAME)
        assert balances[TAKER, LOT].in_transit == SENT - CAME
        eventually(lambda: self.on_hand() == LEFT - SENT, "a snapshot that starts from there")
        with psycopg.connect(self.url) as connection:
            assert connection.execute(COUNTS).fetchone() == (1, 1), "asked once, made once"

    def _made(self) -> int | None:
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SELECT plan_id FROM operations.plan_answer").fetchone()
        return int(row[0]) if row and row[0] else None


def test_a_kill_after_each_step_loses_no_decision(tmp_path: Path) -> None:
    way = Way(tmp_path)
    for step in (
        *(way.first, way.changed, way.proposed, way.decided, way.approved, way.shipped, way.received),
        way.nothing_is_lost,
    ):
        way.alive(step)
