-- Grain: district of vaccination x day of injection x dose number. Unit: doses. Inputs: cube.district_day.
SELECT p.area_code, d.district_code, DATE '2020-01-01' + c.day::INTEGER AS day, c.number AS dose_number,
       sum(c.n)::BIGINT AS doses
FROM cube.district_day c JOIN name_place p ON p.number = c.place JOIN name_district d ON d.number = c.district
GROUP BY ALL HAVING sum(c.n) <> 0 ORDER BY ALL
