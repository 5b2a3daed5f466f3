-- Grain: place of vaccination x day of injection x product x dose number x age band x sex. Unit: doses. Inputs: cube.dose.
SELECT p.area_code, DATE '2020-01-01' + c.day::INTEGER AS day, v.code AS product, c.number AS dose_number, b.age_band,
       s.sex, c.doses
FROM (SELECT place, day, product, number, band, sex, sum(n)::BIGINT AS doses FROM cube.dose
      GROUP BY ALL HAVING sum(n) <> 0) c
JOIN name_place p ON p.number = c.place JOIN name_product v ON v.number = c.product
JOIN name_band b ON b.number = c.band JOIN name_sex s ON s.number = c.sex
ORDER BY ALL
