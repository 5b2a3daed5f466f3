-- Grain: area: the last day on which a dose given there was recorded. Inputs: outgoing.doses_by_recorded_day.
SELECT area_code, max(day) AS last_report_on FROM outgoing.doses_by_recorded_day GROUP BY area_code
