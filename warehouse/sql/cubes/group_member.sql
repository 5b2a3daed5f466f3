-- Grain: residence area x priority group x state of the series. Unit: people; not additive over groups.
-- Inputs: signed (person).
SELECT residence_area, priority_group, state, sum(sign)::BIGINT AS n
FROM (SELECT residence_area, state, sign, unnest(range(1, 17)) AS priority_group, groups FROM signed WHERE groups <> 0)
WHERE (groups >> (priority_group - 1)) & 1 = 1
GROUP BY ALL HAVING sum(sign) <> 0
