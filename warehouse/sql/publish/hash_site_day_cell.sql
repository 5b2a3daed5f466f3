-- Grain: one row: site_day_cell's part of the content hash. A sum over signed rows that is linear in n, so that it tells the same
-- for the same cells however they are split into rows. Inputs: the cells, the names of the schema.
SELECT coalesce(sum(c.n::HUGEINT * hash(s.code, c.day)), 0)::VARCHAR
FROM {cells} c JOIN {schema}.name_site s ON s.number = c.site
