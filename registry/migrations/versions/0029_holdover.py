"""For how long a device keeps its temperature without power."""

from pathlib import Path

from alembic import op

revision = "0029"
down_revision = "0028"

SQL = Path(__file__).resolve().parent.parent.parent / "sql"


def upgrade() -> None:
    # The driver's own cursor: a script is not a statement with parameters.
    op.get_bind().connection.cursor().execute((SQL / "0029_holdover.sql").read_text(encoding="utf-8"))
