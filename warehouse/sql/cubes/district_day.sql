-- Grain: district of vaccination x place x day of injection x dose number (4: four or more). Unit: doses.
-- Inputs: signed (dose).
SELECT place, district, injected_on AS day, least(number, 4) AS number, sum(sign)::BIGINT AS n
FROM signed GROUP BY ALL HAVING sum(sign) <> 0
