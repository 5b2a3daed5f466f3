"""DuckDB: the warehouse that one process writes, and the snapshots that everyone reads."""
