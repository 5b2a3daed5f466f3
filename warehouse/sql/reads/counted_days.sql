-- Grain: figure (doses, dose1_people, full_people) x area x day (NULL: in the total, told of no day). Unit: doses by place and
-- day of vaccination; distinct people of any age by residence and the day on which they reached the state. Zeros are left out
-- but for the row without a day, which is there for every area whose total the source tells. Inputs: doses_by_day,
-- people_by_day, people_by_area.
WITH dated AS (
    SELECT 'doses' AS figure, area_code, day, sum(doses)::BIGINT AS count FROM doses_by_day GROUP BY ALL
    UNION ALL
    SELECT 'dose1_people', area_code, day, sum(dose1_people)::BIGINT FROM people_by_day
    WHERE population_group = 'all' GROUP BY ALL
    UNION ALL
    SELECT 'full_people', area_code, day, sum(full_people)::BIGINT FROM people_by_day
    WHERE population_group = 'all' GROUP BY ALL),
totals AS (
    SELECT 'doses' AS figure, area_code, sum(doses)::BIGINT AS count FROM doses_by_day GROUP BY ALL
    UNION ALL
    SELECT 'dose1_people', area_code, dose1_people FROM people_by_area WHERE population_group = 'all'
    UNION ALL
    SELECT 'full_people', area_code, full_people FROM people_by_area WHERE population_group = 'all'),
told AS (FROM totals WHERE count IS NOT NULL)
SELECT d.figure, d.area_code, d.day, d.count FROM dated d SEMI JOIN told USING (figure, area_code) WHERE d.count <> 0
UNION ALL
SELECT t.figure, t.area_code, NULL, t.count - coalesce(sum(d.count), 0)::BIGINT
FROM told t LEFT JOIN dated d USING (figure, area_code) GROUP BY t.figure, t.area_code, t.count
