"""The record model, the operations schema and the feed views."""

from pathlib import Path

from alembic import context, op

revision = "0001"
down_revision = None

SQL = Path(__file__).resolve().parent.parent.parent / "sql"


def upgrade() -> None:
    etl_role = context.config.attributes["etl_role"]
    # The driver's own cursor: a script is not a statement with parameters, and its % signs are its own.
    cursor = op.get_bind().connection.cursor()
    for name in ("0001_records.sql", "0002_operations.sql", "0003_feeds.sql"):
        text = (SQL / name).read_text(encoding="utf-8").replace("{etl_role}", etl_role)
        cursor.execute(text)
    # A key of this installation: without it nobody can recompute who a pseudonym is.
    cursor.execute(
        "INSERT INTO registry.secret SELECT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))"
    )
