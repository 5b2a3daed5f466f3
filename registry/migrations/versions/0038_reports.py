"""What snapshots take of reallocation plans, and when the files of an archived report were let go."""

from pathlib import Path

from alembic import context, op

revision = "0038"
down_revision = "0037"

SQL = Path(__file__).resolve().parent.parent.parent / "sql"


def upgrade() -> None:
    text = (SQL / "0038_reports.sql").read_text(encoding="utf-8")
    for name in ("etl_role", "app_role"):
        text = text.replace("{" + name + "}", context.config.attributes[name])
    # The driver's own cursor: a script is not a statement with parameters.
    op.get_bind().connection.cursor().execute(text)
