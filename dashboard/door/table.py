"""What every address and every callback needs. Whatever is not in this table is refused to everyone.

Addresses are named by their Flask endpoint; those of Dash are its rules. tests/dashboard/test_access_table.py asks
every one of them as everybody and compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from campaign.access import Permission

P = Permission


class Door(StrEnum):
    """Needs that are no permission."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"  # whoever has a session, with or without a role
    MACHINE = "machine"  # with a token of its own, which the view itself asks for; no cookie counts there
    NOBODY = "nobody"  # there, but of no use to any reader


Need = Door | Permission
GET = frozenset({"GET", "HEAD", "OPTIONS"})
POST = frozenset({"POST", "OPTIONS"})
# A form, and its page, at one address.
FORM = GET | POST


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One address. `by` names the part of it that decides, as `needs` says; `need` holds for every other value.

    national: the permission must be held for the whole nation; provinces will not do, except where the part of the
    address that decides is one of `local`.
    page: a person looks at the answer, so that a refusal is a page too. lasting: sessions that were seen before may go
    on reading it for a while without the registry.
    """

    need: Need
    methods: frozenset[str] = GET
    by: str = ""
    needs: Mapping[str, Need] = field(default_factory=dict[str, Need])
    national: bool = False
    local: frozenset[str] = frozenset()
    page: bool = False
    lasting: bool = False

    def need_for(self, parts: Mapping[str, object]) -> Need:
        """`parts`: what the address says in its variable places."""
        return self.needs.get(str(parts.get(self.by, "")), self.need) if self.by else self.need

    def national_for(self, parts: Mapping[str, object]) -> bool:
        """Whether the permission must be held for the whole nation there."""
        return self.national and not (self.by and str(parts.get(self.by, "")) in self.local)


# Views of a snapshot at /snap/<version>/<scope>/<name>.
VIEWS: Mapping[str, Need] = {
    "coverage": P.SEE_BOARD,
    "nation": P.SEE_BOARD,
    "area": P.SEE_BOARD,
    "first": P.SEE_BOARD,
    "help": P.SEE_BOARD,
    "place": P.SEE_BOARD,
    "compare": P.SEE_BOARD,
    "targets": P.SEE_BOARD,
    "people": P.SEE_BOARD,
    "sites": P.SEE_BOARD,
    "stock": P.SEE_BOARD,
    "coldchain": P.SEE_BOARD,
    "frame": P.SEE_BOARD,
    "data": P.SEE_DATA,
}
# Pages by their path without the first stroke. Any other path is Dash's page that says that there is none.
PAGES: Mapping[str, Need] = {
    "muc-tieu": P.SEE_BOARD,
    "nguoi-dan": P.SEE_BOARD,
    "diem-tiem": P.SEE_BOARD,
    "kho": P.SEE_BOARD,
    "day-chuyen-lanh": P.SEE_BOARD,
    "kich-ban": P.SEE_BOARD,
    "du-lieu": P.SEE_DATA,
    "canh-bao": P.SEE_ALERTS,
}

# Decisions at /quyet-dinh/<deed>: let a held feed pass, repair a record, lock a day, change a target or denominator,
# confirm or explain a province's figures, save or withdraw a scenario.
DEEDS: Mapping[str, Need] = {
    "cho-qua": P.RELEASE_FEED,
    "sua": P.REPAIR_RECORD,
    "chot": P.LOCK_FIGURES,
    "chi-tieu": P.SET_TARGETS,
    "mau-so": P.SET_TARGETS,
    "xac-nhan": P.CONFIRM_FIGURE,
    "giai-trinh": P.CONFIRM_FIGURE,
    "kich-ban": P.SAVE_SCENARIO,
    "rut-kich-ban": P.SAVE_SCENARIO,
}
# Of them those that may be about one province: whoever may somewhere may ask, the act itself knows where.
LOCAL_DEEDS = frozenset({"xac-nhan", "giai-trinh", "kich-ban", "rut-kich-ban"})

# Acts on an incident at /canh-bao/<incident>/<deed>: acknowledge, start, take, put off, comment, close. The act itself
# itself knows which province it concerns, and asks again.
HANDLING: Mapping[str, Need] = dict.fromkeys(("nhan", "bat-dau", "giao", "tam-hoan", "ghi-chu", "dong"), P.HANDLE_ALERT)

# Acts at /cai-dat/<deed>: set or end a duty or planned work, try a notice again; set a threshold, or what a rule
# goes by. The acts know where.
ALERT_DEEDS: Mapping[str, Need] = {
    **dict.fromkeys(("truc", "het-truc", "ke-hoach", "het-ke-hoach", "gui-lai"), P.HANDLE_ALERT),
    **dict.fromkeys(("nguong", "quy-tac"), P.SET_ALERTS),
}
# The two signatures at /ban-giao/<deed>.
SIGNATURES: Mapping[str, Need] = dict.fromkeys(("giao", "nhan"), P.HANDLE_ALERT)
# What people bring in about devices, at /day-chuyen-lanh/nhap/<deed>: files, temperatures, status, repair, stages of
# vial monitors, clocks. The act itself knows which province it concerns, and asks again.
BRINGING: Mapping[str, Need] = dict.fromkeys(("tep", "ghi", "tinh-trang", "sua-chua", "vvm", "dong-ho"), P.HANDLE_ALERT)
# Decisions at /day-chuyen-lanh/xu-tri/<deed> about what was inside a device out of range or silent: hold, use, discard.
ON_LOTS_INSIDE: Mapping[str, Need] = {"giu": P.HOLD_LOT, "dung": P.RELEASE_LOT, "huy": P.RELEASE_LOT}
# The act at /kho/dieu-chuyen/<deed> on a transfer that came short or over. The act knows whose ledger it changes.
ON_TRANSFERS: Mapping[str, Need] = {"dong": P.APPROVE_TRANSFER}
# Acts on a reallocation plan at /ke-hoach/<plan>/<deed>: change, propose, cancel; approve, return, decide;
# ship, receive. The act knows of which province the plan, or the store, is.
ON_PLANS: Mapping[str, Need] = {
    **dict.fromkeys(("sua", "trinh", "huy"), P.PLAN_TRANSFER),
    **dict.fromkeys(("duyet", "tra-lai", "quyet-dinh"), P.APPROVE_TRANSFER),
    **dict.fromkeys(("xuat", "nhan"), P.MOVE_DOSES),
}

# Acts on a report of the archive at /bao-cao/<report>/<deed>: release, withdraw, make again, send a mail again.
ON_REPORTS: Mapping[str, Need] = dict.fromkeys(("cho-gui", "rut", "lap-lai", "gui-lai"), P.RELEASE_REPORT)

# Acts on a correction ticket at /canh-bao/phieu/<ticket>/<deed>: assign, answer, close. The act itself knows where.
TICKETING: Mapping[str, Need] = dict.fromkeys(("giao", "tra-loi", "dong"), P.HANDLE_TICKET)

ROUTES: Mapping[str, Rule] = {
    # Scripts, styles, fonts, boundaries: the same for everyone, and nothing of the campaign.
    "_dash_assets.static": Rule(need=Door.PUBLIC),
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": Rule(need=Door.PUBLIC),
    "/_favicon.ico": Rule(need=Door.PUBLIC),
    "shapes": Rule(need=Door.PUBLIC),
    "world": Rule(need=Door.PUBLIC),
    "alive": Rule(need=Door.PUBLIC),
    # Rounded figures for everyone (docs/adr/0012-public-figures.md); what monitors ask, who are held to a token of
    # their own (dashboard/observed.py).
    "public_page": Rule(need=Door.PUBLIC, page=True),
    "public_json": Rule(need=Door.PUBLIC),
    "open_page": Rule(need=Door.PUBLIC, page=True),
    "open_told": Rule(need=Door.PUBLIC),
    "open_file": Rule(need=Door.PUBLIC),
    "readyz": Rule(need=Door.PUBLIC),
    "metrics": Rule(need=Door.PUBLIC),
    "static": Rule(need=Door.NOBODY),
    "/_reload-hash": Rule(need=Door.NOBODY),
    # The door itself.
    "sign_in": Rule(need=Door.PUBLIC, methods=FORM, page=True),
    # To the provider and back; 404 for everyone while none is set (dashboard/door/provider.py).
    "provider_begin": Rule(need=Door.PUBLIC, methods=POST, page=True),
    "provider_back": Rule(need=Door.PUBLIC, page=True),
    "wall_enter": Rule(need=Door.PUBLIC, methods=FORM, page=True),
    "sign_out": Rule(need=Door.SIGNED_IN, methods=POST, page=True),
    "account": Rule(need=Door.SIGNED_IN, page=True),
    "password": Rule(need=Door.SIGNED_IN, methods=POST, page=True),
    # Decisions, and what became of all of them. The page shows forms for what the caller may decide.
    "decide": Rule(need=P.SEE_DATA, page=True),
    "decided": Rule(
        need=Door.NOBODY, methods=POST, by="deed", needs=DEEDS, national=True, local=LOCAL_DEEDS, page=True
    ),
    "audit": Rule(need=P.SEE_AUDIT, page=True),
    # The board. Its frame holds no figure.
    "/": Rule(need=P.SEE_BOARD, page=True, lasting=True),
    "/<path:path>": Rule(need=Door.SIGNED_IN, by="path", needs=PAGES, page=True, lasting=True),
    "/_dash-layout": Rule(need=Door.SIGNED_IN, lasting=True),
    "/_dash-dependencies": Rule(need=Door.SIGNED_IN, lasting=True),
    "/_dash-update-component": Rule(need=Door.SIGNED_IN, methods=POST),
    # Figures.
    "snapshot_view": Rule(need=Door.SIGNED_IN, by="name", needs=VIEWS, lasting=True),
    "people_file": Rule(need=P.SEE_BOARD, lasting=True),
    "site_file": Rule(need=P.SEE_BOARD, lasting=True),
    "stock_file": Rule(need=P.SEE_BOARD, lasting=True),
    "coldchain_file": Rule(need=P.SEE_BOARD, lasting=True),
    # Of those above that the board's pages show, several in one.
    "snapshot_parts": Rule(need=P.SEE_BOARD, lasting=True),
    "snapshot_number": Rule(need=P.SEE_DATA, lasting=True),
    # What is supposed, apart from what was counted.
    "scenarios": Rule(need=P.SEE_BOARD, lasting=True),
    # The table twins of the maps as files: the same figures under the same scope.
    "snapshot_csv": Rule(need=P.SEE_BOARD, lasting=True),
    # Names of places in the scope, no figure.
    "find": Rule(need=P.SEE_BOARD, lasting=True),
    "versions": Rule(need=P.SEE_PAST, lasting=True),
    "version": Rule(need=P.SEE_BOARD, lasting=True),
    "live": Rule(need=P.SEE_BOARD, lasting=True),
    "health": Rule(need=Door.SIGNED_IN, lasting=True),
    "alerts": Rule(need=P.SEE_ALERTS),
    "intake": Rule(need=P.HANDLE_ALERT, page=True),
    "brought": Rule(need=Door.NOBODY, methods=POST, by="deed", needs=BRINGING, page=True),
    "excursion": Rule(need=P.SEE_DATA, page=True),
    "decide_excursion": Rule(need=Door.NOBODY, methods=POST, by="deed", needs=ON_LOTS_INSIDE, page=True),
    "transfer": Rule(need=P.SEE_DATA, page=True),
    "close_transfer": Rule(need=Door.NOBODY, methods=POST, by="deed", needs=ON_TRANSFERS, page=True),
    "plans": Rule(need=P.SEE_DATA, page=True),
    "plan": Rule(need=P.SEE_DATA, page=True),
    "plan_request": Rule(need=P.SEE_DATA, page=True),
    "plan_order": Rule(need=P.SEE_DATA, page=True),
    # What is supposed, beside the plans: nothing of it can be proposed.
    "plan_scenarios": Rule(need=P.SEE_DATA, page=True),
    "plan_scenario": Rule(need=P.SEE_DATA, page=True),
    "plan_scenario_file": Rule(need=P.SEE_DATA),
    "suppose_plan": Rule(need=P.PLAN_TRANSFER, methods=POST, page=True),
    "withdraw_plan_scenario": Rule(need=P.PLAN_TRANSFER, methods=POST, page=True),
    "ask_plan": Rule(need=P.PLAN_TRANSFER, methods=POST, page=True),
    "draft_plan": Rule(need=P.PLAN_TRANSFER, methods=POST, page=True),
    "act_on_plan": Rule(need=Door.NOBODY, methods=POST, by="deed", needs=ON_PLANS, page=True),
    # The archive of reports: of the nation for whoever may see all of it, of a province for whoever may see that one.
    "reports": Rule(need=P.SEE_DATA, page=True),
    "report": Rule(need=P.SEE_DATA, page=True),
    "report_file": Rule(need=P.SEE_DATA, page=True),
    "report_picture": Rule(need=P.SEE_DATA),
    "ask_report": Rule(need=P.EXPORT, methods=POST, page=True),
    "act_on_report": Rule(need=Door.NOBODY, methods=POST, by="deed", needs=ON_REPORTS, page=True),
    # Monitoring messages of machines (dashboard/door/ems.py).
    "ems": Rule(need=Door.MACHINE, methods=POST),
    # Figures for machines (dashboard/api), and what may be asked of it.
    "api": Rule(need=Door.MACHINE),
    "api_document": Rule(need=Door.PUBLIC),
    "handle_alert": Rule(need=Door.NOBODY, methods=POST, by="deed", needs=HANDLING, page=True),
    "tickets": Rule(need=P.SEE_ALERTS, page=True),
    "tickets_file": Rule(need=P.SEE_ALERTS),
    "handle_ticket": Rule(need=Door.NOBODY, methods=POST, by="deed", needs=TICKETING, page=True),
    "alert_settings": Rule(need=P.SEE_ALERTS, page=True),
    "change_alerts": Rule(need=Door.NOBODY, methods=POST, by="deed", needs=ALERT_DEEDS, page=True),
    "responses_file": Rule(need=P.SEE_ALERTS),
    "handover": Rule(need=P.SEE_ALERTS, page=True),
    "sign_handover": Rule(need=Door.NOBODY, methods=POST, by="deed", needs=SIGNATURES, page=True),
}

# Callbacks that run in the browser, by their function: nothing to ask of the server, which holds what they fetch to the
# addresses above. What each of them shows is named here, so that a new one is thought about.
IN_BROWSER: Mapping[str, Need] = {
    "frame.begin": Door.SIGNED_IN,
    "frame.show": Door.SIGNED_IN,
    "frame.head": P.SEE_BOARD,
    "frame.theme": Door.SIGNED_IN,
    "frame.data": P.SEE_DATA,
    "frame.alerts": P.SEE_ALERTS,
    "coverage.draw": P.SEE_BOARD,
    "coverage.pick": P.SEE_BOARD,
    "first.draw": P.SEE_BOARD,
    "places.pick": P.SEE_BOARD,
    "targets.draw": P.SEE_BOARD,
    "people.draw": P.SEE_BOARD,
    "sites.draw": P.SEE_BOARD,
    "stock.draw": P.SEE_BOARD,
    "coldchain.draw": P.SEE_BOARD,
    "scenarios.draw": P.SEE_BOARD,
}
# Callbacks that run here, by their output as Dash writes it. There is none: /_dash-update-component refuses all.
ON_SERVER: Mapping[str, Need] = {}
