"""The archive of reports, what schedules and people ask for, to whom it is sent, and what became of each mail."""

from pathlib import Path

from alembic import context, op

revision = "0035"
down_revision = "0034"

SQL = Path(__file__).resolve().parent.parent.parent / "sql"


def upgrade() -> None:
    text = (SQL / "0035_report_archive.sql").read_text(encoding="utf-8")
    for name in ("etl_role", "app_role"):
        text = text.replace("{" + name + "}", context.config.attributes[name])
    # The driver's own cursor: a script is not a statement with parameters.
    op.get_bind().connection.cursor().execute(text)
