"""Doses that decisions on allocation promise may be read by whoever acts on a plan."""

from pathlib import Path

from alembic import context, op

revision = "0037"
down_revision = "0036"

SQL = Path(__file__).resolve().parent.parent.parent / "sql"


def upgrade() -> None:
    text = (SQL / "0037_decided_doses.sql").read_text(encoding="utf-8")
    for name in ("etl_role", "app_role"):
        text = text.replace("{" + name + "}", context.config.attributes[name])
    # The driver's own cursor: a script is not a statement with parameters.
    op.get_bind().connection.cursor().execute(text)
