"""The registry's rows as text and back, table by table, in PostgreSQL's own COPY format.

COPY and not pg_dump: a server newer than the programme that ships with us is refused by it, a password would have to
reach another process, and of what it writes neither rows nor hashes can be told table by table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

SCHEMAS = ("registry", "operations")
# Rows that migrations write themselves: a registry that has nothing else is empty.
SEEDED: dict[str, LiteralString] = {"registry.secret": "false", "operations.audit_head": "audit_id > 0"}
CHUNK_BYTES = 1 << 20
# The ETL reads a backlog in pieces of equal stamps; of one stamp alone it would have to take everything at once.
PIECE_ROWS = 100_000
# One text for one value, whatever server and session it comes from.
PLAIN = (
    "SET LOCAL client_encoding = 'UTF8'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres'; "
    "SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; "
    "SET LOCAL statement_timeout = 0"
)
# A stamp is the number of a transaction of that server: in another it would mean nothing, or the future.
TABLES = """
    SELECT n.nspname AS schema, c.relname AS name,
           array_agg(a.attname ORDER BY a.attnum) FILTER (WHERE a.atttypid <> 'xid8'::regtype) AS columns,
           min(a.attname) FILTER (WHERE a.atttypid = 'xid8'::regtype) AS stamp
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    WHERE n.nspname = ANY(%s) AND c.relkind = 'r'
    GROUP BY n.nspname, c.relname ORDER BY n.nspname DESC, c.relname
"""
SEQUENCES = "SELECT schemaname, sequencename FROM pg_catalog.pg_sequences WHERE schemaname = ANY(%s) ORDER BY 1, 2"

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`columns` are those that are copied; `stamp` is the column that the server's own transactions number, if any."""

    schema: str
    name: str
    columns: tuple[str, ...]
    stamp: str | None = None

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def sql(self) -> Identifier:
        return Identifier(self.schema, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """`last` is the number given out last, or the first one where none was (`called` false)."""

    schema: str
    name: str
    last: int
    called: bool


def revision(connection: Connection) -> str | None:
    """Which migration the schema is at; None where there is no schema."""
    found: Any = connection.execute("SELECT to_regclass('schema_version')").fetchone()
    if found[0] is None:
        return None
    row: Any = connection.execute("SELECT version_num FROM schema_version").fetchone()
    return str(row[0]) if row else None


def tables(connection: Connection) -> tuple[Table, ...]:
    """Every table of ours, records first."""
    rows = connection.execute(TABLES, [list(SCHEMAS)]).fetchall()
    return tuple(Table(schema=row[0], name=row[1], columns=tuple(row[2]), stamp=row[3]) for row in rows)


def first_filled(connection: Connection) -> str | None:
    """Name of a table that holds rows beside what migrations write; None: the registry is empty, or not there."""
    for table in tables(connection):
        condition = SEEDED.get(table.full_name, "true")
        query = SQL("SELECT EXISTS (SELECT FROM {} WHERE {})").format(table.sql, SQL(condition))
        row: Any = connection.execute(query).fetchone()
        if row[0]:
            return table.full_name
    return None


def begin_reading(connection: Connection, found: Iterable[Table]) -> None:
    """Inside a REPEATABLE READ transaction: hold the tables' shape, as a migration meanwhile would change it."""
    connection.execute(PLAIN)
    names = SQL(", ").join(table.sql for table in found)
    connection.execute(SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(names))


def copy_out(connection: Connection, table: Table) -> Iterator[bytes]:
    """All rows as lines of text, in pieces of about a megabyte that end with a line."""
    statement = SQL("COPY {} ({}) TO STDOUT").format(table.sql, _names(table.columns))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        held: list[bytes] = []
        size = 0
        for line in copy:
            held.append(bytes(line))
            size += len(line)
            if size >= CHUNK_BYTES:
                yield b"".join(held)
                held, size = [], 0
        if held:
            yield b"".join(held)


def begin_writing(connection: Connection, found: Iterable[Table]) -> None:
    """Inside a transaction: triggers and checks of keys off, tables emptied of what migrations wrote.

    Raises psycopg.errors.InsufficientPrivilege where the role may not switch triggers off.
    """
    connection.execute(PLAIN)
    connection.execute("SET LOCAL session_replication_role = replica")
    for table in found:
        connection.execute(SQL("DELETE FROM {}").format(table.sql))


def copy_in(connection: Connection, table: Table, chunks: Iterable[bytes], *, rows: int) -> int:
    """Write lines of copy_out back; `rows` is how many there should be. Returns how many there were.

    Stamps are numbered anew, in the order of the rows and below those that this server gives out from now on."""
    columns = table.columns if table.stamp is None else (*table.columns, table.stamp)
    statement = SQL("COPY {} ({}) FROM STDIN").format(table.sql, _names(columns))
    row: Any = connection.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
    pieces = max(1, min(int(row[0]) - 1, -(-rows // PIECE_ROWS)))
    with connection.cursor() as cursor:
        done = 0
        with cursor.copy(statement) as copy:
            for chunk in _lines(chunks):
                lines = chunk.count(b"\n")
                if table.stamp is not None:
                    number = 1 + min(done * pieces // max(rows, 1), pieces - 1)
                    # Within a value a line's end is written as a backslash and an n.
                    copy.write(chunk.replace(b"\n", b"\t%d\n" % number))
                else:
                    copy.write(chunk)
                done += lines
        return cursor.rowcount


def sequences(connection: Connection) -> tuple[Sequence, ...]:
    """Read after the tables: a number given out since then leaves a gap, one given out twice would be refused."""
    found: list[Sequence] = []
    for schema, name in connection.execute(SEQUENCES, [list(SCHEMAS)]).fetchall():
        query = SQL("SELECT last_value, is_called FROM {}").format(Identifier(schema, name))
        row: Any = connection.execute(query).fetchone()
        found.append(Sequence(schema=schema, name=name, last=int(row[0]), called=bool(row[1])))
    return tuple(found)


def set_sequences(connection: Connection, wanted: Iterable[Sequence]) -> None:
    for sequence in wanted:
        name = Literal(SQL("{}").format(Identifier(sequence.schema, sequence.name)).as_string(connection))
        connection.execute(
            SQL("SELECT setval({}::regclass, {}, {})").format(name, Literal(sequence.last), Literal(sequence.called))
        )


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes cut at ends of lines."""
    rest = b""
    for chunk in chunks:
        head, end, tail = (rest + chunk).rpartition(b"\n")
        if end:
            yield head + end
        rest = tail
    if rest:
        yield rest


def _names(columns: Iterable[str]) -> Composed:
    return SQL(", ").join(Identifier(name) for name in columns)
