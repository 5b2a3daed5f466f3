"""Every number of /ke-hoach and of a plan's page beside a query of its own (tests/dashboard/numbers): what is at risk
on a copy of the snapshot, plans on the registry. A number in a table or a list that has no mark fails."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from campaign.access import Role
from tests.dashboard.conftest import VERSION, Site
from tests.dashboard.test_every_number import Shown, Snapshot, asked_of_the_registry, compare, marked
from tests.support.people import grant
from tests.support.plan_page import PlanShown, shown
from tests.support.signed_in import signed_in
from tests.support.snapshots import Recipe
from warehouse.database import open_database
from warehouse.files import snapshot_path

# A cell of a table, or what stands beside a name: marked, or no query is asked about it.
CELLS = re.compile(r'<(?:td class="num"|dd)(?P<rest>[^>]*)>(?P<inner>.*?)</(?:td|dd)>', re.DOTALL)


@pytest.fixture(scope="module")
def went(site: Site) -> PlanShown:
    """Changed, and as far as a second shipment on its way."""
    plan = shown(site.registry)
    plan.changed()
    plan.went()
    return plan


@pytest.fixture(scope="module")
def draft(site: Site) -> PlanShown:
    """It promises nothing, and nobody changed it."""
    return shown(site.registry)


def read(site: Site, path: str = "", *provinces: str) -> str:
    token = signed_in(site.registry, [grant(Role.VIEWER, *provinces)])
    return site.with_token(token).get(f"/ke-hoach{path}?lang=vi").text


def filled(rows: Sequence[Shown], expected: Sequence[Shown]) -> list[Shown]:
    """Rows of the page with an empty text where they have no such cell; no query knows less than the page shows."""
    empty = dict.fromkeys((name for name in expected[0] if name != "key"), "")
    assert all({"key", *empty} >= set(row) for row in rows), "a cell that no query knows"
    return [{**empty, **row} for row in rows]


def of_the_plan(site: Site, plan: PlanShown, name: str, *, after: str, before: str) -> list[Shown]:
    expected = asked_of_the_registry(site, f"registry_plan_{name}", plan=plan.plan)
    compare(filled(marked(read(site, f"/{plan.plan}"), after=after, before=before), expected), expected)
    return expected


def test_what_is_at_risk(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "copy.duckdb"
    shutil.copy(snapshot_path(site.folder, VERSION), file)
    snapshot = Snapshot(file, site)
    snapshot.set(risk_days=site.deps.settings.reallocation.risk_days)
    expected = snapshot.rows("plan_risk")
    snapshot.database.close()
    part = {"after": 'id="rui-ro"', "before": 'id="danh-sach"'}
    compare(filled(marked(read(site), **part), expected), expected)
    # A province sees its own row, and a sentence of it alone.
    row = next(row for row in expected if row["key"] == "79")
    own = {line["key"]: line for line in filled(marked(read(site, "", "79"), **part), expected)}
    assert set(own) == {"79", "all"}
    assert own["79"] == row
    assert own["all"]["said"] == f"{row['expiring']} {row['uncovered']} 2"


@pytest.mark.usefixtures("draft")
def test_the_list_of_plans(site: Site, went: PlanShown) -> None:
    expected = asked_of_the_registry(site, "registry_plans")
    compare(filled(marked(read(site), after='id="danh-sach"', before="</section>"), expected), expected)
    own = next(row for row in expected if row["key"] == str(went.plan))
    assert (own["doses"], own["lines"], own["missing"]) == ("12.000", "2", "100")


def test_what_a_plan_changes(site: Site, went: PlanShown) -> None:
    of_the_plan(site, went, "figures", after='class="plan-figures"', before="</dl>")
    rows = of_the_plan(site, went, "places", after='id="truoc-sau"', before='id="ngoai-ke-hoach"')
    assert {row["key"] for row in rows} == {went.giver, went.taker, "S-48", "S-31"}


def test_lines_shipments_and_versions_of_a_plan(site: Site, went: PlanShown) -> None:
    lines = of_the_plan(site, went, "lines", after='id="dong"', before='id="truoc-sau"')
    assert {row["left"] for row in lines} == {"2.100", "1.500"}
    shipments = of_the_plan(site, went, "shipments", after='id="xuat-nhan"', before='id="dong"')
    assert len(shipments) == 2
    of_the_plan(site, went, "versions", after='id="lich-su"', before="</section>")


def test_how_lines_travel_and_what_a_tray_is_opened_for(site: Site, draft: PlanShown, went: PlanShown) -> None:
    """Of the lot 6 doses are a vial and 195 vials a tray."""

    def packed(plan: PlanShown) -> list[str]:
        lines = of_the_plan(site, plan, "lines", after='id="dong"', before='id="truoc-sau"')
        return [line["packed"] for line in sorted(lines, key=lambda line: line["key"])]

    assert packed(draft) == ["10 50 120", "1 55"]
    # A person changed the first line: nobody knows any more what it opens.
    assert packed(went) == ["8 190", "1 55"]


def test_no_number_stands_without_a_mark(site: Site, went: PlanShown) -> None:
    for path in ("", f"/{went.plan}"):
        # The definitions below tell units and sources of all of them, and no number of the page.
        cells = list(CELLS.finditer(read(site, path).split("door-definitions", 1)[0]))
        assert len(cells) > 8
        bare = [cell["inner"] for cell in cells if "data-cell" not in cell["rest"] + cell["inner"]]
        assert bare == [], path


def test_a_snapshot_of_before_says_that_it_knows_no_sessions(make_site: Callable[..., Site]) -> None:
    own = make_site(Recipe(version=VERSION))
    with open_database(snapshot_path(own.folder, VERSION)) as database:
        database.execute("DROP TABLE session_ahead")
    text = read(own)
    assert "chưa có lịch buổi tiêm" in text
    rows = {row["key"]: row for row in marked(text, after='id="rui-ro"', before='id="danh-sach"')}
    assert rows["79"]["expiring"] or rows["79"]["uncovered"]
    assert {row["planned"] for key, row in rows.items() if key != "all"} == {""}, "unknown is not zero"
