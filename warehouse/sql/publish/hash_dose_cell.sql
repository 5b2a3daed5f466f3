-- Grain: one row: dose_cell's part of the content hash. A sum over signed rows that is linear in n, so that it tells the same
-- for the same cells however they are split into rows. Inputs: the cells, the names of the schema.
SELECT coalesce(sum(c.n::HUGEINT * hash(p.area_code, c.day, v.code, c.number, c.band, c.sex)), 0)::VARCHAR
FROM {cells} c
JOIN {schema}.name_place p ON p.number = c.place JOIN {schema}.name_product v ON v.number = c.product
