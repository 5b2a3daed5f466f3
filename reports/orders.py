"""The order to move doses of a plan, as DOCX and as PDF: one table for each store that gives, and why below it.

Number, day and signer are those of the recorded decision; where there is none yet they are blanks for the registrar,
and an order that needs one is marked as a draft on every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from campaign.plan_order import GivingStore, OrderLine, OrderMark, TransferOrder
from campaign.report import Column, Shape, Table, Value
from layouts import format as fmt
from layouts.words import Words
from reports.letterhead import BLANK, Frame, Letterhead, Spoken, place_and_day
from reports.table_texts import table_texts

TEMPLATE = "order.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSheet(Spoken):
    """An order with everything that a form needs to write it."""

    order: TransferOrder
    letterhead: Letterhead


def order_pdf(sheet: OrderSheet) -> bytes:
    """Raises NotWritten, naming what typst refused."""
    from reports.typeset import pdf

    text = {
        "sentences": _sentences(sheet),
        "stores": [
            {
                "title": _title(number, store, sheet),
                "table": table_texts(_table(store, sheet), sheet),
                "why": _why(store, sheet),
            }
            for number, store in enumerate(sheet.order.stores, start=1)
        ],
        "why_title": sheet.words("order.why"),
    }
    return pdf(TEMPLATE, _frame(sheet), text)


def order_docx(sheet: OrderSheet) -> bytes:
    from reports.letter_frame import NOTE, SMALL_TEXT, begun, ended, put_table, write

    frame = _frame(sheet)
    found = begun(frame)
    for sentence in _sentences(sheet):
        write(found.add_paragraph(), sentence)
    for number, store in enumerate(sheet.order.stores, start=1):
        found.add_heading(_title(number, store, sheet), level=1)
        put_table(found, table_texts(_table(store, sheet), sheet))
        write(found.add_paragraph(), sheet.words("order.why"), size=SMALL_TEXT, italic=True)
        for text in _why(store, sheet):
            write(found.add_paragraph(), text, size=NOTE)
    return ended(found, frame)


ORDER_FORMS: Mapping[str, Callable[[OrderSheet], bytes]] = {"docx": order_docx, "pdf": order_pdf}
MIMES: Mapping[str, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def _frame(sheet: OrderSheet) -> Frame:
    order, words, head, decided = sheet.order, sheet.words, sheet.letterhead, sheet.order.decided
    pins = {"plan": order.plan_id, "revision": order.revision, "snapshot": _snapshot(order)}
    lines, doses = len(order.lines), sum(line.doses for line in order.lines)
    return Frame(
        language=order.language,
        title=words("order.title", plan=order.plan_id, revision=order.revision),
        at=order.at,
        over=head.over,
        body=head.body,
        country=words("report.country"),
        motto=words("report.motto"),
        number=words("order.number", number=decided.number if decided else f"{BLANK}/{BLANK}"),
        dated=place_and_day(head.city, decided.decided_on if decided else None, words),
        kind=words("order.kind"),
        subject=order.title,
        note=words("order.pins", **pins),
        to="",
        mark=" · ".join(_marks(order, words)),
        warnings=_warnings(sheet),
        lines=(
            f"{words('order.pins', **pins)}. {words('order.decision_pin', number=decided.number) if decided else ''}",
            words("order.sums", lines=fmt.whole(lines, words.language), doses=fmt.whole(doses, words.language)),
        ),
        recipients=words("report.recipients"),
        recipient_lines=tuple(words("order.recipient_lines").split("\n")),
        signer=decided.signed_by if decided else words("report.signer"),
        sign_here=words("report.sign_here"),
    )


def _snapshot(order: TransferOrder) -> str:
    return fmt.UNKNOWN if order.snapshot is None else str(order.snapshot)


def _marks(order: TransferOrder, words: Words) -> list[str]:
    found = [words("order.draft_mark")] if order.mark is OrderMark.DRAFT else []
    return [*found, words("order.demo_mark")] if order.one_in is not None else found


def _warnings(sheet: OrderSheet) -> tuple[str, ...]:
    order, words = sheet.order, sheet.words
    language = words.language
    found: list[str] = []
    if order.mark is OrderMark.DRAFT:
        found.append(words("order.draft"))
    if order.one_in is not None:
        found.append(f"{words('demo.title', one_in=fmt.whole(order.one_in, language))}. {words('order.demo')}")
    if order.hidden:
        shown, hidden = (fmt.whole(count, language) for count in (len(order.lines), order.hidden))
        found.append(words("order.extract", shown=shown, hidden=hidden))
    if order.given_up:
        rows = "; ".join(
            words("order.given_up_line", line=line, doses=fmt.whole(doses, language))
            for line, doses in sorted(order.given_up.items())
        )
        found.append(words("order.given_up", lines=rows))
    return tuple(found)


def _sentences(sheet: OrderSheet) -> list[str]:
    order, words = sheet.order, sheet.words
    language, decided = words.language, order.decided
    found: list[str] = []
    if decided:
        day = fmt.day(decided.decided_on, language)
        found.append(words("order.by_decision", number=decided.number, day=day, signer=decided.signed_by))
    basis = {"plan": order.plan_id, "revision": order.revision, "title": order.title, "snapshot": _snapshot(order)}
    found.append(words("order.by_plan", **basis))
    if order.approved_by:
        found.append(words("order.approved", who=order.approved_by))
    takers = {line.taker for line in order.lines}
    return [
        *found,
        words(
            "order.move",
            doses=fmt.whole(sum(line.doses for line in order.lines), language),
            lines=fmt.whole(len(order.lines), language),
            givers=fmt.whole(len(order.stores), language),
            takers=fmt.whole(len(takers), language),
        ),
        words("order.count"),
    ]


def _title(number: int, store: GivingStore, sheet: OrderSheet) -> str:
    return f"{number}. {sheet.words('order.store', name=store.name, code=store.code)}"


def _table(store: GivingStore, sheet: OrderSheet) -> Table:
    """A row a line, and their sum."""
    loose = any(line.parcel is not None and line.parcel.loose for line in store.lines)
    shapes: dict[str, Shape] = {
        "line": Shape.WHOLE,
        "lot": Shape.TEXT,
        "product": Shape.TEXT,
        "until": Shape.DAY,
        "doses": Shape.WHOLE,
        "trays": Shape.WHOLE,
        "vials": Shape.WHOLE,
        **({"loose": Shape.WHOLE} if loose else {}),
        "taker": Shape.TEXT,
        "ship_on": Shape.DAY,
        "arrive_on": Shape.DAY,
    }
    columns = tuple(
        Column(key=key, label=sheet.words(f"order_column.{key}"), shape=shape) for key, shape in shapes.items()
    )
    rows = [_row(line) for line in store.lines]
    sums: dict[str, Value] = {"lot": sheet.words("order.sum")}
    for key in ("doses", "trays", "vials", "loose"):
        known = [value for row in rows if isinstance(value := row[key], int)]
        # Of parcels that nobody knows there is no sum.
        sums[key] = sum(known) if len(known) == len(rows) else None
    return Table(
        key="order",
        title="",
        columns=columns,
        rows=tuple(tuple(row.get(key, "") for key in shapes) for row in (*rows, sums)),
        totals=1,
    )


def _row(line: OrderLine) -> Mapping[str, Value]:
    parcel = line.parcel
    return {
        "line": line.number,
        "lot": line.lot,
        "product": line.product,
        "until": line.until,
        "doses": line.doses,
        "trays": parcel.trays if parcel else None,
        "vials": parcel.vials if parcel else None,
        "loose": parcel.loose if parcel else None,
        "taker": line.taker,
        "ship_on": line.ship_on,
        "arrive_on": line.arrive_on,
    }


def _why(store: GivingStore, sheet: OrderSheet) -> Sequence[str]:
    return [
        sheet.words("order.why_line", line=line.number, said=" ".join(line.said) or sheet.words("order.no_reason"))
        for line in store.lines
    ]
