-- Grain: place of vaccination x day of injection x product. Unit: doses, voided ones left out. Inputs: cube.dose.
SELECT p.area_code, DATE '2020-01-01' + c.day::INTEGER AS day, v.code AS product, c.doses
FROM (SELECT place, day, product, sum(n)::BIGINT AS doses FROM cube.dose GROUP BY ALL HAVING sum(n) <> 0) c
JOIN name_place p ON p.number = c.place JOIN name_product v ON v.number = c.product
ORDER BY c.place, c.day, c.product
