-- Grain: day, from the first to the last of the snapshot, days without a dose included. National where $area is '',
-- else doses given in that area and people who live there.
WITH days AS (
    SELECT unnest(generate_series(first_day, last_day, INTERVAL 1 DAY))::DATE AS day FROM snapshot_info
    WHERE first_day IS NOT NULL),
given AS (SELECT day, sum(doses) AS doses FROM doses_by_day WHERE $area IN ('', area_code) GROUP BY day),
reached AS (
    SELECT day, sum(dose1_people) AS dose1_people, sum(full_people) AS full_people FROM people_by_day
    WHERE population_group = $group AND $area IN ('', area_code) GROUP BY day)
SELECT d.day, coalesce(g.doses, 0)::BIGINT AS doses,
       CASE WHEN EXISTS (FROM reached WHERE dose1_people IS NOT NULL) THEN coalesce(r.dose1_people, 0) END::BIGINT
           AS dose1_people,
       CASE WHEN EXISTS (FROM reached WHERE full_people IS NOT NULL) THEN coalesce(r.full_people, 0) END::BIGINT
           AS full_people
FROM days d LEFT JOIN given g USING (day) LEFT JOIN reached r USING (day)
ORDER BY d.day
