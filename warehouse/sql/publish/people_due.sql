-- Grain: residence area x product of the last dose x day on which the next dose falls due. Unit: people whose series is
-- partial. Inputs: cube.people_due.
WITH cells AS (
    SELECT residence_area, product, day, sum(n) AS n FROM cube.people_due GROUP BY ALL HAVING sum(n) <> 0)
SELECT a.area_code, p.code AS product, DATE '2020-01-01' + c.day::INTEGER AS due_on, sum(c.n)::BIGINT AS people
FROM cells c JOIN name_area a ON a.number = c.residence_area JOIN name_product p ON p.number = c.product
GROUP BY ALL HAVING sum(c.n) <> 0 ORDER BY ALL
