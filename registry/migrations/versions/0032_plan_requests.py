"""Requests to make plans of reallocation, their answers, and what the checker says of each version."""

from pathlib import Path

from alembic import context, op

revision = "0032"
down_revision = "0031"

SQL = Path(__file__).resolve().parent.parent.parent / "sql"


def upgrade() -> None:
    text = (SQL / "0032_plan_requests.sql").read_text(encoding="utf-8")
    for name in ("etl_role", "app_role"):
        text = text.replace("{" + name + "}", context.config.attributes[name])
    # The driver's own cursor: a script is not a statement with parameters.
    op.get_bind().connection.cursor().execute(text)
