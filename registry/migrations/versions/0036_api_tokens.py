"""Tokens of machines that read figures, each with its scope, its end and its withdrawal."""

from pathlib import Path

from alembic import context, op

revision = "0036"
down_revision = "0035"

SQL = Path(__file__).resolve().parent.parent.parent / "sql"


def upgrade() -> None:
    text = (SQL / "0036_api_tokens.sql").read_text(encoding="utf-8")
    for name in ("etl_role", "app_role"):
        text = text.replace("{" + name + "}", context.config.attributes[name])
    # The driver's own cursor: a script is not a statement with parameters.
    op.get_bind().connection.cursor().execute(text)
