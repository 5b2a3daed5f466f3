"""The incremental engine: what a country's doses add up to, kept exact while records come, change and go.

Facts lie in immutable column files (segments) and a log in DuckDB of what came since; people are dense numbers with
their doses packed into memory. A refresh turns changed records into signed rows, and signed rows into small cubes.
"""
