"""Figures for machines: /api/v1, from the readings that the pages are drawn from."""
