-- The first page's tiles and the flow from registered to delivered. Cells are named by what the number counts.
WITH given AS (
    SELECT sum(doses) AS doses, sum(doses) FILTER (WHERE day = (FROM today)) AS today,
           sum(doses) FILTER (WHERE day = (FROM today) - 1) AS yesterday FROM doses_by_day)
SELECT 'number' AS kind, 'doses' AS key, shown(doses) AS shown FROM given
UNION ALL SELECT 'number', 'doses_today', shown(today) FROM given
UNION ALL SELECT 'number', 'doses_yesterday', shown(yesterday) FROM given
UNION ALL SELECT 'number', 'dose1_people', shown(sum(dose1_people)) FROM people_by_area WHERE population_group = 'all'
UNION ALL SELECT 'number', 'full_people', shown(sum(full_people)) FROM people_by_area WHERE population_group = 'all'
UNION ALL SELECT 'number', 'registered', shown(sum(people)) FROM registration_by_area
UNION ALL SELECT 'number', 'delivered', shown(sum(delivered)) FROM stock_by_area
UNION ALL SELECT 'number', 'quarantined', shown(sum(rows)) FROM quarantine
UNION ALL
SELECT 'reading', population_group || '-' || measure, percent(people, population)
FROM reached WHERE area_code = 'nation' AND population_group IN ('18plus', 'all')
