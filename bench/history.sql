-- Grain: movement of stock, reading of a device. Eight lots a store; every movement but the first of a pair takes doses out.
-- Fridges keep 3 to 6 degrees; one in a hundred is warm for two hours of the day, as doors and cuts make them.
-- Bound: movements, readings (how many), now. Inputs: core.store, core.lot, core.equipment.
INSERT INTO core.stock_movement BY NAME
WITH store AS (SELECT code, row_number() OVER (ORDER BY code) - 1 AS at FROM core.store),
lot AS (SELECT lot_number, row_number() OVER (ORDER BY lot_number) - 1 AS at FROM core.lot),
size AS (SELECT (SELECT count(*) FROM store) AS stores, (SELECT count(*) FROM lot) AS lots),
moved AS (
    SELECT range AS id, range % stores AS store_at, (range % stores * 8 + range // stores % 8) % lots AS lot_at,
           range // stores < 8 AS is_first, $now::TIMESTAMPTZ - to_minutes(700000 - (range * 700000 // $movements)) AS at
    FROM range($movements), size)
SELECT id + 1 AS movement_id, store.code AS store_code, lot_number, CASE WHEN is_first THEN 'receipt' ELSE 'administered' END AS kind,
       CASE WHEN is_first THEN 20000 ELSE -10 END AS doses, moved.at AS occurred_at, moved.at AS recorded_at, 1 AS version
FROM moved JOIN store ON store.at = store_at JOIN lot ON lot.at = lot_at ORDER BY id;

INSERT INTO core.temperature_reading BY NAME
WITH device AS (SELECT equipment_id, row_number() OVER (ORDER BY equipment_id) - 1 AS at FROM core.equipment),
size AS (SELECT count(*) AS devices FROM device)
SELECT range + 1 AS reading_id, equipment_id, $now::TIMESTAMPTZ - to_seconds(86400 - (range * 86400 // $readings)) AS read_at,
       read_at AS received_at,
       CASE WHEN hash(equipment_id) % 100 = 0 AND range // devices BETWEEN 120 AND 143 THEN 9.5 ELSE 3.0 + hash(range) % 30 / 10
       END AS temp_c, true AS power_on, true AS battery_ok, true AS probe_ok,
       false AS door_open, 1 AS version
FROM range($readings), size JOIN device ON device.at = range % devices ORDER BY range
