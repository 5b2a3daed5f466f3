-- Grain: day for which a province declared its doses. Unit: doses of those provinces, as declared and as recorded by now: two counts of
-- the same thing. Where a day was declared for all ages together that figure counts, else the sum of its age groups.
-- Inputs: declared_gap.
WITH whole AS (
    SELECT area_code, day, coalesce(sum(declared) FILTER (WHERE age_group = 'all'), sum(declared)) AS declared,
           coalesce(sum(recorded) FILTER (WHERE age_group = 'all'), sum(recorded)) AS recorded
    FROM declared_gap WHERE measure = 'doses' GROUP BY area_code, day)
SELECT day, sum(declared)::BIGINT AS declared, sum(recorded)::BIGINT AS recorded FROM whole GROUP BY day
