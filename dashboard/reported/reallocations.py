"""Doses moved between stores by approved plans: what was approved, what left, what came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from campaign.plan_state import PlanState
from campaign.reallocation import Progress, ToldLine, ToldPlan
from campaign.report import Column, Figure, Part, Section, Shape, Table, Value
from dashboard.reported.source import Source
from dashboard.store_names import store_name
from layouts import format as fmt
from warehouse import reads_reallocation
from warehouse.reads_reallocation import Moved

SUMS = ("doses", "shipped", "received", "on_way", "missing")
# What still asks for somebody stands first.
ORDER = {state: place for place, state in enumerate(
    (Progress.ON_WAY, Progress.PART, Progress.WAITING, Progress.LAPSED, Progress.RECEIVED, Progress.GIVEN_UP)
)}  # fmt: skip


def reallocations(source: Source) -> Section:
    """Of a province the lines that touch it. Without figures where the snapshot does not tell of plans."""
    words = source.words
    title = words("report_part.reallocations")
    found = reads_reallocation.moved(source.studio.readings.snapshots, source.version)
    if found is None:
        return Section(part=Part.REALLOCATIONS, title=title, sentences=(words("report_moves.not_told"),))
    lines = [line for line in found.lines if _seen(source, line)]
    plans = [plan for plan in found.plans if any(line.plan_id == plan.plan_id for line in lines)]
    states = _states(source, plans)
    sums = _sums(lines)
    return Section(
        part=Part.REALLOCATIONS,
        title=title,
        sentences=(_lead(source, plans, states, sums),),
        figures=_figures(source, plans, sums),
        tables=(_plans(source, plans, states, lines), _lines(source, found, states, lines)) if plans else (),
    )


def _seen(source: Source, line: ToldLine) -> bool:
    areas = (source.area,) if source.area else (line.giver_area, line.taker_area)
    return line.touches(areas) and (source.scope.nationwide or any(map(source.scope.covers, areas)))


def _states(source: Source, plans: Sequence[ToldPlan]) -> Mapping[int, PlanState]:
    """At the moment of the snapshot, so that they are the same whenever the report is made."""
    now = source.studio.readings.info(source.version).as_of
    return {plan.plan_id: plan.state_at(now) for plan in plans}


def _sums(lines: Sequence[ToldLine]) -> Mapping[str, int]:
    return {name: sum(getattr(line, name) for line in lines) for name in SUMS}


def _lead(source: Source, plans: Sequence[ToldPlan], states: Mapping[int, PlanState], sums: Mapping[str, int]) -> str:
    words, language = source.words, source.words.language
    if not plans:
        return words("report_moves.none_of_area" if source.area else "report_moves.none", place=source.place)
    counted = Counter(states.values())
    return words(
        "report_moves.lead",
        plans=fmt.whole(len(plans), language),
        states=", ".join(
            f"{fmt.whole(counted[state], language)} {words.named('plan_state', state.value)}"
            for state in PlanState
            if counted[state]
        ),
        **{name: fmt.whole(value, language) for name, value in sums.items()},
    )


def _figures(source: Source, plans: Sequence[ToldPlan], sums: Mapping[str, int]) -> tuple[Figure, ...]:
    return tuple(
        Figure(
            key=f"moves_{name}",
            label=source.words(f"report_moves.{name}"),
            value=value,
            shape=Shape.WHOLE,
            help=f"moves_{name}",
        )
        for name, value in {"plans": len(plans), **sums}.items()
    )


def _doses(source: Source, names: Sequence[str]) -> tuple[Column, ...]:
    return tuple(
        Column(key=name, label=source.words(f"report_moves.{name}"), shape=Shape.WHOLE, help=f"moves_{name}")
        for name in names
    )


def _plans(
    source: Source, plans: Sequence[ToldPlan], states: Mapping[int, PlanState], lines: Sequence[ToldLine]
) -> Table:
    """The newest first."""
    words, zone = source.words, source.studio.zone

    def text(key: str) -> Column:
        return Column(key=key, label=words(f"report_moves.{key}"), shape=Shape.TEXT)

    def row(plan: ToldPlan) -> tuple[Value, ...]:
        own = [line for line in lines if line.plan_id == plan.plan_id]
        sums = _sums(own)
        return (
            words("report_moves.plan_name", plan=plan.plan_id, title=plan.title),
            words.named("plan_state", states[plan.plan_id].value),
            plan.approved_at.astimezone(zone).date() if plan.approved_at else None,
            plan.days,
            plan.number or "",
            plan.decided_on,
            *(sums[name] for name in SUMS),
        )

    return Table(
        key="reallocations",
        title=words("report_moves.plans_title"),
        columns=(
            text("plan"),
            text("state"),
            Column(key="approved", label=words("report_moves.approved"), shape=Shape.DAY, help="moves_approved"),
            Column(key="days", label=words("report_moves.days"), shape=Shape.WHOLE, help="moves_days"),
            text("decision"),
            Column(key="decided_on", label=words("report_moves.decided_on"), shape=Shape.DAY, help="moves_decided_on"),
            *_doses(source, SUMS),
        ),
        rows=tuple(row(plan) for plan in sorted(plans, key=lambda plan: -plan.plan_id)),
        printed=source.rules.rows,
        note=words("report_moves.plans_note"),
    )


def _lines(source: Source, found: Moved, states: Mapping[int, PlanState], lines: Sequence[ToldLine]) -> Table:
    """What asks for somebody first, of that the largest."""
    words = source.words
    products = source.studio.products

    def text(key: str) -> Column:
        return Column(key=key, label=words(f"report_moves.{key}"), shape=Shape.TEXT)

    def store(code: str) -> str:
        own = found.stores.get(code)
        if own is None:
            return code
        return store_name(
            source.studio, source.names, words, code=code, level=own.level, area=own.area, district=own.district,
            site=own.site,
        )  # fmt: skip

    progress = {(line.plan_id, line.line): line.progress(states[line.plan_id]) for line in lines}
    ordered = sorted(
        lines,
        key=lambda line: (ORDER[progress[line.plan_id, line.line]], -line.doses, -line.plan_id, line.line),
    )
    sums = _sums(lines)
    return Table(
        key="reallocation_lines",
        title=words("report_moves.lines_title"),
        columns=(
            Column(key="plan", label=words("report_moves.plan_number"), shape=Shape.WHOLE, help="moves_plans"),
            text("lot"),
            text("product"),
            text("giver"),
            text("taker"),
            *_doses(source, ("doses", "shipped", "received", "missing")),
            text("progress"),
        ),
        rows=(
            *(
                (
                    line.plan_id,
                    line.lot,
                    products.get(line.product, line.product),
                    store(line.giver),
                    store(line.taker),
                    line.doses,
                    line.shipped,
                    line.received,
                    line.missing,
                    words(f"move_progress.{progress[line.plan_id, line.line]}"),
                )
                for line in ordered
            ),
            (
                None,
                words("report_moves.total"),
                "",
                "",
                "",
                *(sums[name] for name in ("doses", "shipped", "received", "missing")),
                "",
            ),
        ),
        totals=1,
        printed=source.rules.rows,
    )
