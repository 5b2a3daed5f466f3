-- What publishers changed after the fact: before, after and the difference.
SELECT on_day(day) AS "3", shown(before) AS "5", shown(after) AS "6", signed(coalesce(after, 0) - coalesce(before, 0)) AS "7" FROM correction
