-- The last twelve locks: doses, people with one dose, people with the full series; locked, now, and the difference.
WITH newest AS (FROM figure_lock ORDER BY reporting_day DESC, scope LIMIT 12)
SELECT on_day(reporting_day) AS "0", shown(locked) AS "2", shown(now) AS "3", signed(now - locked) AS "4"
FROM (
    SELECT reporting_day, locked_doses AS locked, doses_now AS now FROM newest
    UNION ALL SELECT reporting_day, locked_dose1_people, dose1_people_now FROM newest
    UNION ALL SELECT reporting_day, locked_full_people, full_people_now FROM newest)
