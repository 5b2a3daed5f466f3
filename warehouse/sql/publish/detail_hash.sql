-- Grain: one row, the details' part of the content hash. A sum over signed rows that is linear in n, so that it tells the
-- same for the same cells however they are split into rows. Inputs: the cells of the schema, its names.
SELECT (SELECT coalesce(sum(c.n::HUGEINT * hash(p.area_code, c.day, v.code, c.number, c.band, c.sex)), 0)
        FROM {schema}.dose_cell c JOIN {schema}.name_place p ON p.number = c.place JOIN {schema}.name_product v ON v.number = c.product)::VARCHAR,
       (SELECT coalesce(sum(c.n::HUGEINT * hash(p.area_code, d.area_code, d.district_code, c.day, c.number)), 0)
        FROM {schema}.district_day_cell c JOIN {schema}.name_place p ON p.number = c.place
        JOIN {schema}.name_district d ON d.number = c.district)::VARCHAR,
       (SELECT coalesce(sum(c.n::HUGEINT * hash(s.code, c.day)), 0)
        FROM {schema}.site_day_cell c JOIN {schema}.name_site s ON s.number = c.site)::VARCHAR,
       (SELECT coalesce(sum(c.n::HUGEINT * hash(c.priority_group, a.area_code, c.day)), 0)
        FROM {schema}.dose_group_cell c JOIN {schema}.name_area a ON a.number = c.residence_area)::VARCHAR
