"""A decision about doses out of range, and the later one that corrects it: by two named persons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
from psycopg.conninfo import make_conninfo

from campaign.trust import ClockLimits
from operations.action_log import ActRefused
from operations.decisions import Actor
from operations.excursion_decisions import Asked, decide
from operations.excursions import StabilityRules
from settings.coldchain import ColdChainSettings
from settings.model import ClockSettings
from warehouse.database import ZONE
from warehouse.reference import load_stability, load_storage_classes, load_vial_facts

TRIED = 40
FIRST = ("hold", "chờ gọi thủ kho", "Trần Thị Bình (minh họa)")
# What the readings allow: the doses are used, or go on being held with what was found out.
NEXT = (
    ("use", "thủ kho xác nhận cửa mở khi nhập hàng, lọ vẫn mát", "Lê Văn An (minh họa)"),
    ("hold", "đã gọi thủ kho: thiếu số đo, chờ kết luận của viện", "Lê Văn An (minh họa)"),
)
# Fridges that were warm of late, and whose store has doses.
WARM = (
    "SELECT r.equipment_id FROM registry.temperature_reading AS r JOIN registry.equipment AS e USING (equipment_id) "
    "WHERE e.storage_class = 'refrigerator' AND r.temp_c > 8 AND r.read_at <= %s "
    "AND EXISTS (SELECT FROM registry.stock_movement AS m WHERE m.store_code = e.store_code) "
    "GROUP BY r.equipment_id ORDER BY r.equipment_id LIMIT %s"
)
TAKEN = "SELECT equipment_id, count(*) FROM operations.excursion_decision GROUP BY equipment_id ORDER BY 1"


def write_decisions(connection: psycopg.Connection, folder: Path, *, at: datetime) -> dict[str, int]:
    """Once: what was decided before a run was cut off stands, and is gone on with. Writes no row of the registry."""
    url = make_conninfo(connection.info.dsn, password=connection.info.password)
    rules = _rules(folder)
    taken = dict(connection.execute(TAKEN).fetchall())
    device = next(iter(taken), None)
    for name in () if device else [row[0] for row in connection.execute(WARM, [at, TRIED]).fetchall()]:
        if _decide(url, name, FIRST, rules, version=0, at=at - timedelta(hours=2)):
            device = name
            break
    if device is not None and taken.get(device, 1) < 2:
        for told in NEXT:
            if _decide(url, device, told, rules, version=1, at=at):
                break
    return {}


def _decide(
    url: str, device: str, told: tuple[str, str, str], rules: StabilityRules, *, version: int, at: datetime
) -> bool:
    kind, reason, name = told
    asked = Asked(device=device, kind=kind, reason=reason, version=version)
    by = Actor(name=name, origin="command", now=at.astimezone(UTC))
    try:
        decide(url, asked, rules=rules, by=by, campaign_now=at)
    except ActRefused:
        return False
    return True


def _rules(folder: Path) -> StabilityRules:
    """By the settings as they come: a demonstration's own are those of its clock."""
    chain = ColdChainSettings()
    return StabilityRules(
        classes={item.storage_class: item for item in load_storage_classes(folder)},
        budgets=load_stability(folder),
        vials=load_vial_facts(folder),
        clocks=ClockLimits(**ClockSettings().model_dump()),
        gap=timedelta(minutes=chain.gap_minutes),
        back=timedelta(days=chain.stability_days),
        zone=ZoneInfo(ZONE),
    )
