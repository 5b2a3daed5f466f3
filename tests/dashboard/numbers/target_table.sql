-- The provinces under one reading (`target`, `measure`, `reading_group`): share, people without, people missing, and the last seven
-- whole days, of which those still being entered are raised to what is expected of them, to twice at most.
WITH goal AS (
    SELECT arg_max(ratio, valid_from)::DECIMAL(9, 6) AS ratio, arg_max(more_than, valid_from) AS more_than,
           arg_max(due_on, valid_from) AS due_on
    FROM target WHERE target_id = getvariable('target') AND valid_from <= (FROM today)),
raised AS (
    SELECT area_code, day, least(greatest(expected / reported, 1), 2) AS factor FROM nowcast WHERE reported > 0),
daily AS (
    SELECT area_code, day, if(getvariable('measure') = 'dose1', dose1_people, full_people) AS people
    FROM people_by_day WHERE population_group = getvariable('reading_group') AND day BETWEEN (FROM today) - 7 AND (FROM today) - 1),
pace AS (
    SELECT area_code, sum(people * coalesce(own.factor, if(a.has_any, 1, whole.factor), 1)) / 7 AS people
    FROM daily d
    LEFT JOIN raised own USING (area_code, day)
    LEFT JOIN (SELECT day, factor FROM raised WHERE area_code = '') whole USING (day)
    LEFT JOIN (SELECT DISTINCT area_code, true AS has_any FROM raised) a USING (area_code)
    GROUP BY area_code),
national AS (
    SELECT 'nation' AS area_code, sum(d.people * coalesce(whole.factor, 1)) / 7 AS people
    FROM daily d LEFT JOIN (SELECT day, factor FROM raised WHERE area_code = '') whole USING (day)
    LEFT JOIN in_force f ON f.area_code = d.area_code AND f.population_group = getvariable('reading_group')
    WHERE f.population IS NOT NULL OR d.area_code = 'unknown'),
missing AS (
    SELECT area_code, people, population,
           if(population IS NOT NULL, greatest(
               if(more_than, floor(ratio * population) + 1, ceil(ratio * population))::BIGINT - people, 0), NULL) AS gap,
           greatest(date_diff('day', (FROM today), due_on), 1) AS days_left
    FROM reached, goal
    WHERE measure = getvariable('measure') AND population_group = getvariable('reading_group') AND area_code <> 'central')
SELECT area_code AS key, share(m.people, m.population) AS share, shown(if(m.population IS NOT NULL, greatest(m.population - m.people, 0), NULL)) AS not_yet,
       shown(gap) AS gap, if(gap > 0, shown(ceil(gap / days_left)), '') AS pace_needed,
       shown(round_even(coalesce(p.people, n.people), 0)) AS pace
FROM missing m LEFT JOIN pace p USING (area_code) LEFT JOIN national n USING (area_code)
