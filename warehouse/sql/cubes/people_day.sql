-- Grain: residence area x age band x step (1 first dose, 2 full, 3 further dose) x day reached. Unit: people.
-- Inputs: signed (person).
SELECT residence_area, band, step, day, sum(sign)::BIGINT AS n
FROM (SELECT residence_area, band, sign, 1 AS step, first_on AS day FROM signed
      UNION ALL SELECT residence_area, band, sign, 2, full_on FROM signed
      UNION ALL SELECT residence_area, band, sign, 3, boosted_on FROM signed)
WHERE day >= 0
GROUP BY ALL HAVING sum(sign) <> 0
