"""Decisions about what was inside a device that was out of range or silent."""

from pathlib import Path

from alembic import context, op

revision = "0024"
down_revision = "0023"

SQL = Path(__file__).resolve().parent.parent.parent / "sql"


def upgrade() -> None:
    text = (SQL / "0024_excursions.sql").read_text(encoding="utf-8")
    for name in ("etl_role", "app_role"):
        text = text.replace("{" + name + "}", context.config.attributes[name])
    # The driver's own cursor: a script is not a statement with parameters.
    op.get_bind().connection.cursor().execute(text)
