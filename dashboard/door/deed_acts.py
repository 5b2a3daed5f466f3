"""The act behind each form of the page on decisions, with what was sent. Each raises ActRefused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from flask import request

from campaign.scenario import Levers
from campaign.statements import Kind
from dashboard.door.deed_desk import DeedDesk, count_of
from dashboard.door.typed import day_of
from etl.feeds.registry import FEEDS
from operations import acts, decisions, scenario_withdrawal
from operations.action_log import ActRefused

RELEASE, REPAIR, LOCK, TARGET, DENOMINATOR = "cho-qua", "sua", "chot", "chi-tieu", "mau-so"
CONFIRM, EXPLAIN, SCENARIO, WITHDRAW = "xac-nhan", "giai-trinh", "kich-ban", "rut-kich-ban"
KEYS = {feed.name: feed.key for feed in FEEDS}


def _release(desk: DeedDesk, url: str, by: decisions.Actor) -> None:
    decisions.release(url, desk.snapshots, feed=_sent("feed"), reason=_sent("reason"), by=by)


def _repair(_desk: DeedDesk, url: str, by: decisions.Actor) -> None:
    feed = _sent("feed")
    acts.repair(
        url,
        feed=feed,
        record_key=_sent("key"),
        field=_sent("field"),
        value=_sent("value"),
        reason=_sent("reason"),
        actor=by.name,
        now=by.now,
        key_field=KEYS.get(feed, ""),
        origin=by.origin,
        request_id=by.request_id,
    )


def _change_target(desk: DeedDesk, url: str, by: decisions.Actor) -> None:
    asked = decisions.AskedTarget(
        target_id=_sent("target"),
        ratio=_share(_sent("percent")),
        more_than="more" in request.form,
        due_on=_day_or_none("due"),
        valid_from=_day_or_none("since"),
    )
    decisions.change_target(url, desk.snapshots, asked, reason=_sent("reason"), by=by)


def _use_denominator(desk: DeedDesk, url: str, by: decisions.Actor) -> None:
    decisions.use_denominator(
        url, desk.snapshots, _sent("version"), valid_from=_day_or_none("since"), reason=_sent("reason"), by=by
    )


def _save_scenario(desk: DeedDesk, url: str, by: decisions.Actor) -> None:
    arrivals = _sent("arrivals")
    decisions.save_scenario(
        url,
        desk.snapshots,
        name=_sent("name"),
        area=_sent("area"),
        levers=Levers(
            pace_percent=count_of(_sent("pace")),
            declines_percent=count_of(_sent("declines")),
            arrivals_weekly=count_of(arrivals) if arrivals else None,
        ),
        reason=_sent("reason"),
        by=by,
    )


def _withdraw_scenario(_desk: DeedDesk, url: str, by: decisions.Actor) -> None:
    scenario_withdrawal.withdraw_scenario(url, count_of(_sent("scenario")), reason=_sent("reason"), by=by)


def _confirm(desk: DeedDesk, url: str, by: decisions.Actor) -> None:
    _state_figure(desk, url, by, Kind.CONFIRMED)


def _explain(desk: DeedDesk, url: str, by: decisions.Actor) -> None:
    _state_figure(desk, url, by, Kind.WITHDRAWN if "withdraw" in request.form else Kind.EXPLAINED)


def _state_figure(desk: DeedDesk, url: str, by: decisions.Actor, kind: Kind) -> None:
    decisions.state_figure(
        url,
        desk.snapshots,
        day=day_of(_sent("day")),
        area=_sent("area"),
        kind=kind,
        text=_sent("text"),
        rule=_rule(desk),
        by=by,
    )


def _lock(desk: DeedDesk, url: str, by: decisions.Actor) -> None:
    decisions.lock(
        url,
        desk.snapshots,
        desk.settings.snapshot_dir,
        day=day_of(_sent("day")),
        rule=_rule(desk),
        early="early" in request.form,
        reason=_sent("reason"),
        by=by,
    )


ACTS: dict[str, Callable[[DeedDesk, str, decisions.Actor], None]] = {
    RELEASE: _release,
    REPAIR: _repair,
    LOCK: _lock,
    TARGET: _change_target,
    DENOMINATOR: _use_denominator,
    CONFIRM: _confirm,
    EXPLAIN: _explain,
    SCENARIO: _save_scenario,
    WITHDRAW: _withdraw_scenario,
}


def _sent(name: str) -> str:
    return request.form.get(name, "")


def _day_or_none(name: str) -> date | None:
    return day_of(_sent(name)) if _sent(name) else None


def _rule(desk: DeedDesk) -> decisions.Day:
    campaign = desk.settings.campaign
    return decisions.Day(cutoff_hour=campaign.cutoff_hour, timezone=campaign.timezone, denominator=campaign.denominator)


def _share(text: str) -> float:
    """Per cent, with either mark: "72,5" is 0.725."""
    try:
        percent = Fraction(text.strip().replace(",", "."))
    except (ValueError, ZeroDivisionError) as error:
        raise ActRefused(f"'{text[:20]}' is no percentage; write 80 or 72.5", "no_percent", text=text[:20]) from error
    return float(percent / 100)
