-- What every query of this folder leans on: how numbers are written in Vietnamese, and the populations in force. They read
-- a snapshot on their own and share nothing with warehouse/. Variables: zone, denominator, overdue_days, unserved_days.
CREATE TEMP MACRO shown(x) AS CASE
    WHEN x IS NULL THEN '' WHEN x < 0 THEN '−' || replace(format('{:,}', -x::BIGINT), ',', '.')
    ELSE replace(format('{:,}', x::BIGINT), ',', '.') END;
CREATE TEMP MACRO signed(x) AS CASE WHEN x > 0 THEN '+' || shown(x) ELSE shown(x) END;
CREATE TEMP MACRO tenth(x) AS CASE WHEN x IS NULL THEN '' ELSE replace(replace(replace(
    format('{:,.1f}', x::DOUBLE), ',', ';'), '.', ','), ';', '.') END;
-- Rounded down to a tenth of one per cent.
CREATE TEMP MACRO percent(a, b) AS CASE
    WHEN a IS NULL OR coalesce(b, 0) = 0 THEN '' ELSE tenth((a::HUGEINT * 1000 // b) / 10.0) || '%' END;
-- The percentage, then the two numbers that it is made of.
CREATE TEMP MACRO share(a, b) AS CASE
    WHEN a IS NULL OR coalesce(b, 0) = 0 THEN shown(a) ELSE percent(a, b) || ' ' || shown(a) || ' ' || shown(b) END;
CREATE TEMP MACRO on_day(x) AS coalesce(strftime(x, '%d/%m/%Y'), '');
CREATE TEMP VIEW today AS SELECT (as_of AT TIME ZONE getvariable('zone'))::DATE AS day FROM snapshot_info;
CREATE TEMP VIEW in_force AS
SELECT area_code, population_group, arg_max(people, valid_from) AS population
FROM population WHERE version = getvariable('denominator') AND valid_from <= (FROM today) GROUP BY ALL;
-- Grain: residence or 'nation', group, measure. In the nation an area without a population is on neither side.
CREATE TEMP VIEW reached AS
WITH cell AS (
    SELECT area_code, population_group, measure, people, population
    FROM (FROM people_by_area UNPIVOT (people FOR measure IN (dose1_people AS 'dose1', full_people AS 'full')))
    LEFT JOIN in_force USING (area_code, population_group))
FROM cell
UNION ALL
SELECT 'nation', population_group, measure, sum(people), sum(population)
FROM cell WHERE population IS NOT NULL OR area_code IN ('unknown', 'central') GROUP BY ALL;
-- Grain: residence of any kind or 'nation' x 12 years and more apart, as sets of areas that a row of the people's page stands for.
CREATE TEMP VIEW place AS
SELECT code AS key, code AS area_code FROM area
UNION ALL SELECT 'nation', code FROM area
UNION ALL
SELECT 'tier-' || coalesce(t.tier, 0), a.code
FROM area a LEFT JOIN (
    SELECT area_code, arg_max(tier, valid_from) AS tier FROM area_tier WHERE valid_from <= (FROM today) GROUP BY area_code) t
    ON t.area_code = a.code;
-- Grain: site with a session or a dose on the snapshot's day. Instants without a zone are the campaign's. quiet: minutes within
-- opening and closing (07 to 17, `opens` and `closes`) without a record. worked: of them those in hours that give doses.
CREATE TEMP VIEW site_today AS
WITH clock AS (
    SELECT as_of AT TIME ZONE getvariable('zone') AS now, (FROM today) + to_hours(getvariable('opens')) AS opening,
           (FROM today) + to_hours(getvariable('closes')) AS closing
    FROM snapshot_info),
plan AS (
    SELECT site_code, sum(planned_people) AS planned, bool_or(state = 'open') AS is_open, bool_or(state = 'planned') AS is_planned
    FROM site_session WHERE state <> 'cancelled' GROUP BY site_code),
given AS (
    SELECT site_code, sum(doses) AS doses, coalesce(sum(doses) FILTER (WHERE hour < (SELECT hour(now) FROM clock)), 0) AS whole
    FROM doses_by_site_hour WHERE day = (FROM today) GROUP BY site_code),
known AS (
    SELECT s.site_code, s.area_code, p.planned, p.is_open, p.is_planned, coalesce(g.doses, 0) AS doses, coalesce(g.whole, 0) AS whole,
           s.last_recorded_at AT TIME ZONE getvariable('zone') AS last_at, now,
           greatest(opening, coalesce(last_at, opening)) AS since, least(now, closing) AS until, date_trunc('day', now) AS midnight
    FROM site_seen s CROSS JOIN clock LEFT JOIN plan p USING (site_code) LEFT JOIN given g USING (site_code)
    WHERE getvariable('area') IN ('', s.area_code)),
silence AS (
    SELECT *, greatest(date_diff('second', since, until), 0) / 60 AS quiet,
           list_sum(list_transform(getvariable('hours'), lambda h: greatest(
               date_diff('second', greatest(since, midnight + to_hours(h)), least(until, midnight + to_hours(h + 1))), 0))) / 60 AS worked
    FROM known)
SELECT *, CASE
    WHEN planned IS NULL THEN if(doses > 0, 'unplanned', 'idle')
    WHEN NOT (is_open OR is_planned) OR doses >= planned THEN 'done'
    WHEN last_at > now - to_hours(getvariable('silent_hours')) THEN 'active'
    WHEN quiet >= getvariable('silent_hours') * 60 THEN 'silent' ELSE 'waiting' END AS activity
FROM silence;
