"""One key for an expiry of a lot."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"

SQL = Path(__file__).resolve().parent.parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().connection.cursor().execute((SQL / "0007_lot_expiry_key.sql").read_text(encoding="utf-8"))
