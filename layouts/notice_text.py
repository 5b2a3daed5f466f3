"""What a notice says, in Vietnamese, then in English: what is wrong and where, since when, what to do, and why you."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from campaign.notices import NoticeKind
from layouts import format as fmt
from layouts.oncall_words import rules_in_words
from layouts.words import Catalogues, Language, Words

# The wider place first; the thing itself is one of many, and stands on the console. A lot is what an incident is about.
PLACES = ("area", "district", "store", "feed", "invariant", "lot")
LONGEST_SUBJECT = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """places: names of the incident's labels in each language, by label. why: of the list of those on duty; empty for
    whoever gets every notice."""

    incident_id: int
    kind: NoticeKind
    rule: str
    severity: str
    places: Mapping[Language, Mapping[str, str]]
    members: int
    firing: int
    level: int
    opened_at: datetime
    over_at: datetime | None
    drill: bool
    link: str
    why: Mapping[str, object]


def notice_text(facts: NoticeFacts, catalogues: Catalogues, zone: ZoneInfo) -> tuple[str, str]:
    """Subject, and body in both languages."""
    subject = _subject(facts, catalogues[Language.VI])
    drill = f"{catalogues[Language.VI]('notice_text.drill')} / {catalogues[Language.EN]('notice_text.drill')}"
    parts = [_body(facts, catalogues[language], zone) for language in (Language.VI, Language.EN)]
    head = f"[{drill}] " if facts.drill else ""
    # A plain text: mails and telephones break its lines as they like.
    return f"{head}{subject}"[:LONGEST_SUBJECT], fmt.loose("\n\n-- \n\n".join(parts)) + "\n"


def _subject(facts: NoticeFacts, words: Words) -> str:
    severity, rule = words.named("severity", facts.severity), words.named("rule", facts.rule)
    kind = words(f"notice_kind.{facts.kind}", level=facts.level)
    # The nearest place first: a telephone shows the beginning.
    where = ", ".join(reversed(list(_places(facts, words).values()))) or words("table.nation")
    return f"{severity}: {rule}, {where} ({kind})"


def _body(facts: NoticeFacts, words: Words, zone: ZoneInfo) -> str:
    lines = [
        *([words("notice_text.drill_line")] if facts.drill else []),
        f"{words.named('severity', facts.severity)}: {words.named('rule', facts.rule)}",
        words(f"notice_kind.{facts.kind}", level=facts.level),
        *(f"{words.named('label', label)}: {name}" for label, name in _places(facts, words).items()),
        _count(facts, words),
        words("notice_text.since", at=fmt.instant(facts.opened_at, words, zone)),
    ]
    if facts.over_at is not None and facts.kind is NoticeKind.OVER:
        lines.append(words("notice_text.over_at", at=fmt.instant(facts.over_at, words, zone)))
    elif steps := words.texts.get(f"runbook.{facts.rule}", ""):
        lines.append(words("notice_text.first", step=steps.split("\n")[0]))
    lines += [words("notice_text.link", number=facts.incident_id, link=facts.link), _why(facts, words)]
    return "\n".join(lines)


def _places(facts: NoticeFacts, words: Words) -> dict[str, str]:
    named = facts.places[words.language]
    if facts.kind is NoticeKind.JOINED and "why" in named:
        # The incident is the nation's; the notice is of this province.
        named = {**named, "area": named["why"]}
    return {label: named[label] for label in PLACES if label in named}


def _count(facts: NoticeFacts, words: Words) -> str:
    members = fmt.whole(facts.members, words.language)
    if facts.kind is NoticeKind.OVER:
        return words("notice_text.members_over", members=members)
    return words("notice_text.members", firing=fmt.whole(facts.firing, words.language), members=members)


def _why(facts: NoticeFacts, words: Words) -> str:
    why = facts.why
    if not why:
        return words("notice_text.why_every")
    prefix, area = str(why.get("rule_prefix", "")), facts.places[words.language].get("why", "")
    return words(
        "notice_text.why",
        post=why.get("post", ""),
        number=why.get("duty_id", ""),
        level=why.get("level", ""),
        area=area or words("table.nation"),
        rules=rules_in_words(prefix, words),
    )
