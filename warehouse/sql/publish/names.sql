-- What the engine's numbers mean, resolved against the areas that are known now. Temporary, made before each publication.
-- Inputs: core.code, mart.area.
CREATE OR REPLACE TEMP TABLE name_place AS
SELECT number, CASE WHEN code = '' THEN 'unknown' ELSE code END AS area_code FROM core.code WHERE kind = 'place'
UNION ALL SELECT 0, 'unknown';

CREATE OR REPLACE TEMP TABLE name_area AS
SELECT c.number, coalesce(a.code, 'unknown') AS area_code
FROM (SELECT number, code FROM core.code WHERE kind = 'area' UNION ALL SELECT 0, '') c
LEFT JOIN mart.area a ON a.code = c.code;

CREATE OR REPLACE TEMP TABLE name_district AS
SELECT c.number, coalesce(a.code, 'unknown') AS area_code,
       CASE WHEN a.code IS NULL THEN '' ELSE split_part(c.code, '|', 2) END AS district_code
FROM (SELECT number, code FROM core.code WHERE kind = 'district' UNION ALL SELECT 0, '') c
LEFT JOIN mart.area a ON a.code = split_part(c.code, '|', 1);

CREATE OR REPLACE TEMP TABLE name_product AS
SELECT number, code FROM core.code WHERE kind = 'product';

CREATE OR REPLACE TEMP TABLE name_site AS
SELECT number, code FROM core.code WHERE kind = 'site';

-- population_group is the coarser division that has denominators.
CREATE OR REPLACE TEMP TABLE name_band AS
SELECT * FROM (VALUES (0, 'unknown', 'unknown_age'), (1, '0_4', '5_11'), (2, '5_11', '5_11'), (3, '12_17', '12_17'),
                      (4, '18_49', '18plus'), (5, '50_64', '18plus'), (6, '65plus', '18plus'))
    AS t (number, age_band, population_group);

CREATE OR REPLACE TEMP TABLE name_sex AS
SELECT * FROM (VALUES (0, 'unknown'), (1, 'f'), (2, 'm')) AS t (number, sex);

CREATE OR REPLACE TEMP TABLE name_series_state AS
SELECT * FROM (VALUES (0, 'none'), (1, 'partial'), (2, 'full'), (3, 'boosted')) AS t (number, state);

CREATE OR REPLACE TEMP TABLE name_registration_state AS
SELECT * FROM (VALUES (0, 'registered'), (1, 'approved'), (2, 'invited'), (3, 'arrived'), (4, 'screened'),
                      (5, 'injected'), (6, 'observed'), (7, 'deferred'), (8, 'cancelled')) AS t (number, state);
