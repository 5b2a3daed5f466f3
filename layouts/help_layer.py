"""The help layer: what each number on a page counts, what it is divided by, whence it comes, and by which clock.

One register for all pages. A number whose origin can be asked for (warehouse.lineage) has its definition there, too;
the facts stand in both. tests/dashboard/test_help.py walks every tile and column and fails on one without an entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html

from campaign.devices import DeviceState
from campaign.equipment import Status
from layouts.ids import Shell
from layouts.parts import Child, attributes, icon
from layouts.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Names of families of words: the unit that is counted, the denominator, the source, the clock."""

    unit: str
    source: str
    clock: str
    denominator: str = "none"


STOCK_DOSES = tuple(
    f"stock_{name}"
    for name in (
        *("usable", "blocked", "past", "in_transit", "total", "on_hand", "received", "incoming", "administered"),
        *("wasted", "lost", "difference"),
    )
)
DECISION_DOSES = tuple(
    f"decision_{name}" for name in ("planned", "sent", "received", "in_transit", "used", "missing", "over")
)
DECISION_DAYS = tuple(f"decision_{name}" for name in ("decided", "expected", "received_on", "changed"))
USAGE_DOSES = tuple(
    f"usage_{name}"
    for name in ("given", "allocated", "received", "gone", "beyond", "extra", "unallocated", "central", "unexplained")
)
DELIVERY_DAYS = ("delivery_sent", "delivery_received")
EVENTS, EVENT_RATES = ("event_serious", "event_others"), ("event_serious_rate", "event_others_rate")
USAGE_COUNTS = ("usage_rounds", "usage_newer", "decision_late")
SUPPLY_DOSES = ("supply_givable", "supply_stranded", "supply_for_doses", "supply_covers")
SUPPLY_PIECES = ("supply_pieces", "supply_needed", "supply_lacking")
VIALS = ("vial_stage", "vial_unread", "vial_discard", "vial_read")
DEVICES = tuple(f"device_{state}" for state in DeviceState)
STATUSES = tuple(f"equipment_{status}" for status in Status)
ROOM_LITRES = ("room_filled", "room_coming", "room_free", "room_after")
# Of a report that compares with an earlier snapshot (campaign.since).
SINCE = tuple(f"since_{name}" for name in ("before", "new", "revised", "raised", "lowered", "now", "difference"))
# Of a report: doses that approved plans move, and what is said of such a plan.
MOVED_DOSES = tuple(f"moves_{name}" for name in ("doses", "shipped", "received", "on_way", "missing"))
UPTIME = ("equipment_uptime", "equipment_silent", "equipment_out", "equipment_down")


def _entries() -> dict[str, Entry]:
    doses = Entry(unit="doses", source="records", clock="injected")
    people = Entry(unit="people", source="records", clock="injected")
    share = {
        group: Entry(unit="people", denominator=group, source="both", clock="injected") for group in ("18plus", "all")
    }
    chosen = Entry(unit="people", denominator="chosen", source="both", clock="injected")
    pace = Entry(unit="people_a_day", source="records", clock="whole_days")
    scenario = Entry(unit="day", denominator="chosen", source="scenario", clock="ahead")
    lever = Entry(unit="lever", source="scenario", clock="ahead")
    return {
        "area": Entry(unit="place", source="reference", clock="as_of"),
        **dict.fromkeys(("doses", "doses_today", "doses_yesterday", "doses_last_7_days"), doses),
        **dict.fromkeys(("dose1_people", "full_people"), people),
        "dose1_18plus": share["18plus"],
        "full_18plus": share["18plus"],
        "dose1_all": share["all"],
        "full_all": share["all"],
        "not_yet_18plus": share["18plus"],
        "not_yet_all": share["all"],
        **dict.fromkeys(("dose1_65plus", "full_65plus", "dose1_50plus", "full_50plus"), people),
        "portal": Entry(unit="doses", denominator="18plus", source="both", clock="injected"),
        "registered": Entry(unit="registrations", source="registrations", clock="as_of"),
        **dict.fromkeys(("delivered", "on_hand"), Entry(unit="vaccine", source="stock", clock="as_of")),
        "pending": Entry(unit="doses", source="publisher", clock="as_of"),
        "quarantined": Entry(unit="records", source="quarantine", clock="as_of"),
        **dict.fromkeys(("share", "not_yet", "gap"), chosen),
        **dict.fromkeys(("pace_needed", "pace"), pace),
        "when": Entry(unit="day", denominator="chosen", source="projection", clock="ahead"),
        "record": Entry(unit="projections", source="projection", clock="whole_days"),
        **dict.fromkeys(("locked", "revision"), Entry(unit="doses_people", source="locks", clock="closing")),
        **dict.fromkeys(("live", "since"), Entry(unit="doses_people", source="records", clock="as_of")),
        **dict.fromkeys(SINCE, Entry(unit="doses_people", source="records", clock="closing")),
        **dict.fromkeys(MOVED_DOSES, Entry(unit="vaccine", source="plans", clock="as_of")),
        "moves_plans": Entry(unit="plans", source="plans", clock="as_of"),
        **dict.fromkeys(
            ("moves_approved", "moves_decided_on"), Entry(unit="calendar_day", source="plans", clock="as_of")
        ),
        "moves_days": Entry(unit="days", source="plans", clock="ahead"),
        "behind": chosen,
        "cause": Entry(unit="signs", denominator="chosen", source="signs", clock="as_of"),
        "statement": Entry(unit="statements", source="statements", clock="closing"),
        **dict.fromkeys(("scenario_base", "scenario_when", "scenario_shift"), scenario),
        **dict.fromkeys(("scenario_pace", "scenario_arrivals", "scenario_declines"), lever),
        **_sites(),
        **_devices(),
        **_stock(),
        **_door(),
        "scenario_who": Entry(unit="statements", source="scenario", clock="wall"),
    }


def _door() -> dict[str, Entry]:
    """Of pages that read the registry when they are opened."""
    doses = Entry(unit="vaccine", source="ledger_now", clock="opened")
    tickets = Entry(unit="tickets", source="tickets", clock="opened")
    planned = Entry(unit="vaccine", source="plan", clock="ahead")
    return {
        "risk_expiring": Entry(unit="vaccine", source="stock", clock="ahead"),
        **dict.fromkeys(("risk_slow", "risk_fast"), Entry(unit="vaccine", source="stock", clock="ahead")),
        "risk_planned": Entry(unit="people_planned", source="sessions", clock="ahead"),
        "risk_due": Entry(unit="people", source="records", clock="ahead"),
        "risk_uncovered": Entry(unit="people", source="both_ledgers", clock="ahead"),
        **dict.fromkeys(("plan_lost", "plan_unmet", "plan_short", "plan_stock"), planned),
        "plan_days": Entry(unit="days", source="plan", clock="ahead"),
        "plan_cost": Entry(unit="thousand_vnd", source="plan", clock="ahead"),
        **dict.fromkeys(("excursion_inside", "excursion_given", "excursion_decided"), doses),
        "excursion_used": Entry(unit="minutes", denominator="budget", source="readings", clock="opened"),
        **dict.fromkeys(("ticket_open", "ticket_overdue", "ticket_fresh"), tickets),
        "report_sent": Entry(unit="mails", source="archive", clock="opened"),
        "report_tries": Entry(unit="mails", source="archive", clock="opened"),
        "ticket_oldest": Entry(unit="days", source="tickets", clock="opened"),
    }


def _sites() -> dict[str, Entry]:
    """Of the page about sites and of the order of the provinces."""
    sites = Entry(unit="sites", source="sessions", clock="entered")
    plan = Entry(unit="people_planned", source="sessions", clock="the_day")
    rate = Entry(unit="doses_an_hour", denominator="session_hours", source="records", clock="whole_hours")
    used = Entry(unit="vaccine", denominator="received", source="both_ledgers", clock="as_of")
    return {
        **dict.fromkeys(("site_active", "site_silent", "site_waiting", "site_done", "site_unplanned"), sites),
        **dict.fromkeys(("site_last_record", "site_missed", "site_session"), sites),
        "site_planned": plan,
        "site_doses": Entry(unit="doses", source="records", clock="whole_hours"),
        "site_rate": rate,
        "site_capacity": Entry(unit="doses_an_hour", denominator="session_hours", source="sessions", clock="the_day"),
        "site_share": Entry(unit="doses_an_hour", denominator="capacity", source="records", clock="whole_hours"),
        "rank_usage": used,
        "rank_doses": Entry(unit="vaccine", source="records", clock="injected"),
        "rank_received": Entry(unit="vaccine", source="stock", clock="as_of"),
        "rank_coverage": Entry(unit="people", denominator="18plus", source="both", clock="injected"),
        "rank_people": Entry(unit="people", source="records", clock="injected"),
        "rank_left_out": Entry(unit="signs", source="signs", clock="as_of"),
    }


def _devices() -> dict[str, Entry]:
    """Of the page about the cold chain."""
    minutes = Entry(unit="minutes", source="readings", clock="as_of")
    degrees = Entry(unit="degrees", source="readings", clock="as_of")
    register = Entry(unit="devices", source="register", clock="as_of")
    doses = Entry(unit="vaccine", source="stock", clock="as_of")
    return {
        **dict.fromkeys(("device_all", *DEVICES), Entry(unit="devices", source="readings", clock="as_of")),
        **dict.fromkeys(("device_minutes", "device_quiet", "device_started", "device_ended"), minutes),
        **dict.fromkeys(("device_temp", "device_extreme"), degrees),
        **dict.fromkeys(STATUSES, Entry(unit="devices", source="register", clock="as_of")),
        **dict.fromkeys(("equipment_status", "equipment_job", "equipment_since"), register),
        **dict.fromkeys(
            UPTIME, Entry(unit="hours", denominator="time_counted", source="readings", clock="days_to_now")
        ),
        "equipment_counted": Entry(unit="devices", source="readings", clock="days_to_now"),
        "equipment_alarms": Entry(unit="alarms", source="readings", clock="days_to_now"),
        **dict.fromkeys(("equipment_litres", "room_usable"), Entry(unit="litres", source="register", clock="as_of")),
        **dict.fromkeys(ROOM_LITRES, Entry(unit="litres", source="stock", clock="as_of")),
        "room_percent": Entry(unit="litres", denominator="usable_litres", source="stock", clock="as_of"),
        "room_over": Entry(unit="stores", source="stock", clock="as_of"),
        "room_not_told": register,
        **dict.fromkeys(("room_unmeasured", "room_apart", "room_fits"), doses),
        "room_cm3": Entry(unit="cm3", source="reference", clock="as_of"),
    }


def _stock() -> dict[str, Entry]:
    """Of the page about stock."""
    doses = Entry(unit="vaccine", source="stock", clock="as_of")
    days = Entry(unit="calendar_day", source="stock", clock="as_of")
    return {
        **dict.fromkeys(STOCK_DOSES, doses),
        **_supplies(),
        "stock_cover": Entry(unit="days", denominator="daily_use", source="stock", clock="look_back"),
        "stock_expiring": Entry(unit="vaccine", source="stock", clock="ahead"),
        "stock_stores": Entry(unit="stores", source="stock", clock="as_of"),
        "stock_waste_stores": Entry(unit="stores", source="stock", clock="as_of"),
        **dict.fromkeys(("stock_open", "stock_gained", "stock_closed"), doses),
        "event_given": Entry(unit="doses", source="records", clock="injected"),
        **dict.fromkeys(EVENTS, Entry(unit="events", source="records", clock="as_of")),
        **dict.fromkeys(
            EVENT_RATES, Entry(unit="events_of_100k", denominator="doses_given", source="records", clock="as_of")
        ),
        "stock_open_share": Entry(unit="vaccine", denominator="opened", source="stock", clock="as_of"),
        **dict.fromkeys(
            ("stock_closed_share", "stock_total_share"),
            Entry(unit="vaccine", denominator="used_up", source="stock", clock="as_of"),
        ),
        **dict.fromkeys(("stock_until", "stock_mark", "stock_counted", "stock_since", *DELIVERY_DAYS), days),
        **dict.fromkeys(DECISION_DOSES, Entry(unit="vaccine", source="allocation", clock="as_of")),
        **dict.fromkeys(DECISION_DAYS, Entry(unit="calendar_day", source="allocation", clock="as_of")),
        **dict.fromkeys(USAGE_COUNTS, Entry(unit="decisions", source="allocation", clock="as_of")),
        **dict.fromkeys(USAGE_DOSES, Entry(unit="vaccine", source="allocation", clock="as_of")),
        **{
            f"usage_of_{way}": Entry(unit="vaccine", denominator=f"usage_{way}", source="allocation", clock="as_of")
            for way in ("allocated", "received", "gone")
        },
    }


def _supplies() -> dict[str, Entry]:
    """Of consumables against doses, and of monitors of heat on vials."""
    doses = Entry(unit="vaccine", source="supplies", clock="as_of")
    pieces = Entry(unit="pieces", source="supplies", clock="as_of")
    read = Entry(unit="vial_stage", source="monitors", clock="as_of")
    return {
        **dict.fromkeys(SUPPLY_DOSES, doses),
        **dict.fromkeys(SUPPLY_PIECES, pieces),
        "supply_items_short": Entry(unit="items", source="supplies", clock="as_of"),
        **dict.fromkeys(VIALS, read),
    }


ENTRIES: Mapping[str, Entry] = _entries()
# What stands on each page, in reading order: all of it behind the page's own button.
PAGES: Mapping[str, Sequence[str]] = {
    "coverage": (
        *("doses", "doses_today", "doses_yesterday", "dose1_people", "full_people"),
        *("dose1_18plus", "full_18plus", "dose1_all", "full_all", "portal", "when", "not_yet_18plus", "not_yet_all"),
        *("dose1_65plus", "full_65plus", "dose1_50plus", "full_50plus", "locked", "live", "revision", "since"),
        *("behind", "cause", "statement", "registered", "delivered", "pending", "quarantined"),
        *("area", "doses_last_7_days", "on_hand"),
    ),
    "targets": (
        *("share", "dose1_18plus", "full_18plus", "dose1_all", "full_all", "not_yet", "gap"),
        *("pace_needed", "pace", "when", "record", "area"),
    ),
    "sites": (
        *("site_planned", "site_active", "site_silent", "site_waiting", "site_done", "site_unplanned"),
        *("site_last_record", "site_missed", "site_session", "site_doses", "site_rate", "site_capacity", "site_share"),
        *("rank_usage", "rank_doses", "rank_received", "rank_coverage", "rank_people", "rank_left_out"),
    ),
    "stock": (
        *("stock_usable", "stock_cover", "stock_expiring", "stock_blocked", "stock_past", "stock_in_transit"),
        *("stock_until", "stock_mark", "stock_total", "stock_difference", "stock_counted", "stock_on_hand"),
        *("stock_received", "stock_incoming", "stock_administered", "stock_wasted", "stock_lost", "stock_stores"),
        "stock_since",
        *("device_minutes", "device_temp", "device_quiet", "stock_open", "stock_gained", "stock_open_share"),
        *("stock_closed", "stock_closed_share", "stock_total_share", "stock_waste_stores"),
        *("event_given", *EVENTS, *EVENT_RATES, *DELIVERY_DAYS),
        *DECISION_DOSES,
        *DECISION_DAYS,
        *USAGE_DOSES,
        *("usage_of_allocated", "usage_of_received", "usage_of_gone"),
        *USAGE_COUNTS,
        *SUPPLY_DOSES,
        *SUPPLY_PIECES,
        *("supply_items_short", *VIALS),
        *("room_usable", "room_filled", "room_coming", "room_after", "room_not_told", "room_unmeasured"),
        *("room_fits", "room_cm3"),
    ),
    "coldchain": (
        *DEVICES,
        *("device_all", "device_minutes", "device_temp", "device_quiet"),
        *("device_started", "device_extreme", "device_ended"),
        *("equipment_status", *STATUSES, *UPTIME, "equipment_counted", "equipment_alarms", "equipment_litres"),
        *("equipment_job", "equipment_since"),
        *("room_usable", *ROOM_LITRES, "room_percent", "room_over", "room_not_told", "room_unmeasured", "room_apart"),
    ),
    "scenarios": (
        *("scenario_pace", "scenario_arrivals", "scenario_declines", "scenario_base", "scenario_when"),
        *("scenario_shift", "scenario_who", "area"),
    ),
}  # fmt: skip


# Of pages without a script: their definitions stand on the page itself.
DOOR_PAGES: Mapping[str, tuple[str, ...]] = {
    "excursion": ("excursion_inside", "excursion_given", "excursion_used", "excursion_decided"),
    "plans": ("risk_expiring", "risk_slow", "risk_fast", "risk_due", "risk_uncovered", "risk_planned"),
    "plan": ("plan_lost", "plan_unmet", "plan_short", "plan_cost", "plan_days", "plan_stock"),
    "reports": ("report_sent", "report_tries"),
    "tickets": ("ticket_open", "ticket_overdue", "ticket_fresh", "ticket_oldest"),
}


def told_below(name: str, words: Words) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """Every definition of one of DOOR_PAGES: id, name, what it counts, and the facts."""
    return [(key, title(key, words), definition(key, words), facts(key, {}, words)) for key in DOOR_PAGES[name]]


def define(help_id: str, name: str, words: Words) -> html.Button:
    """The small button beside a number that opens its definition: by pointer, touch or keyboard. `name` says which
    number to a screen reader. Raises KeyError for a number that the register does not know."""
    _ = ENTRIES[help_id]
    text = words("help.ask", name=name)
    return html.Button(
        icon("info"),
        n_clicks=0,
        className="why define",
        title=text,
        **attributes(aria_label=text, aria_haspopup="dialog", data_help=help_id),
    )


def facts(help_id: str, denominators: Mapping[str, str], words: Words) -> list[tuple[str, str]]:
    """Titles and texts: what is counted, by what it is divided and in which version, whence, by which clock.
    `denominators`: the version in use of each group, in words."""
    entry = ENTRIES[help_id]
    told = words(f"help_denominator.{entry.denominator}", version=denominators.get(entry.denominator, ""))
    return [
        (words("help.unit"), words(f"help_unit.{entry.unit}")),
        (words("help.denominator"), told),
        (words("help.source"), words(f"help_source.{entry.source}")),
        (words("help.clock"), words(f"help_clock.{entry.clock}")),
    ]


def title(help_id: str, words: Words) -> str:
    """Its name: that of the number where it is one whose origin can be asked for."""
    key = f"number.{help_id}"
    return words.texts[key] if key in words.texts else words(f"help_name.{help_id}")


def definition(help_id: str, words: Words) -> str:
    key = f"definition.{help_id}"
    return words.texts[key] if key in words.texts else words(f"help_what.{help_id}")


def entry(help_id: str, denominators: Mapping[str, str], words: Words, *, level: int = 2) -> html.Section:
    """One definition as it stands in the dialog."""
    heading = html.H2 if level == 2 else html.H3
    return html.Section(
        [
            heading(title(help_id, words), className="help-name"),
            html.P(definition(help_id, words), className="lineage-definition"),
            html.Dl(
                [html.Div([html.Dt(name), html.Dd(text)]) for name, text in facts(help_id, denominators, words)],
                className="help-facts",
            ),
        ],
        className="help-entry",
        **attributes(data_entry=help_id),
    )


def page(name: str, denominators: Mapping[str, str], words: Words) -> list[Child]:
    """Every definition of one page."""
    return [
        html.H2(words("help.page", page=words(f"nav.{name}"))),
        *(entry(help_id, denominators, words, level=3) for help_id in PAGES[name]),
    ]


def dialog(words: Words) -> html.Dialog:
    """Empty until something is asked."""
    close = html.Button(
        icon("close"),
        n_clicks=0,
        className="icon-button dialog-close",
        title=words("dialog.close"),
        **attributes(aria_label=words("dialog.close"), data_action="close-help"),
    )
    return html.Dialog(
        [close, html.Div(id=Shell.HELP_BODY)],
        id=Shell.HELP,
        className="dialog",
        **attributes(aria_label=words("help.title")),
    )


def page_button(words: Words) -> html.Button:
    """In the header: all definitions of the page that is shown."""
    return html.Button(
        html.Span("?", className="help-sign", **attributes(aria_hidden="true")),
        n_clicks=0,
        className="icon-button",
        title=words("help.title"),
        **attributes(aria_label=words("help.title"), aria_haspopup="dialog", data_help="page"),
    )
