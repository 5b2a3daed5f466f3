"""Further feed views; repairs, releases and locks of named persons."""

from pathlib import Path

from alembic import context, op

revision = "0002"
down_revision = "0001"

SQL = Path(__file__).resolve().parent.parent.parent / "sql"


def upgrade() -> None:
    etl_role = context.config.attributes["etl_role"]
    text = (SQL / "0004_acts.sql").read_text(encoding="utf-8").replace("{etl_role}", etl_role)
    # The driver's own cursor: a script is not a statement with parameters.
    op.get_bind().connection.cursor().execute(text)
