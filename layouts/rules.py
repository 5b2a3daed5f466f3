"""The rule catalogue: what is checked, who owns it, how many records break it now, and where most of them come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import html

from campaign.trust import DataRule, RuleCount
from layouts import format as fmt
from layouts.parts import Child, tag
from layouts.plain_table import plain_table
from layouts.words import Words

SEVERITY_ICONS = {"critical": "stop", "warning": "warn", "info": "info"}
# Names of rules that set a record aside: feed, field and reason.
PARTS = 3


def rule_catalogue(
    rules: Sequence[DataRule], counts: Sequence[RuleCount], *, names: Mapping[str, str], words: Words
) -> list[Child]:
    """Rules that are broken first, the most broken on top; then the others in the order of the catalogue."""
    by_id = {count.rule_id: count for count in counts}
    known = {rule.rule_id: rule for rule in rules}
    broken = sorted((c for c in counts if c.records), key=lambda count: -count.records)
    order = [count.rule_id for count in broken]
    order += [rule.rule_id for rule in rules if rule.rule_id not in set(order)]
    rows: list[list[Child]] = [
        [
            _name(known.get(rule_id), rule_id, by_id.get(rule_id), names, words),
            words.named("owner", known[rule_id].owner) if rule_id in known else fmt.UNKNOWN,
            _severity(known.get(rule_id), words),
            words.named("effect", known[rule_id].effect) if rule_id in known else fmt.UNKNOWN,
            html.B(fmt.whole(by_id[rule_id].records if rule_id in by_id else 0, words.language)),
        ]
        for rule_id in order
    ]
    head = ("rule", "owner", "severity", "effect", "rows")
    return [
        html.P(words("rules.note"), className="note"),
        plain_table("rules", head, rows, words, numeric={4}, first=8),
    ]


def _severity(rule: DataRule | None, words: Words) -> Child:
    if rule is None:
        return fmt.UNKNOWN
    icon_name = SEVERITY_ICONS.get(rule.severity, "info")
    return tag(words.named("severity", rule.severity), kind=f"severity-{rule.severity}", icon_name=icon_name)


def _name(
    rule: DataRule | None, rule_id: str, count: RuleCount | None, names: Mapping[str, str], words: Words
) -> html.Div:
    title = fmt.tied(words.pick(rule.name_vi, rule.name_en)) if rule else _unlisted(rule_id, words)
    fix = fmt.tied(words.pick(rule.fix_vi, rule.fix_en)) if rule else ""
    parts: list[Child] = [html.B(title), " ", html.Code(rule_id)]
    if fix:
        parts.append(html.P(fix, className="note"))
    if count is not None and count.areas:
        places: list[Child] = [
            html.Li([names.get(code, code), " ", html.B(fmt.whole(records, words.language))])
            for code, records in count.areas
        ]
        league = html.Ol(places, className="league")
        parts.append(html.Details([html.Summary(words("rules.league", areas=len(places))), league]))
    return html.Div(parts, className="rule")


def _unlisted(rule_id: str, words: Words) -> str:
    """A rule that the catalogue does not have: its parts in words."""
    parts = rule_id.split(".")
    if len(parts) != PARTS:
        return words.named("data_rule", rule_id)
    feed, _, reason = parts
    return f"{words.named('feed', feed)}: {words.named('reason', reason)}"
