-- Grain: residence area x place of vaccination. Unit: doses. Inputs: cube.flow.
WITH cells AS (SELECT residence_area, place, sum(n) AS n FROM cube.flow GROUP BY ALL)
SELECT a.area_code AS residence_code, p.area_code AS place_code, sum(c.n)::BIGINT AS doses
FROM cells c JOIN name_area a ON a.number = c.residence_area JOIN name_place p ON p.number = c.place
GROUP BY ALL HAVING sum(c.n) <> 0 ORDER BY ALL
