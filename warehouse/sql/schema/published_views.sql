-- The detailed figures of a snapshot, read from its cells. Days are local calendar days. A cell of zero is left out.

-- Grain: place of vaccination x day of injection x product x dose number as typed (0: none, 4: four or more) x age band
-- at injection x sex. Unit: doses.
CREATE OR REPLACE VIEW mart.dose_cube AS
SELECT p.area_code, DATE '2020-01-01' + c.day::INTEGER AS day, v.code AS product, c.number::INTEGER AS dose_number,
       b.age_band, s.sex, sum(c.n)::BIGINT AS doses
FROM mart.dose_cell c
JOIN mart.name_place p ON p.number = c.place JOIN mart.name_product v ON v.number = c.product
JOIN mart.name_band b ON b.number = c.band JOIN mart.name_sex s ON s.number = c.sex
GROUP BY ALL HAVING sum(c.n) <> 0;

-- Grain: district of vaccination ('' where the site has none) x day of injection x dose number as typed. Unit: doses.
CREATE OR REPLACE VIEW mart.doses_by_district_day AS
SELECT p.area_code, d.district_code, DATE '2020-01-01' + c.day::INTEGER AS day, c.number::INTEGER AS dose_number,
       sum(c.n)::BIGINT AS doses
FROM mart.district_day_cell c
JOIN mart.name_place p ON p.number = c.place JOIN mart.name_district d ON d.number = c.district
GROUP BY ALL HAVING sum(c.n) <> 0;

-- Grain: site x day of injection, the last days only (setting). Unit: doses.
CREATE OR REPLACE VIEW mart.doses_by_site_day AS
SELECT s.code AS site_code, DATE '2020-01-01' + c.day::INTEGER AS day, sum(c.n)::BIGINT AS doses
FROM mart.site_day_cell c JOIN mart.name_site s ON s.number = c.site
GROUP BY ALL HAVING sum(c.n) <> 0;

-- Grain: priority group by precedence (0: none) x residence area x day of injection. Unit: doses.
CREATE OR REPLACE VIEW mart.doses_by_group_day AS
SELECT c.priority_group::INTEGER AS priority_group, a.area_code, DATE '2020-01-01' + c.day::INTEGER AS day,
       sum(c.n)::BIGINT AS doses
FROM mart.dose_group_cell c JOIN mart.name_area a ON a.number = c.residence_area
GROUP BY ALL HAVING sum(c.n) <> 0;
