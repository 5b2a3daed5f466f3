"""What can go wrong when a report is written."""

from __future__ import annotations


class NotWritten(Exception):
    """A form could not be made of the report; the message says why."""
