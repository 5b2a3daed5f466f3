"""A plan as scripts get it, and as a file: keys that stay as they are. Days are ISO 8601, doses whole numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import date

from campaign.plan_binding import Binding
from campaign.plan_check import Violation
from campaign.plan_document import Figures, PlanDocument, PlanLine, Standing
from campaign.plan_scenario import as_plain
from campaign.plan_trays import Packed
from campaign.spreadsheet import Cell, csv_line

Said = Callable[[PlanLine], Mapping[str, str]]
"""A line in words, by the code of the language."""
COLUMNS = (
    *("snapshot", "policy", "ship_on", "arrive_on", "lot", "product", "until", "from", "from_name", "to", "to_name"),
    *("doses", "trays", "loose_doses", "packed", "opened_for"),
    *("binding_rule", "binding_subject", "binding_aim", "binding_amount", "said", "supposed"),
)


def as_json(document: PlanDocument, said: Said) -> dict[str, object]:
    """The shape that scripts rely on (issue 7, "Machine-readable output"), and beside it what the plan stands on."""
    asked, policy = document.asked, document.asked.policy
    return {
        "status": document.status,
        "gap": document.gap,
        "seconds": round(document.seconds, 3),
        "objective": [asdict(item) for item in document.objective],
        "problem": asdict(document.size),
        "trays": _trays(document),
        "lines": [_line(line, said(line)) for line in document.lines],
        "checker": {"violations": [_violation(item) for item in document.violations]},
        "before": _standing(document, document.before),
        "after": _standing(document, document.after),
        "snapshot": document.snapshot,
        "as_of": document.as_of.isoformat(),
        "today": document.today.isoformat(),
        "inside": document.inside or None,
        "policy": {
            "name": policy.name,
            "way": policy.way.value,
            "reserve": policy.reserve,
            "source": policy.source,
            "valid_from": policy.valid_from.isoformat(),
        },
        "cycles": document.cycles,
        "supposed": as_plain(asked.suppose) if asked.suppose.anything else None,
        "excluded": [{"store": item.store, "why": item.why.value, "told": item.told} for item in document.left],
        "assumed_volumes": document.assumed,
        "too_small": document.small,
        "promised": {"set_aside": document.set_aside, "not_found": document.unfound},
        "late_transit": document.late,
        "refused": [{"why": item.why.value, "subject": item.subject, "told": item.told} for item in document.refused],
    }


def as_csv(document: PlanDocument, said: Callable[[PlanLine], str], names: Mapping[str, str]) -> Iterator[str]:
    """Line by line, with a header. names: of stores. Texts that a spreadsheet would compute are led by a quote."""
    yield csv_line(COLUMNS)
    for line in document.lines:
        binding = line.binding
        cells: tuple[Cell, ...] = (
            document.snapshot,
            document.asked.policy.name,
            line.ship_on.isoformat(),
            line.arrive_on.isoformat(),
            line.lot,
            line.product,
            _day(line.until),
            line.giver,
            names.get(line.giver, line.giver),
            line.taker,
            names.get(line.taker, line.taker),
            line.doses,
            line.carried.trays,
            line.carried.loose,
            line.carried.packed.value,
            line.opened_for.aim.value if line.opened_for else None,
            binding.rule.value if binding else None,
            binding.subject if binding else None,
            binding.aim.value if binding else None,
            round(binding.amount, 3) if binding else None,
            said(line),
            # On every line: a part of the file is known for what it is.
            "supposed" if document.asked.suppose.anything else None,
        )
        yield csv_line(cells)


def _line(line: PlanLine, said: Mapping[str, str]) -> dict[str, object]:
    return {
        "lot": line.lot,
        "product": line.product,
        "from": line.giver,
        "to": line.taker,
        "doses": line.doses,
        "ship_on": line.ship_on.isoformat(),
        "arrive_on": line.arrive_on.isoformat(),
        "usable_until": _day(line.until),
        "trays": line.carried.trays,
        "loose_doses": line.carried.loose,
        "packed": line.carried.packed.value,
        "opened_for": None if line.opened_for is None else asdict(line.opened_for),
        "reasons": {**{f"said_{language}": text for language, text in said.items()}, **asdict(line.reason)},
        "binding": _binding(line.binding),
        "held": None if line.held is None else [rule.value for rule in line.held],
    }


def _trays(document: PlanDocument) -> dict[str, object]:
    """How many lines are whole trays, take vials that lie loose, or open a tray."""
    packed = Counter(line.carried.packed for line in document.lines)
    return {"travel": document.whole.value, "lines": {kind.value: packed[kind] for kind in Packed}}


def _binding(binding: Binding | None) -> dict[str, object] | None:
    if binding is None:
        return None
    return {
        "rule": binding.rule.value,
        "subject": binding.subject,
        "more": binding.more,
        "aim": binding.aim.value,
        "amount": round(binding.amount, 3),
    }


def _violation(item: Violation) -> dict[str, object]:
    return {
        "rule": item.rule.value,
        "subject": item.subject,
        "line": item.line,
        "told": item.told,
        "limit": item.limit,
    }


def _standing(document: PlanDocument, found: Standing) -> dict[str, object]:
    return {
        "total": _figures(found.total),
        "stores": {
            code: {"area": document.places[code].area, "level": document.places[code].level, **_figures(figures)}
            for code, figures in found.stores.items()
        },
    }


def _figures(figures: Figures) -> dict[str, object]:
    return {**asdict(figures), "days": None if figures.days is None else round(figures.days, 2)}


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
