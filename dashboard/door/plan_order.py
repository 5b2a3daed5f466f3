"""/ke-hoach/<plan>/lenh.docx and .pdf: the order to move doses of a plan, for whoever may see the plan."""

from __future__ import annotations

import psycopg
from flask import Flask, Response, request

from campaign.access import Permission
from dashboard.door import addresses
from dashboard.door.caller import caller
from dashboard.door.deed_desk import DeedDesk
from dashboard.door.plan_lists import missing
from dashboard.door.refusals import reason_why_not
from dashboard.ordered import order_sheet
from dashboard.payloads import NEVER
from operations.action_log import ActRefused, connect
from reports.orders import MIMES, ORDER_FORMS


def add_plan_orders(server: Flask, desk: DeedDesk) -> None:
    """Register the address; the table says who may use it, and the scope which lines they see."""

    def order(plan: int, form: str) -> Response:
        return _order(desk, plan, form)

    server.add_url_rule(f"{addresses.PLANS}/<int:plan>/lenh.<any(docx, pdf):form>", "plan_order", order)


def _order(desk: DeedDesk, plan: int, form: str) -> Response:
    url, words = desk.url(), desk.door.words
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    sees = caller().scope(Permission.SEE_DATA).covers
    try:
        with connect(url) as connection:
            sheet = order_sheet(connection, plan, sees=sees, settings=desk.settings, words=words)
    except ActRefused as refused:
        if refused.why == "no_plan":
            return missing(desk, plan)
        told = reason_why_not(refused, words, desk.door.zone)
        return desk.door.pages.page(request, "plan_refused", status=409, refused=told, back=f"{addresses.PLANS}/{plan}")
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    response = Response(ORDER_FORMS[form](sheet), mimetype=MIMES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{sheet.order.name}.{form}"'
    response.headers["Cache-Control"] = NEVER
    return response
