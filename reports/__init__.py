"""One report model (campaign/report.py) as PDF, slides, letter, workbook, CSV and JSON. Values in, bytes out."""
