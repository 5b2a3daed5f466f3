-- Grain: area that declared doses x day for which it did. Unit: doses given there, as declared and as recorded by now:
-- two counts of the same thing. Where a day was declared for all ages together that figure counts, else the sum of its age groups.
-- Days are numbers, 1 being the first day of the year 1, as in people_days. Inputs: declared_gap.
WITH whole AS (
    SELECT area_code, day, coalesce(sum(declared) FILTER (WHERE age_group = 'all'), sum(declared)) AS declared,
           coalesce(sum(recorded) FILTER (WHERE age_group = 'all'), sum(recorded)) AS recorded
    FROM declared_gap WHERE measure = 'doses' GROUP BY area_code, day)
SELECT area_code, list((date_diff('day', DATE '0001-01-01', day) + 1) ORDER BY day) AS days,
       list(declared::BIGINT ORDER BY day) AS declared, list(recorded::BIGINT ORDER BY day) AS recorded
FROM whole WHERE declared IS NOT NULL AND recorded IS NOT NULL GROUP BY area_code ORDER BY area_code
