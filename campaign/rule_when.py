"""A condition that somebody set for a rule, and what it decides in place of the rule's own limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from campaign.expressions import Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """raise_when None: the rule's own limits decide. clear_when: when it is over, unless raise_when holds still; None:
    as soon as raise_when does not."""

    raise_when: Expression | None = None
    clear_when: Expression | None = None

    def judged(self, facts: Mapping[str, float], *, own: bool | None) -> bool | None:
        """True: raised; False: an alert that is open stays, and none is raised; None: over. own: what the rule's own
        limits say. facts: campaign.rule_facts."""
        if self.raise_when is None:
            return own
        if self.raise_when.holds(facts):
            return True
        return None if self.clear_when is None or self.clear_when.holds(facts) else False


NO_CONDITION = When()
