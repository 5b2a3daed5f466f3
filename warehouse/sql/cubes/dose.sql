-- Grain: place of vaccination x day of injection x product x dose number (4: four or more) x age band x sex. Unit: doses.
-- Inputs: signed (slot).
SELECT place, day, product, least(number, 4) AS number, band, sex, sum(sign)::BIGINT AS n
FROM signed GROUP BY ALL HAVING sum(sign) <> 0
