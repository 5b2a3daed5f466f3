-- Grain: place of vaccination x identity status. Unit: doses. Inputs: signed (dose).
SELECT place, identity, sum(sign)::BIGINT AS n FROM signed GROUP BY ALL HAVING sum(sign) <> 0
