-- Grain: priority group by precedence x residence area x day of injection. Unit: doses. Inputs: signed (slot).
SELECT first_group AS priority_group, residence_area, day, sum(sign)::BIGINT AS n
FROM signed GROUP BY ALL HAVING sum(sign) <> 0
