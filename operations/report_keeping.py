"""How long the files of archived reports are kept. The row of a report, its mails and the hash of each form stay: in
the registry and in the audit, which nobody can change.

Let go first, deleted then: killed in between, the files are deleted by the next look (docs/adr/0061)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from operations.action_log import connect, write_log
from operations.audit import Author

# Of one that was sent or released: from the last thing that became of it. One that is held, waits, or has a mail that
# waits stays, however old.
OVER = (
    "SELECT r.report_id, r.folder, r.manifest_hash FROM operations.report AS r WHERE r.gone_at IS NULL "
    "AND r.folder <> '' AND r.state IN ('ready', 'released', 'withdrawn', 'failed') "
    "AND NOT EXISTS (SELECT FROM operations.report_mail AS m WHERE m.report_id = r.report_id AND m.state = 'waiting') "
    "AND greatest(r.made_at, r.decided_at, "
    "(SELECT max(m.ended_at) FROM operations.report_mail AS m WHERE m.report_id = r.report_id)) "
    "< CASE WHEN r.sends AND r.state IN ('ready', 'released') THEN %(sent)s ELSE %(other)s END "
    "ORDER BY r.report_id LIMIT %(limit)s FOR UPDATE OF r"
)
LET_GO = "UPDATE operations.report SET gone_at = %s WHERE report_id = %s"
GONE = "SELECT report_id FROM operations.report WHERE gone_at IS NOT NULL AND report_id = ANY(%s)"
KEEPER = Author(name="reporter", origin="archive")
AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """sent: how long one that was sent or released is kept; other: one that a person asked for, or withdrew."""

    sent: timedelta
    other: timedelta


# The hash of each form of a folder by its file's name; the second argument is that of the manifest. Empty where it is
# damaged.
Hashes = Callable[[str, str], Mapping[str, str]]


def let_go(url: str, keeping: Keeping, *, hashes: Hashes, now: datetime) -> tuple[int, ...]:
    """Numbers of the reports whose files are to be deleted now, at most AT_ONCE. Raises psycopg.Error."""
    values = {"sent": now - keeping.sent, "other": now - keeping.other, "limit": AT_ONCE}
    with connect(url) as connection:
        rows = connection.execute(OVER, values).fetchall()
        for row in rows:
            number = int(row["report_id"])
            connection.execute(LET_GO, [now, number])
            detail = {
                "report": number,
                "sha256": row["manifest_hash"],
                "hashes": dict(hashes(row["folder"], row["manifest_hash"])),
            }
            write_log(connection, now, KEEPER, "report_let_go", f"report:{number}", detail)
    return tuple(int(row["report_id"]) for row in rows)


def already_gone(url: str, numbers: Collection[int]) -> tuple[int, ...]:
    """Of these reports those whose files were let go, and are there still where the process was killed."""
    with connect(url) as connection:
        return tuple(int(row["report_id"]) for row in connection.execute(GONE, [list(numbers)]).fetchall())
