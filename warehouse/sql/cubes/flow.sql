-- Grain: residence area x place of vaccination. Unit: doses. Inputs: signed (slot).
SELECT residence_area, place, sum(sign)::BIGINT AS n FROM signed GROUP BY ALL HAVING sum(sign) <> 0
