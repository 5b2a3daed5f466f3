-- The panel of first questions: both targets under four readings, people not yet vaccinated, the elderly, the portal's
-- reading, the figure locked last beside the live one, and the provinces that are behind.
WITH goal AS (
    SELECT target_id, arg_max(population_group, valid_from) AS of_group, arg_max(ratio, valid_from)::DECIMAL(9, 6) AS ratio,
           arg_max(more_than, valid_from) AS more_than
    FROM target WHERE valid_from <= (FROM today) GROUP BY target_id),
missing AS (
    SELECT r.*, target_id, of_group,
           greatest(if(more_than, floor(ratio * population) + 1, ceil(ratio * population))::BIGINT - people, 0) AS gap
    FROM reached r, goal),
-- Provinces are ranked by at least one dose until the nation has reached the target for everyone by it, then by the full series.
ranked AS (
    SELECT if(min(gap) = 0, 'full', 'dose1') AS measure
    FROM missing WHERE area_code = 'nation' AND of_group = 'all' AND population_group = 'all' AND measure = 'dose1'),
lock AS (
    FROM figure_lock WHERE scope IN ('', 'vn', 'nation') AND reporting_day < (FROM today)
    QUALIFY row_number() OVER (ORDER BY reporting_day DESC) = 1),
live AS (
    SELECT (SELECT sum(doses) FROM doses_by_day) AS doses, sum(dose1_people) AS dose1, sum(full_people) AS fulls
    FROM people_by_area WHERE population_group = 'all'),
changed AS (
    SELECT 'doses' AS figure, locked_doses AS locked, doses_now AS now, doses AS live FROM lock, live
    UNION ALL SELECT 'dose1_people', locked_dose1_people, dose1_people_now, dose1 FROM lock, live
    UNION ALL SELECT 'full_people', locked_full_people, full_people_now, fulls FROM lock, live)
SELECT 'number' AS kind, format('standing/{}/{}_{}/share', target_id, measure, population_group) AS key,
       percent(people, population) AS shown
FROM missing WHERE area_code = 'nation' AND population_group IN ('18plus', 'all')
UNION ALL
SELECT 'number', 'not_yet_' || population_group, shown(greatest(population - people, 0))
FROM reached WHERE area_code = 'nation' AND measure = 'dose1' AND population_group IN ('18plus', 'all')
UNION ALL
SELECT 'number', measure || '_' || age, shown(sum(people))
FROM people_state, (VALUES ('dose1'), ('full')) m(measure), (VALUES ('50plus'), ('65plus')) a(age)
WHERE state <> 'none' AND (measure = 'dose1' OR state <> 'partial') AND (age_band = '65plus' OR (age = '50plus' AND age_band = '50_64'))
GROUP BY measure, age
UNION ALL
SELECT 'number', 'portal', percent(sum(d.doses), sum(f.people))
FROM (SELECT area_code, sum(doses) AS doses FROM doses_by_day GROUP BY area_code) d
LEFT JOIN (
    SELECT area_code, arg_max(people, valid_from) AS people FROM population
    WHERE version = 'portal_2021' AND population_group = '18plus' AND valid_from <= (FROM today) GROUP BY area_code) f
    USING (area_code)
WHERE f.people IS NOT NULL OR area_code IN ('central', 'unknown')
UNION ALL SELECT 'number', format('lock/{}/locked', figure), shown(locked) FROM changed
UNION ALL SELECT 'number', format('lock/{}/live', figure), shown(live) FROM changed
UNION ALL SELECT 'number', format('lock/{}/revision', figure), signed(now - locked) FROM changed
UNION ALL SELECT 'number', format('lock/{}/since', figure), signed(live - now) FROM changed
UNION ALL
SELECT 'number', format('behind/{}/{}', area_code, part), if(part = 'share', percent(people, population), shown(gap))
FROM (
    SELECT * FROM missing SEMI JOIN ranked USING (measure)
    WHERE of_group = 'all' AND population_group = 'all' AND gap > 0 AND area_code NOT IN ('nation', 'unknown')
    QUALIFY row_number() OVER (ORDER BY people / population, area_code) <= 5), (VALUES ('share'), ('gap')) p(part)
