"""A registry and the warehouse that takes it in, for tests that look at figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from campaign.coverage import Measure, PopulationGroup
from cli.pipeline import open_warehouse, refresh_rules
from cli.places import as_role
from etl.feeds.postgres import Source
from etl.feeds.source import ReadLimits
from etl.marts import Extra
from etl.refresh import NOTHING_DECIDED, Decisions, Refreshed, Refresher
from operations.acts import open_releases, open_repairs
from operations.locks import cited_versions, locks
from operations.plan_telling import reallocations
from operations.statements import statements
from operations.targets import denominator_choices, target_versions
from settings import Settings
from warehouse import reads
from warehouse.snapshot import Row, Snapshots
from warehouse.writer import Warehouse

WALL = datetime(2021, 11, 22, 3, tzinfo=UTC)


class Centre:
    """A registry and a warehouse that takes it in."""

    def __init__(self, url: str, settings: Settings) -> None:
        self.url = url
        self.settings = settings
        self.warehouse: Warehouse = open_warehouse(settings, wait=False)
        self.snapshots = Snapshots(settings.snapshot_dir)
        self.later = timedelta(0)
        self.limits = ReadLimits()
        self.refresher = Refresher(self.warehouse, refresh_rules(settings), wall=lambda: WALL + self.later)

    def refresh(self, decisions: Decisions = NOTHING_DECIDED) -> Refreshed:
        extra = Extra(
            locks=locks(self.url),
            statements=statements(self.url),
            reallocations=reallocations(as_role(self.url, "mcc_etl")),
            cited=cited_versions(self.url),
        )
        source = Source(url=as_role(self.url, "mcc_etl"), limits=self.limits)
        return self.refresher.refresh(source, extra=extra, decisions=decisions)

    def decided(self) -> Decisions:
        """What named persons decided and no refresh has carried out."""
        return Decisions(
            repairs=open_repairs(self.url),
            releases={item.release_id: item.feed for item in open_releases(self.url)},
            targets=tuple(item.target for item in target_versions(self.url)),
            denominators=tuple((item.valid_from, item.version) for item in denominator_choices(self.url)),
        )

    def rows(self, query: str) -> list[Row]:
        """Against the current snapshot."""
        return self.snapshots.rows(self.snapshots.current(), query)

    def headline(self) -> reads.Headline:
        return reads.headline(self.snapshots, self.snapshots.current(), denominator="est_2021")

    def area(self, code: str) -> reads.AreaRow:
        rows = reads.area_rows(self.snapshots, self.snapshots.current(), denominator="est_2021")
        return next(row for row in rows if row.area.code == code)

    def reached(self, code: str, measure: Measure) -> int:
        return self.area(code).coverage[PopulationGroup.ALL, measure].people

    def holds(self) -> bool:
        return all(item.holds for item in reads.invariants(self.snapshots, self.snapshots.current()))

    def hash(self) -> str:
        return self.headline().info.content_hash

    def close(self) -> None:
        self.warehouse.close()
        self.snapshots.close()
