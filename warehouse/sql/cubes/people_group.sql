-- Grain: residence area x priority group by precedence x state of the series. Unit: people, each once.
-- Inputs: signed (person).
SELECT residence_area, first_group AS priority_group, state, sum(sign)::BIGINT AS n
FROM signed GROUP BY ALL HAVING sum(sign) <> 0
