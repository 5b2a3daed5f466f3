-- A country's live refrigerators in an empty registry, one district's store for each place. Device number n, counted from
-- 0, hangs in the store of district n modulo the number of districts. An hour of readings, five minutes apart, came before.
INSERT INTO registry.store (code, name_vi, level, province_code, district_code)
SELECT 'D' || code, code, 'district', parent_code, code FROM registry.area WHERE level = 'district';

INSERT INTO registry.equipment (equipment_id, store_code, kind, storage_class, litres, reporting_mode)
WITH place AS (
    SELECT code, row_number() OVER (ORDER BY code) - 1 AS number, count(*) OVER () AS places
    FROM registry.area WHERE level = 'district')
SELECT 'TB' || lpad(n::text, 6, '0'), 'D' || code, 'fridge', 'refrigerator', 240, 'live'
FROM generate_series(0, %(devices)s::int - 1) AS n JOIN place ON place.number = n %% place.places;

INSERT INTO registry.temperature_reading (reading_id, equipment_id, read_at, received_at, temp_c, power_on, battery_ok,
                                          probe_ok, door_open)
SELECT row_number() OVER (), equipment_id, at, at, 4.8, true, true, true, false
FROM registry.equipment,
     generate_series(%(start)s::timestamptz - interval '1 hour', %(start)s::timestamptz - interval '5 minutes',
                     interval '5 minutes') AS at;
