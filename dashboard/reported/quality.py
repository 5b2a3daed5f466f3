"""How far the figures can be trusted: feeds, sums that must agree, what was set aside, what was corrected; and what
areas declared beside what was recorded."""

from __future__ import annotations

from campaign.people_places import APART
from campaign.report import Column, Figure, Part, Section, Shape, Table
from campaign.trust import AGES
from dashboard.reported.source import Source
from dashboard.trust import trust_of
from geo.text import collation_key
from layouts.data_page import Trust
from layouts.feed_board import WORST_FIRST
from warehouse import reads


def quality(source: Source) -> Section:
    """Of the whole country whatever the area, but for the corrections, which are the area's."""
    words, found = source.words, _trust(source)
    broken = sum(not item.holds for item in found.invariants)
    held = sum(group.held for group in found.quarantine)
    return Section(
        part=Part.QUALITY,
        title=words("report_part.quality"),
        sentences=(
            words("report.checks", broken=broken, all=len(found.invariants)),
            *((words("report.of_nation"),) if source.area else ()),
        ),
        figures=(
            Figure(key="held", label=words("number.quarantined"), value=held, shape=Shape.WHOLE, help="quarantined"),
        ),
        tables=(
            _feeds(source, found),
            _checks(source, found),
            _held(source, found),
            _corrections(source),
        ),
    )


def _trust(source: Source) -> Trust:
    studio = source.studio
    return trust_of(
        studio.readings,
        source.version,
        source.view,
        rules=studio.rules,
        lag=studio.lag,
        limits=studio.limits,
        zone=studio.zone,
        words=source.words,
    )


def _feeds(source: Source, found: Trust) -> Table:
    """The worst first. Instants are wall time."""
    words = source.words
    rank = {state: place for place, state in enumerate(WORST_FIRST)}
    ordered = sorted(
        found.feeds,
        key=lambda feed: (rank.get(feed.state, len(rank)), collation_key(words.named("feed", feed.name))),
    )
    return Table(
        key="feeds",
        title=words("data.feeds"),
        columns=(
            Column(key="feed", label=words("column.feed"), shape=Shape.TEXT),
            Column(key="state", label=words("report_column.state"), shape=Shape.TEXT),
            Column(key="last_success", label=words("report_column.last_success"), shape=Shape.INSTANT),
            Column(key="rows_in", label=words("feed_board.rows_in"), shape=Shape.WHOLE),
            Column(key="quarantined", label=words("feed_board.quarantined"), shape=Shape.WHOLE, help="quarantined"),
        ),
        rows=tuple(
            (
                words.named("feed", feed.name),
                words.named("state", feed.state),
                feed.last_success,
                feed.rows_in,
                feed.quarantined,
            )
            for feed in ordered
        ),
        printed=None,
    )


def _checks(source: Source, found: Trust) -> Table:
    words = source.words
    ordered = sorted(found.invariants, key=lambda item: (item.holds, item.name))
    return Table(
        key="checks",
        title=words("data.checks"),
        columns=(
            Column(key="invariant", label=words("column.invariant"), shape=Shape.TEXT),
            Column(key="holds", label=words("column.holds"), shape=Shape.TEXT),
            Column(key="left", label=words("column.left"), shape=Shape.WHOLE),
            Column(key="right", label=words("column.right"), shape=Shape.WHOLE),
        ),
        rows=tuple(
            (
                words.named("invariant", item.name),
                words("data.equal") if item.holds else words("report.unequal"),
                item.left,
                item.right,
            )
            for item in ordered
        ),
    )


def _held(source: Source, found: Trust) -> Table:
    words = source.words
    return Table(
        key="quarantine",
        title=words("data.quarantine"),
        columns=(
            Column(key="feed", label=words("column.feed"), shape=Shape.TEXT),
            Column(key="field", label=words("column.field"), shape=Shape.TEXT),
            Column(key="reason", label=words("column.reason"), shape=Shape.TEXT),
            Column(key="held", label=words("quarantine.held"), shape=Shape.WHOLE, help="quarantined"),
            Column(key="repaired", label=words("quarantine.repaired"), shape=Shape.WHOLE),
        ),
        rows=tuple(
            (
                words.named("feed", item.feed),
                words.named("record_field", item.field),
                words.named("reason", item.reason),
                item.held,
                item.repaired,
            )
            for item in found.quarantine
        ),
        printed=source.rules.rows,
        note="" if found.quarantine else words("empty.quarantine"),
    )


def _corrections(source: Source) -> Table:
    """Every published figure that was changed afterwards, the newest first."""
    words, snapshots = source.words, source.studio.readings.snapshots
    in_all = reads.correction_count(snapshots, source.version)
    found = reads.corrections(snapshots, source.version, limit=max(in_all, 1))
    own = [item for item in found if source.area in ("", item.area_code) and _may_be_told(source, item.area_code)]
    return Table(
        key="corrections",
        title=words("data.corrections"),
        columns=(
            Column(key="publication", label=words("column.publication"), shape=Shape.TEXT),
            Column(key="feed", label=words("column.feed"), shape=Shape.TEXT),
            Column(key="area", label=words("column.area"), shape=Shape.TEXT),
            Column(key="day", label=words("column.day"), shape=Shape.DAY),
            Column(key="kind", label=words("column.kind"), shape=Shape.TEXT),
            Column(key="before", label=words("column.before"), shape=Shape.WHOLE),
            Column(key="after", label=words("column.after"), shape=Shape.WHOLE),
            Column(key="change", label=words("column.change"), shape=Shape.SIGNED),
        ),
        rows=tuple(
            (
                item.publication,
                words.named("feed", item.feed),
                source.name(item.area_code),
                item.day,
                words.named("correction", item.kind),
                item.before,
                item.after,
                (item.after or 0) - (item.before or 0),
            )
            for item in own
        ),
        printed=source.rules.rows,
        note="" if own else words("empty.corrections"),
    )


def _may_be_told(source: Source, code: str) -> bool:
    return source.scope.nationwide or source.scope.covers(code)


def declared(source: Source) -> Section:
    """Two counts of one thing: subtracted, never added. The largest gap first, all of them below."""
    words, found = source.words, _trust(source)
    gaps = [
        gap
        for gap in found.gaps
        if source.area in ("", gap.area_code) and (source.scope.covers(gap.area_code) or gap.area_code in APART)
    ]
    title = words("report_part.declared")
    if not gaps:
        return Section(part=Part.DECLARED, title=title, sentences=(words("empty.declared"),))
    keys = ("declared", "recorded", "gap", *(f"gap_{age}" for age in AGES))
    signed = {key for key in keys if key.startswith("gap")}
    rows = [
        (source.name(gap.area_code), gap.declared, gap.recorded, gap.gap, *(gap.by_age[age] for age in AGES))
        for gap in gaps
    ]
    sums = (
        source.place,
        sum(gap.declared for gap in gaps),
        sum(gap.recorded for gap in gaps),
        sum(gap.gap for gap in gaps),
        *(sum(gap.by_age[age] for gap in gaps) for age in AGES),
    )
    return Section(
        part=Part.DECLARED,
        title=title,
        sentences=(words("declared.lead"),),
        figures=tuple(
            Figure(
                key=f"declared_{key}",
                label=words(f"declared.{key}"),
                value=value,
                shape=Shape.SIGNED if key in signed else Shape.WHOLE,
                help="",
                note=words(f"declared.{key}_what"),
            )
            for key, value in zip(("declared", "recorded", "gap"), sums[1:4], strict=True)
        ),
        tables=(
            Table(
                key="declared",
                title=words("data.declared"),
                columns=(
                    Column(key="area", label=words("column.area"), shape=Shape.TEXT),
                    *(
                        Column(
                            key=key,
                            label=words(f"column.{key}"),
                            shape=Shape.SIGNED if key in signed else Shape.WHOLE,
                        )
                        for key in keys
                    ),
                ),
                rows=(*rows, sums) if len(rows) > 1 else tuple(rows),
                totals=1 if len(rows) > 1 else 0,
                printed=source.rules.rows,
            ),
        ),
    )
