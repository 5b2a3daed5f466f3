"""Forms about plans that were sent and taken: pressed twice, they make one request or one draft."""

from pathlib import Path

from alembic import context, op

revision = "0034"
down_revision = "0033"

SQL = Path(__file__).resolve().parent.parent.parent / "sql"


def upgrade() -> None:
    text = (SQL / "0034_plan_forms.sql").read_text(encoding="utf-8")
    for name in ("etl_role", "app_role"):
        text = text.replace("{" + name + "}", context.config.attributes[name])
    # The driver's own cursor: a script is not a statement with parameters.
    op.get_bind().connection.cursor().execute(text)
