-- Grain: place of vaccination x day of injection x whole days until it was recorded (60: sixty or more). Unit: doses.
-- Inputs: signed (dose).
SELECT place, injected_on AS day, least(lag, 60) AS lag, sum(sign)::BIGINT AS n
FROM signed GROUP BY ALL HAVING sum(sign) <> 0
