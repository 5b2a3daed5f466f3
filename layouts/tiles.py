"""The headline: what was given, and how far the country is towards each target under each reading."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from dash import dcc, html

from campaign.coverage import Target
from campaign.readings import Area, DayRow, Headline, TargetReading
from campaign.targets import people_needed
from layouts import format as fmt
from layouts.parts import Child, age, attributes, hidden_text, icon, tag, why, with_sign
from layouts.words import Words

SPARK_DAYS = 28


def tiles(
    headline: Headline, *, days: Sequence[DayRow], areas: Sequence[Area], denominator: str, words: Words, zone: ZoneInfo
) -> html.Div:
    """One tile of doses, then one a target with both readings. `days` are the nation's; `denominator` is in use."""
    names = {area.code: words.pick(area.name_vi, area.name_en) for area in areas}
    foot = _as_of(headline, words, zone)
    by_target = groupby(headline.readings, key=lambda reading: reading.target)
    return html.Div(
        [
            _doses(headline, days, foot, words, zone),
            *(_target(target, list(group), names, denominator, foot, words) for target, group in by_target),
        ],
        className="tiles",
    )


def _as_of(headline: Headline, words: Words, zone: ZoneInfo) -> str:
    return fmt.as_of(headline.info.as_of, words, zone)


def _foot(as_of: str, *more: Child) -> html.P:
    return html.P([*more, html.Span(as_of, className="as-of"), age()], className="tile-foot")


def _doses(headline: Headline, days: Sequence[DayRow], foot: str, words: Words, zone: ZoneInfo) -> html.Article:
    language = words.language
    local = headline.info.as_of.astimezone(zone)
    pairs = [
        (
            "doses_today",
            words("tile.today", hour=f"{local:%H}", minute=f"{local:%M}"),
            fmt.whole(headline.doses_today, language),
        ),
        ("doses_yesterday", words("tile.yesterday"), fmt.whole(headline.doses_yesterday, language)),
        ("dose1_people", words("tile.dose1_people"), fmt.whole(headline.dose1_people, language)),
        ("full_people", words("tile.full_people"), fmt.whole(headline.full_people, language)),
    ]
    return html.Article(
        [
            html.H2(with_sign(words("tile.doses"), why("doses", words("tile.doses"), words))),
            html.Div(
                [html.P(fmt.whole(headline.doses, language), className="big", id="tile-doses"), _spark(days, words)],
                className="big-row",
            ),
            html.Dl([_pair(number, name, value, words) for number, name, value in pairs], className="pairs"),
            _foot(foot),
        ],
        className="tile tile-doses",
    )


def _pair(number_id: str, name: str, value: str, words: Words) -> html.Div:
    return html.Div(
        [html.Dt(with_sign(name, why(number_id, name, words))), html.Dd(value, **attributes(data_number=number_id))]
    )


def _spark(days: Sequence[DayRow], words: Words) -> html.Div:
    """Doses of the last four weeks as small bars; the curves below say the same with numbers."""
    last = [row.doses for row in days[-SPARK_DAYS:]]
    top = max(last, default=0) or 1
    bars: list[Child] = [
        html.Span(
            className="spark-part" if index == len(last) - 1 else "",
            style={"height": f"{max(value / top * 100, 2):.0f}%"},
        )
        for index, value in enumerate(last)
    ]
    return html.Div(
        [html.Div(bars, className="spark-bars"), html.Div(words("tile.spark", days=len(last)), className="spark-name")],
        className="spark",
        **attributes(aria_hidden="true"),
    )


def _target(
    target: Target, readings: list[TargetReading], names: dict[str, str], denominator: str, foot: str, words: Words
) -> html.Article:
    missing = sorted({code for reading in readings for code in reading.missing_areas})
    notes: list[Child] = [html.Span(words("tile.denominator", name=words.named("denominator", denominator)))]
    if missing:
        text = words("tile.missing", areas=", ".join(names.get(code, code) for code in missing))
        notes.append(html.Span([icon("warn"), text], className="tile-missing"))
    return html.Article(
        [
            html.Div(
                [
                    html.H2(words.named("group_long", target.population_group.value)),
                    html.Span(_goal(target, words), className="goal"),
                ],
                className="tile-head",
            ),
            *(_reading(reading, words) for reading in readings),
            dcc.Link(
                [words("tile.targets"), icon("next")],
                href=f"/muc-tieu?target={target.target_id}",
                className="tile-more",
                title=_goal(target, words),
            ),
            _foot(foot, *notes),
        ],
        className="tile tile-target",
    )


def _goal(target: Target, words: Words) -> str:
    language = words.language
    return words("tile.goal", share=fmt.share(target.ratio, language), day=fmt.day(target.due_on, language))


def _reading(reading: TargetReading, words: Words) -> html.Div:
    """One reading of one target: percentage, numerator over denominator, a bar with the target marked, the verdict."""
    language = words.language
    coverage = reading.coverage
    ratio = coverage.ratio or 0.0
    whole_bar = max(1.0, ratio)
    name = words(f"metric.{reading.measure}")
    percent = fmt.percent(coverage, language)
    return html.Div(
        [
            html.Div(
                [
                    html.Span(
                        with_sign(name, why(_number(reading), _named(reading, words), words)), className="reading-name"
                    ),
                    html.Span(percent, className="reading-value", **attributes(data_reading=_key(reading))),
                ],
                className="reading-head",
            ),
            html.Div(
                [
                    html.Div(className=f"bar-fill bar-{reading.measure}", style={"width": f"{ratio / whole_bar:.2%}"}),
                    html.Div(className="bar-aim", style={"left": f"{reading.target.ratio / whole_bar:.2%}"}),
                ],
                className="bar",
                **attributes(aria_hidden="true"),
            ),
            html.Div(
                [
                    html.Span(words("tile.people", fraction=fmt.fraction(coverage, language)), className="reading-of"),
                    _verdict(reading, words),
                ],
                className="reading-foot",
            ),
            hidden_text(words("tile.goal_read", share=fmt.share(reading.target.ratio, language))),
        ],
        className="reading",
    )


def _key(reading: TargetReading) -> str:
    return f"{reading.target.population_group.value}-{reading.measure.value}"


def _number(reading: TargetReading) -> str:
    """Its name among the numbers whose origin can be asked for."""
    return f"{reading.measure.value}_{reading.target.population_group.value}"


def _named(reading: TargetReading, words: Words) -> str:
    group = words.named("group", reading.target.population_group.value)
    return words("reading", measure=words(f"metric.{reading.measure}"), group=group)


def _verdict(reading: TargetReading, words: Words) -> html.Span:
    coverage = reading.coverage
    if coverage.ratio is None or coverage.population is None:
        return tag(words("verdict.unknown"), kind="none", icon_name="dash")
    left = people_needed(reading.target, coverage.population) - coverage.people
    if left <= 0:
        return tag(words("verdict.met"), kind="good", icon_name="check")
    return tag(words("verdict.left", people=fmt.whole(left, words.language)), kind="open", icon_name="clock")


def flow(headline: Headline, words: Words) -> html.Dl:
    """What else the source tells: registrations, deliveries, what is pending at the publisher or set aside here."""
    language = words.language
    full_size = words("flow.full_size") if headline.info.one_in > 1 else ""
    # The registry counts registrations, a publisher tells people.
    registered_unit = words("unit.registrations" if headline.info.kind == "record" else "unit.people")
    items = [
        ("registered", headline.registered, registered_unit, ""),
        ("delivered", headline.delivered, words("unit.doses"), full_size),
        ("pending", headline.pending, words("unit.injections"), words("flow.pending_note")),
        ("quarantined", headline.quarantined, words("unit.records"), words("flow.quarantined_note")),
    ]
    return html.Dl(
        [
            html.Div(
                [
                    html.Dt(with_sign(f"{words(f'flow.{name}')}:", why(name, words(f"flow.{name}"), words))),
                    html.Dd([html.B(fmt.whole(value, language), **attributes(data_number=name)), f" {unit}"]),
                    *([html.Dd(note, className="flow-note")] if note else []),
                ],
                className=f"flow-item flow-{name}",
            )
            for name, value, unit, note in items
            if value is not None
        ],
        className="flow",
    )
