"""What a duty or planned work is for, in words."""

from __future__ import annotations

from layouts.words import Words


def rules_in_words(prefix: str, words: Words) -> str:
    """Every rule, a family of them, or one; as it was typed where it is none that we know."""
    if not prefix:
        return words("oncall.every_rule")
    return words.named("rule_family", prefix) if f"rule_family.{prefix}" in words.texts else words.named("rule", prefix)
