-- A campaign in the same registry: people spread evenly over the districts, one site in each, one lot.
INSERT INTO registry.site (code, name_vi, kind, district_code, province_code, opened_on)
SELECT 'P' || code, code, 'fixed', code, parent_code, '2021-03-01' FROM registry.area WHERE level = 'district';

INSERT INTO registry.lot (lot_number, product_code, source, doses_received, doses_per_vial, vials_per_tray)
VALUES ('BENCH1', 'comirnaty', 'purchase', 100000000, 6, 195);

INSERT INTO registry.person (person_id, birth_date, sex, district_code, province_code)
WITH place AS (
    SELECT code, parent_code, row_number() OVER (ORDER BY code) - 1 AS number, count(*) OVER () AS places
    FROM registry.area WHERE level = 'district')
SELECT n, date '1930-01-01' + (n * 7919 %% 27000)::int, CASE WHEN n %% 2 = 0 THEN 'f' ELSE 'm' END, code, parent_code
FROM generate_series(1, %(people)s::bigint) AS n JOIN place ON place.number = n %% place.places;
