-- From registered to fully vaccinated, of the place `place`. Whoever is in a later state has passed the earlier ones; a state that
-- no record of the whole source has is not told. registered counts every registration, cancelled and deferred ones too.
WITH rank AS (
    SELECT * FROM (VALUES ('registered', 1), ('approved', 2), ('invited', 3), ('arrived', 4), ('screened', 5), ('injected', 6))
        r(stage, step)),
own AS (
    SELECT state, sum(people) AS n FROM registration_by_area r JOIN place p USING (area_code)
    WHERE p.key = getvariable('place') GROUP BY state),
told AS (
    SELECT DISTINCT if(state = 'observed', 'injected', state) AS stage FROM registration_by_area WHERE people <> 0),
way AS (
    SELECT stage, step, CASE
        WHEN step = 1 THEN (SELECT sum(n) FROM own)
        WHEN stage IN (FROM told) THEN coalesce((
            SELECT sum(o.n) FROM own o LEFT JOIN rank later ON later.stage = o.state
            WHERE o.state = 'observed' OR later.step >= r.step), 0) END AS n
    FROM rank r
    UNION ALL
    SELECT measure, if(measure = 'dose1', 7, 8), sum(people)
    FROM (SELECT * FROM reached WHERE area_code <> 'nation') JOIN place p USING (area_code)
    WHERE population_group = 'all' AND p.key = getvariable('place') GROUP BY measure),
before AS (
    SELECT *, last_value(n IGNORE NULLS) OVER (ORDER BY step ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier FROM way)
SELECT stage AS key, shown(n) AS count, '' AS bar,
       percent(n, (SELECT n FROM way WHERE step = 1)) AS of_registered_share,
       if(n > earlier, shown(n - earlier), '') AS above
FROM before
