"""Why an act was refused, in the reader's language. The commands say the same in one line of English."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from layouts import format as fmt
from layouts.words import Words
from operations.action_log import ActRefused

# Doses; everything else that is a number is the number of something.
FIGURES = frozenset({"doses", "free", "on_hand", "stopped", "promised", "left"})


def reason_why_not(refused: ActRefused, words: Words, zone: ZoneInfo) -> str:
    """One or two sentences. Raises KeyError for a refusal that the catalogues do not know: it must get its words."""
    told = {name: _told(name, value, words, zone) for name, value in refused.values.items()}
    return words(f"refusal.{refused.why}", **told)


def _told(name: str, value: object, words: Words, zone: ZoneInfo) -> str:
    """Names of ours in words, where they have some; what was typed as it was."""
    if isinstance(value, datetime):
        return fmt.instant(value, words, zone)
    if isinstance(value, date):
        return fmt.day(value, words.language)
    if name in FIGURES and isinstance(value, int):
        return fmt.whole(value, words.language)
    text = str(value)
    named = {
        "feed": words.named("feed", text),
        "state": words.named("state", text),
        "needs": words.named("permission", text),
        "what": words.named("refusal_what", text),
        "kind": words.named("refusal_kind", text),
        "rule": words.named("rule", text),
        "which": words.named("rule_field", text),
        "unit": words.named("threshold_unit", text),
        "plan_state": words.named("plan_state", text),
        "plan_rule": words.named("plan_rule", text),
        "report_state": words.named("report_state", text),
    }
    return named.get(name, text)
