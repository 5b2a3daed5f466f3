-- Adverse events by product of the area or the nation, the doses given there, and rates; all products last.
WITH counted AS (
    SELECT product, serious, events, 0 AS doses FROM event_by_lot WHERE getvariable('area') IN ('', area_code)
    UNION ALL SELECT product, NULL, 0, doses FROM doses_by_day WHERE getvariable('area') IN ('', area_code)),
told AS (
    SELECT product AS key, coalesce(sum(events) FILTER (WHERE serious), 0) AS serious,
           coalesce(sum(events) FILTER (WHERE NOT serious), 0) AS others, sum(doses) AS doses
    FROM counted GROUP BY product HAVING sum(doses) <> 0 OR sum(events) > 0),
rows AS (
    FROM told UNION ALL SELECT 'nation', sum(serious), sum(others), sum(doses) FROM told HAVING count(*) > 1)
SELECT key, shown(doses) AS given, shown(serious) AS serious, with_interval(serious, doses) AS serious_rate, shown(others) AS others,
       with_interval(others, doses) AS others_rate
FROM rows
