-- Grain: one row: the figures of province $area up to and with $day. Unit: doses by place of vaccination, distinct people by
-- residence; NULL people where the source tells none. Inputs: doses_by_day, people_by_day.
SELECT (SELECT coalesce(sum(doses), 0) FROM doses_by_day WHERE area_code = $area AND day <= $day)::BIGINT AS doses,
       CASE WHEN EXISTS (FROM people_by_day) THEN
           (SELECT coalesce(sum(dose1_people), 0) FROM people_by_day
            WHERE area_code = $area AND day <= $day AND population_group = 'all') END::BIGINT AS dose1_people,
       CASE WHEN EXISTS (FROM people_by_day) THEN
           (SELECT coalesce(sum(full_people), 0) FROM people_by_day
            WHERE area_code = $area AND day <= $day AND population_group = 'all') END::BIGINT AS full_people
