"""What config.yaml may say. Units are in the names; sources are in the comments of config.yaml itself."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from settings.archive import ArchiveSettings
from settings.coldchain import ColdChainSettings
from settings.conditions import ConditionSettings
from settings.notices import NoticeSettings
from settings.oidc import OidcSettings
from settings.plan import PlanSettings
from settings.reallocation import ReallocationSettings
from settings.section import LOOPBACK, Section
from settings.stock import StockSettings
from settings.tickets import TicketSettings
from settings.wall import WallSettings

DAY_SECONDS = 86_400
Seconds = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(gt=0.0, le=1.0)]


def _rising(edges: tuple[float, ...]) -> tuple[float, ...]:
    if any(after <= before for before, after in pairwise(edges)):
        raise ValueError(f"breaks must rise from one to the next: {edges}")
    return edges


Edges = Annotated[tuple[float, ...], Field(min_length=1, max_length=12), AfterValidator(_rising)]


class RegistrySettings(Section):
    url: str = ""
    app_url: str = ""
    etl_role: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*$")] = "mcc_etl"
    app_role: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*$")] = "mcc_app"


class AccessSettings(Section):
    """Of accounts and sessions; what each limits is said in operations.passwords and operations.sign_in.Limits."""

    password_min_length: Annotated[int, Field(ge=8, le=64)] = 12
    tls: bool = False
    proxies: Annotated[int, Field(ge=0, le=8)] = 0
    idle_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 60
    absolute_hours: Annotated[int, Field(ge=1, le=24)] = 12
    wall_days: Annotated[int, Field(ge=1, le=366)] = 30
    failures: Annotated[int, Field(ge=1, le=100)] = 5
    lockout_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 15
    address_tries: Annotated[int, Field(ge=1)] = 30
    address_window_seconds: Seconds = 60
    grace_seconds: Annotated[int, Field(ge=0, le=3600)] = 600
    recheck_seconds: Annotated[int, Field(ge=1, le=60)] = 5


class RedisSettings(Section):
    url: str = ""
    channel: str = "mcc:version"


class WebSettings(Section):
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8050
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    threads: Annotated[int, Field(ge=2, le=1024)] = 48
    max_streams: Annotated[int, Field(ge=0)] = 32
    told_per_second: Annotated[float, Field(gt=0, le=10_000)] = 15.0
    told_first: Annotated[int, Field(ge=0, le=1_000)] = 5
    poll_seconds: Seconds = 15
    language: Literal["vi", "en"] = "vi"
    stale_after_seconds: Seconds = 150
    max_body_bytes: Annotated[int, Field(ge=10_000, le=10_000_000)] = 65_536
    metrics_token: Annotated[str, Field(pattern=r"^([!-~]{16,})?$")] = ""
    request_log: bool = True

    @model_validator(mode="after")
    def streams_leave_threads(self) -> WebSettings:
        """A worker whose every thread holds a stream answers nobody else."""
        if self.max_streams >= self.threads:
            raise ValueError(f"max_streams ({self.max_streams}) must be below threads ({self.threads})")
        return self


class EtlSettings(Section):
    refresh_seconds: Seconds = 60
    misfire_grace_seconds: Seconds = 30
    batch_rows: Annotated[int, Field(ge=1000)] = 500_000
    max_bad_share: Share = 0.05
    bad_share_min_rows: Annotated[int, Field(ge=1)] = 200
    keep_last_snapshots: Annotated[int, Field(ge=2)] = 3
    keep_hourly_hours: Annotated[int, Field(ge=0)] = 48
    lag_amber_seconds: Seconds = 120
    lag_red_seconds: Annotated[int, Field(gt=0, le=DAY_SECONDS)] = 300
    hour_days: Annotated[int, Field(ge=1, le=7)] = 2
    session_days: Annotated[int, Field(ge=1)] = 2
    site_days: Annotated[int, Field(ge=1)] = 60
    quarantine_rows: Annotated[int, Field(ge=1)] = 300
    duckdb_memory_mb: Annotated[int, Field(ge=256)] = 800
    fold_rows: Annotated[int, Field(ge=1000)] = 5_000_000
    wake_min_seconds: Annotated[int, Field(ge=0)] = 20
    feed_budget_seconds: Annotated[int, Field(ge=0)] = 20
    max_rows_per_refresh: Annotated[int, Field(ge=0)] = 1_000_000
    record_drop_dir: str = ""
    record_drop_feeds: tuple[str, ...] = ()
    drop_settle_seconds: Seconds = 10
    source_mapping: str = ""
    night_hour: Annotated[int, Field(ge=0, le=23)] = 3
    readings_days: Annotated[int, Field(ge=2)] = 14
    audit_days: Annotated[int, Field(ge=1)] = 730
    drop_dir: str = ""


class MapBreaks(Section):
    """Lower edges of the legend's classes by what is counted (campaign.map_metrics.Kind)."""

    people: Edges = (20_000, 50_000, 100_000, 150_000, 250_000, 500_000)
    doses7: Edges = (10, 25, 50, 75, 100, 150)
    daily: Edges = (2_000, 5_000, 10_000, 20_000, 40_000, 80_000)
    points: Edges = (-30, -20, -10, -5, 0, 10)
    left: Edges = (50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000)
    usage: Edges = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    cover: Edges = (3, 7, 14, 30, 60, 90)


class NeedSettings(Section):
    """Where need and have are divided (campaign.map_metrics.NeedEdges)."""

    coverage: Annotated[Edges, Field(min_length=2, max_length=2)] = (0.7, 0.9)
    days: Annotated[Edges, Field(min_length=2, max_length=2)] = (7, 30)


class CampaignSettings(Section):
    timezone: str = "Asia/Ho_Chi_Minh"
    denominator: str = "est_2021"
    age_reference_year: Annotated[int, Field(ge=2000, le=2100)] = 2021
    coverage_breaks: Edges = (0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
    map_breaks: MapBreaks = MapBreaks()
    map_need: NeedSettings = NeedSettings()
    complete_after_days: Annotated[int, Field(ge=1, le=60)] = 28
    cutoff_hour: Annotated[int, Field(ge=0, le=23)] = 16


class ClockSettings(Section):
    overdue_days: Annotated[int, Field(ge=0, le=365)] = 7
    unserved_days: Annotated[int, Field(ge=15, le=365)] = 30
    expiring_days: Annotated[int, Field(ge=1, le=365)] = 30
    live_minutes: Annotated[int, Field(ge=1)] = 60
    hand_minutes: Annotated[int, Field(ge=1)] = 840
    file_minutes: Annotated[int, Field(ge=1)] = 10_080


class CauseSettings(Section):
    """Why a province is behind; what each means is said in campaign.causes.CauseRules."""

    pace_share: Annotated[float, Field(gt=0)] = 1.0
    supply_days: Annotated[float, Field(ge=0)] = 7.0
    delivered_share: Share = 0.8
    late_share: Share = 0.1
    declared_share: Share = 0.05
    denominator_points: Share = 0.05
    report_days: Annotated[int, Field(ge=1)] = 2
    places: Annotated[int, Field(ge=1, le=63)] = 5


class SiteSettings(Section):
    """Which sites are silent, which too fast or slow; what each means is said in campaign.sites.SiteRules."""

    silent_hours: Annotated[float, Field(gt=0, le=24)] = 2.0
    hours: Annotated[tuple[Annotated[int, Field(ge=0, le=23)], ...], Field(min_length=1)] = (
        7,
        8,
        9,
        10,
        11,
        13,
        14,
        15,
        16,
    )
    fast_share: Annotated[float, Field(gt=1)] = 1.2
    slow_share: Share = 0.5
    least_planned: Annotated[int, Field(ge=0)] = 10
    places: Annotated[int, Field(ge=1, le=63)] = 10
    most_rows: Annotated[int, Field(ge=1)] = 1000

    @model_validator(mode="after")
    def hours_ascend(self) -> SiteSettings:
        if list(self.hours) != sorted(set(self.hours)):
            raise ValueError("hours must be ascending, each named once")
        return self


class DriftSettings(Section):
    """Of the drift guard; what each means is said in etl.drift.DriftLimits."""

    readings: Annotated[int, Field(ge=1)] = 3000
    recent: Annotated[int, Field(ge=1)] = 300
    min_readings: Annotated[int, Field(ge=2)] = 30
    min_span_seconds: Annotated[float, Field(ge=0)] = 86_400.0
    min_rows: Annotated[int, Field(ge=1)] = 200
    floor_rows: Annotated[int, Field(ge=1)] = 5000
    burst_factor: Annotated[float, Field(ge=1)] = 8.0
    spreads: Annotated[float, Field(gt=0)] = 6.0
    min_places: Annotated[int, Field(ge=1)] = 20
    max_place_fall: Share = 0.7
    max_null_rise: Share = 0.25
    max_repeat_rise: Share = 0.25
    max_new_share: Share = 0.2


class DemoSettings(Section):
    enabled: bool = True
    seed: int = 2021
    one_in: Annotated[int, Field(ge=1, le=100_000)] = 100
    start_date: date = date(2021, 11, 22)
    start_hour: Annotated[int, Field(ge=0, le=23)] = 8
    speed: Annotated[float, Field(gt=0)] = 60.0
    tick_seconds: Annotated[float, Field(gt=0)] = 5.0
    reading_devices: Annotated[int, Field(ge=0)] = 200
    reading_hours: Annotated[int, Field(ge=0)] = 48
    dirt: bool = True


class AlertSettings(Section):
    """Of alerts and incidents; what each means is said in campaign.incidents.IncidentRules."""

    pending_seconds: Annotated[int, Field(ge=0, le=DAY_SECONDS)] = 60
    resolved_keep_hours: Annotated[int, Field(ge=1)] = 72
    group_by: dict[str, tuple[str, ...]] = Field(
        default_factory=lambda: {"coldchain": ("area", "district"), "stock_stopped": ("lot",)}
    )
    national: tuple[str, ...] = ("stock_stopped",)
    escalate_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 15
    levels: Annotated[int, Field(ge=1, le=9)] = 3
    close_after_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 12
    snooze_max_hours: Annotated[int, Field(ge=1, le=24 * 7)] = 12
    planned_max_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 72
    false_share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    response_weeks: Annotated[int, Field(ge=1, le=104)] = 8
    report_days: Annotated[int, Field(ge=1, le=60)] = 7
    report_least_days: Annotated[int, Field(ge=1, le=60)] = 3
    report_many_share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    watch_seconds: Annotated[float, Field(gt=0)] = 15
    # More than three minutes, and nobody hears of a dead pipeline in time (design, feature L5).
    dead_after_seconds: Annotated[float, Field(gt=0, le=180)] = 150


class LogSettings(Section):
    format: Literal["text", "json"] = "text"


class PublicSettings(Section):
    """Of the page for everyone; the rule is campaign.suppression."""

    min_cell: Annotated[int, Field(ge=2, le=1000)] = 10
    hour: Annotated[int, Field(ge=0, le=23)] = 18


class ApiSettings(Section):
    """Of /api/v1 and the open data; days of wall time, rows of a page."""

    per_minute: Annotated[int, Field(ge=1, le=100_000)] = 120
    page_rows: Annotated[int, Field(ge=1, le=10_000)] = 500
    page_rows_most: Annotated[int, Field(ge=1, le=10_000)] = 5_000
    good_days: Annotated[int, Field(ge=1, le=3_660)] = 365
    good_days_most: Annotated[int, Field(ge=1, le=3_660)] = 730

    @model_validator(mode="after")
    def defaults_are_within(self) -> ApiSettings:
        if self.page_rows > self.page_rows_most or self.good_days > self.good_days_most:
            raise ValueError("page_rows and good_days must not be above page_rows_most and good_days_most")
        return self


class ReportSettings(Section):
    """Reports on paper. `over` is whoever stands above the issuing body; texts are printed as they are."""

    rows: Annotated[int, Field(ge=1, le=200)] = 15
    chart_areas: Annotated[int, Field(ge=1, le=63)] = 15
    chart_days: Annotated[int, Field(ge=1, le=92)] = 28
    over_vi: str = "BỘ Y TẾ"
    over_en: str = "MINISTRY OF HEALTH"
    body_vi: str = "TRUNG TÂM ĐIỀU HÀNH TIÊM CHỦNG"
    body_en: str = "VACCINATION RESPONSE CENTRE"
    city_vi: str = "Hà Nội"
    city_en: str = "Hanoi"


class FaultSettings(Section):
    kill_at: str = ""


class Settings(Section):
    """The whole of config.yaml. `root` is the folder it lies in; relative paths start there."""

    root: Path
    state_dir: Path = Path("data/state")
    registry: RegistrySettings = RegistrySettings()
    redis: RedisSettings = RedisSettings()
    web: WebSettings = WebSettings()
    access: AccessSettings = AccessSettings()
    oidc: OidcSettings = OidcSettings()
    etl: EtlSettings = EtlSettings()
    campaign: CampaignSettings = CampaignSettings()
    causes: CauseSettings = CauseSettings()
    sites: SiteSettings = SiteSettings()
    clock: ClockSettings = ClockSettings()
    coldchain: ColdChainSettings = ColdChainSettings()
    reallocation: ReallocationSettings = ReallocationSettings()
    stock: StockSettings = StockSettings()
    conditions: ConditionSettings = ConditionSettings()
    plan: PlanSettings = PlanSettings()
    tickets: TicketSettings = TicketSettings()
    drift: DriftSettings = DriftSettings()
    demo: DemoSettings = DemoSettings()
    alerts: AlertSettings = AlertSettings()
    notices: NoticeSettings = NoticeSettings()
    logs: LogSettings = LogSettings()
    public: PublicSettings = PublicSettings()
    api: ApiSettings = ApiSettings()
    wall: WallSettings = WallSettings()
    reports: ReportSettings = ReportSettings()
    archive: ArchiveSettings = ArchiveSettings()
    faults: FaultSettings = FaultSettings()

    @model_validator(mode="after")
    def open_network_needs_tls(self) -> Settings:
        """Passwords and session cookies cross a network inside TLS or not at all."""
        if self.web.host not in LOOPBACK and not self.access.tls:
            raise ValueError(
                f"web.host {self.web.host} is not loopback: put a TLS proxy in front and set access.tls: true"
            )
        return self

    @model_validator(mode="after")
    def provider_needs_the_same_tls(self) -> Settings:
        """Where people come by https, their cookies are bound to it; where they do not, nothing pretends they did."""
        https = self.oidc.public_url.startswith("https:")
        if self.oidc.enabled and https != self.access.tls:
            fix = "set access.tls: true" if https else "give the https address, or set access.tls: false"
            raise ValueError(f"oidc.public_url {self.oidc.public_url} and access.tls do not agree: {fix}")
        return self

    @property
    def on_loopback(self) -> bool:
        """Whether the pages are within reach of this machine alone."""
        return self.web.host in LOOPBACK and not self.access.tls

    @property
    def shows_demo(self) -> bool:
        """The embedded demonstration, for whoever sits at this machine: only then are accounts made up for it."""
        return self.demo.enabled and not self.registry.url and self.on_loopback

    @property
    def state(self) -> Path:
        """Absolute folder of everything the programme writes."""
        return (self.root / self.state_dir).resolve()

    @property
    def warehouse_dir(self) -> Path:
        return self.state / "warehouse"

    @property
    def snapshot_dir(self) -> Path:
        return self.state / "warehouse" / "snapshots"

    @property
    def publication_dir(self) -> Path:
        """One file a day: what was told to everyone."""
        return self.state / "public"

    @property
    def report_dir(self) -> Path:
        """One folder a report, with its forms and a manifest."""
        return self.state / "reports"

    @property
    def reference_dir(self) -> Path:
        return self.root / "data" / "reference"

    @property
    def profile_dir(self) -> Path:
        return self.root / "data" / "profiles"
