-- Grain: product ('' where not told) given or with an event in the area $area; '' is the nation, with central units and unknown
-- places. Unit: events recorded, and doses given by place of vaccination, since the beginning. Inputs: event_by_lot, doses_by_day.
WITH told AS (
    SELECT product, coalesce(sum(events) FILTER (WHERE serious), 0) AS serious,
           coalesce(sum(events) FILTER (WHERE NOT serious), 0) AS others
    FROM event_by_lot WHERE $area IN ('', area_code) GROUP BY ALL),
given AS (SELECT product, sum(doses) AS doses FROM doses_by_day WHERE $area IN ('', area_code) GROUP BY ALL)
SELECT product, coalesce(serious, 0)::BIGINT AS serious, coalesce(others, 0)::BIGINT AS others,
       coalesce(doses, 0)::BIGINT AS doses
FROM told FULL JOIN given USING (product) WHERE coalesce(doses, 0) <> 0 OR serious + others > 0 ORDER BY product
