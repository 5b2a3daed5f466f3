"""Scenarios that were withdrawn, by whom and why."""

from pathlib import Path

from alembic import context, op

revision = "0039"
down_revision = "0038"

SQL = Path(__file__).resolve().parent.parent.parent / "sql"


def upgrade() -> None:
    text = (SQL / "0039_scenarios_withdrawn.sql").read_text(encoding="utf-8")
    text = text.replace("{app_role}", context.config.attributes["app_role"])
    # The driver's own cursor: a script is not a statement with parameters.
    op.get_bind().connection.cursor().execute(text)
