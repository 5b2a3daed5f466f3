"""What is said about a report of the archive: checks that failed, the mail that brings it, its state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from campaign.report_checks import Check, Failure
from layouts import format as fmt
from layouts.words import Words

LONGEST_SUBJECT = 180
# What the name of a failure is looked up in; others have a label of their own, or none.
FAMILIES = {Check.STALE: "feed", Check.STOPPED: "feed", Check.INVARIANT: "invariant"}
TOGETHER = frozenset({Check.STALE, Check.STOPPED})


def sentences_of(found: Sequence[Failure], words: Words) -> list[str]:
    """One for each, in their order: what failed, and by how much. Feeds that fail alike have theirs together, the same
    for each: said once, twenty feeds are a line and not a page."""
    alike: dict[object, list[str]] = {}
    for item in found:
        alike.setdefault(_alike(item), []).append(_called(item, words))
    return [_sentence(item, alike[_alike(item)], words) for item in found]


def failures_said(found: Sequence[Failure], words: Words) -> list[str]:
    """What stands first in a report that failed its checks, each sentence once; nothing where none failed."""
    said = list(dict.fromkeys(sentences_of(found, words)))
    return [words("report.failed", count=len(found)), *said] if said else []


def _called(found: Failure, words: Words) -> str:
    family = FAMILIES.get(found.check)
    return words.named(family, found.name) if family else found.label


def _alike(found: Failure) -> object:
    if found.check in TOGETHER:
        return (found.check, tuple(found.values.items()))
    return (found.check, found.name, found.label)


def _sentence(found: Failure, names: Sequence[str], words: Words) -> str:
    told = {key: fmt.whole(value, words.language) for key, value in found.values.items()}
    if len(names) > 1 and found.check in TOGETHER:
        count = fmt.whole(len(names), words.language)
        return words(f"report_check.{found.check}_many", count=count, names=", ".join(names), **told)
    return words(f"report_check.{found.check}", name=names[0], **told)


def mail_said(
    *,
    place: str,
    day: date,
    made_at: str,
    snapshot: int,
    failed: Sequence[str],
    released_by: str,
    reason: str,
    left_out: bool,
    link: str,
    words: Words,
) -> tuple[str, str]:
    """Subject and body. left_out: the forms are too large to go along. No figure: those are in the report, locked."""
    language = words.language
    subject = words("report_mail.subject", place=place, day=fmt.day(day, language))
    lines = [
        words("report_mail.lead", place=place, day=fmt.day(day, language), snapshot=snapshot, at=made_at),
        *(
            [words("report_mail.released", name=released_by, reason=reason), *(f"- {text}" for text in failed)]
            if failed
            else ()
        ),
        words("report_mail.left_out") if left_out else words("report_mail.attached"),
        words("report_mail.link", link=link),
        words("report_mail.foot"),
    ]
    head = words("report_mail.checks_failed") if failed else ""
    # A plain text: mails and telephones break its lines as they like.
    return fmt.loose(f"{head}{subject}")[:LONGEST_SUBJECT], fmt.loose("\n\n".join(lines)) + "\n"


def state_said(*, state: str, reason: str, step: int, steps: int, tries: int, words: Words) -> str:
    """How far one is, or what became of it."""
    if state == "waiting" and tries and steps and not reason:
        return words("report_state.making", step=step, steps=steps)
    said = words(f"report_state.{state}")
    return f"{said}. {words.named('report_failed', reason)}" if reason else said
