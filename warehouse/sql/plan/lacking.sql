-- Grain: area: doses that it lacks to the targets in force of $today that are not past their day, the most of any: each target
-- read both ways, as at least one dose and as the full series, and the people missing in both added up. Unit: doses, as
-- sampled. No population, no target. Inputs: target, population, people_by_area.
WITH held AS (
    FROM target WHERE valid_from <= $today::DATE
    QUALIFY row_number() OVER (PARTITION BY target_id ORDER BY valid_from DESC) = 1),
people AS (
    FROM population WHERE version = $version AND people > 0 AND valid_from <= $today::DATE
    QUALIFY row_number() OVER (PARTITION BY area_code, population_group ORDER BY valid_from DESC) = 1),
missing AS (
    SELECT p.area_code, h.target_id,
           greatest(ceil(h.ratio * p.people) - coalesce(r.dose1_people, 0), 0)
           + greatest(ceil(h.ratio * p.people) - coalesce(r.full_people, 0), 0) AS doses
    FROM held h JOIN people p USING (population_group) LEFT JOIN people_by_area r USING (area_code, population_group)
    WHERE h.due_on >= $today::DATE)
SELECT area_code AS area, max(doses)::BIGINT AS doses FROM missing GROUP BY ALL ORDER BY ALL
