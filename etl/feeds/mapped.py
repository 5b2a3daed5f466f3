"""A checked mapping and the column types of a source become statements: one SourceTable a feed."""

from __future__ import annotations

from collections.abc import Mapping

from etl.feeds.mapping import Column, Constant, FeedMapping, SourceMapping
from etl.feeds.registry import BIG, DAY, DECIMAL, FLAG, INSTANT, SMALL, TEXT, WHOLE, RegistryFeed
from etl.feeds.table import Method, SourceTable

WITHOUT_ZONE = "timestamp without time zone"
WHOLE_TYPES = ("smallint", "integer", "bigint")
# What PostgreSQL calls the types that become one of ours without a guess.
ACCEPTED: Mapping[str, frozenset[str]] = {
    TEXT: frozenset({"text", "character varying", "character", "uuid", "USER-DEFINED", *WHOLE_TYPES}),
    WHOLE: frozenset(WHOLE_TYPES),
    SMALL: frozenset(WHOLE_TYPES),
    BIG: frozenset({*WHOLE_TYPES, "numeric"}),
    DECIMAL: frozenset({"double precision", "real", "numeric", *WHOLE_TYPES}),
    FLAG: frozenset({"boolean"}),
    DAY: frozenset({"date"}),
    INSTANT: frozenset({"timestamp with time zone", WITHOUT_ZONE}),
}
SQL_TYPE = {
    TEXT: "text",
    WHOLE: "integer",
    SMALL: "smallint",
    BIG: "bigint",
    DECIMAL: "double precision",
    FLAG: "boolean",
    DAY: "date",
    INSTANT: "timestamptz",
}
STAMP_TYPES = {
    Method.XID8: frozenset({"xid8"}),
    Method.OPEN_TRANSACTIONS: frozenset({"timestamp with time zone", WITHOUT_ZONE}),
}


def source_table(
    feed: RegistryFeed, mapped: FeedMapping, types: Mapping[str, str], mapping: SourceMapping
) -> SourceTable:
    """`types`: the source's columns with their types, as information_schema names them."""
    key = mapped.columns[feed.key].column or ""
    key_type = key_arrow_type(feed, types.get(key, ""))
    wanted = {**feed.columns, feed.key: key_type}
    return SourceTable(
        relation=".".join(quoted(name) for name in mapped.names_of_table),
        columns={
            name: expression(mapped.columns[name], wanted[name], types, zone=mapping.time_zone) for name in feed.columns
        },
        key=feed.key,
        stamp=quoted(mapped.stamp),
        method=mapped.order,
        key_type=key_type,
        stamp_zone=mapping.time_zone if types.get(mapped.stamp) == WITHOUT_ZONE else "",
    )


def key_arrow_type(feed: RegistryFeed, source_type: str) -> str:
    """A whole number stays one; a key of any other kind, a UUID for instance, is kept as text."""
    wanted = feed.columns[feed.key]
    return wanted if source_type in ACCEPTED[wanted] else TEXT


def expression(source: Column, wanted: str, types: Mapping[str, str], *, zone: str) -> str:
    """SQL over one row of the source, of the type that the feed expects."""
    sql_type = SQL_TYPE[wanted]
    if source.column is None:
        return f"{literal(source.constant)}::{sql_type}"
    column = quoted(source.column)
    if source.pseudonym == "hashed":
        # NULL stays NULL: nobody is not a person.
        salt = "convert_to(current_setting('mcc.person_secret'), 'UTF8')"
        digest = f"sha256({salt} || convert_to({column}::text, 'UTF8'))"
        return f"substr(encode({digest}, 'hex'), 1, 32)"
    if source.codes:
        cases = " ".join(f"WHEN {literal(code)} THEN {literal(ours)}::text" for code, ours in source.codes.items())
        # An unknown code goes on as it is where text is expected: the contract names it. Elsewhere it is no value.
        other = f"{column}::text" if wanted == TEXT else "NULL"
        return f"(CASE {column}::text {cases} ELSE {other} END)::{sql_type}"
    if wanted == INSTANT and types.get(source.column) == WITHOUT_ZONE:
        return f"({column} AT TIME ZONE {literal(zone)})"
    return f"{column}::{sql_type}"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(value: Constant) -> str:
    """A constant of the mapping as SQL. Backslashes mean themselves in a plain string of PostgreSQL."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "'true'" if value else "'false'"
    return "'" + str(value).replace("'", "''") + "'"
