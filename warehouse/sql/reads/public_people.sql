-- Grain: residence area x age band. Unit: distinct people whose series is partial, and full (boosted included): exact
-- counts, rounded before anybody sees them. A source without records tells no ages: one band then, 'everyone'; one that
-- counts more full series than first doses tells nothing of partial ones.
-- Inputs: people_state, people_by_area.
SELECT area_code, age_band, coalesce(sum(people) FILTER (WHERE state = 'partial'), 0)::BIGINT AS partial_people,
       coalesce(sum(people) FILTER (WHERE state IN ('full', 'boosted')), 0)::BIGINT AS full_people
FROM people_state GROUP BY area_code, age_band
UNION ALL
SELECT area_code, 'everyone', greatest(dose1_people - full_people, 0)::BIGINT, full_people
FROM people_by_area
WHERE population_group = 'all' AND dose1_people IS NOT NULL AND full_people IS NOT NULL
  AND NOT EXISTS (FROM people_state)
ORDER BY ALL
