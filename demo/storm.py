"""A storm of late entry: doses of the last weeks, all entered now, in pieces of one transaction each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from demo.burst import burst

PIECE_DOSES = 200_000
LATE_DAYS = 45


def storm(url: str, *, doses: int, progress: Callable[[int], None]) -> int:
    """Insert `doses` first doses that were given over the last LATE_DAYS days. `progress` is told how many are there.

    Each piece is one transaction: stopped half-way, what is written stays and is whole. Raises ValueError as burst
    does.
    """
    done = 0
    while done < doses:
        done += burst(
            url, doses=min(PIECE_DOSES, doses - done), at=datetime.max.replace(tzinfo=UTC), late_days=LATE_DAYS
        )
        progress(done)
    return done
