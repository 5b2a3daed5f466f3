"""Sharing a whole number out in proportion, to the unit: the rule is the campaign's."""

from campaign.shares import largest_remainder

__all__ = ["largest_remainder"]
