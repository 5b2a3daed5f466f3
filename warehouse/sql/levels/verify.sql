-- Grain: one row. How many stock levels and devices there are, and how many differ from what their movements and readings
-- give. Inputs: core.stock_movement, core.stock_level, core.temperature_reading, core.equipment, core.device_level.
WITH stock AS (
WITH ordered AS (
    SELECT m.*, max(CASE WHEN kind = 'count' THEN (occurred_at, recorded_at, movement_id) END)
               OVER (PARTITION BY store_code, lot_number) AS last_count
    FROM core.stock_movement m)
SELECT store_code, lot_number,
       coalesce(max(counted) FILTER (WHERE (occurred_at, recorded_at, movement_id) = last_count), 0)
       + coalesce(sum(doses) FILTER (WHERE kind <> 'count' AND
             (last_count IS NULL OR (occurred_at, recorded_at, movement_id) > last_count)), 0)::BIGINT AS on_hand,
       coalesce(sum(doses) FILTER (WHERE kind IN ('opening', 'receipt', 'transfer_in')), 0)::BIGINT AS incoming,
       -coalesce(sum(doses) FILTER (WHERE kind = 'administered'), 0)::BIGINT AS administered,
       -coalesce(sum(doses) FILTER (WHERE kind IN ('wasted_open', 'wasted_closed')), 0)::BIGINT AS wasted
FROM ordered GROUP BY ALL),
devices AS (
SELECT r.equipment_id, max(r.read_at) AS last_read_at, arg_max(r.temp_c, (r.read_at, r.temp_c)) AS temp_c, count(*) AS readings,
       count(*) FILTER (WHERE r.temp_c < e.low_limit_c OR r.temp_c > e.high_limit_c) AS readings_outside
FROM core.temperature_reading r
LEFT JOIN core.equipment e USING (equipment_id)
GROUP BY r.equipment_id),
odd AS (
    SELECT count(*) AS n FROM (
        (FROM (SELECT store_code, lot_number, incoming, administered, wasted, on_hand FROM stock)
         EXCEPT FROM (SELECT store_code, lot_number, incoming, administered, wasted, on_hand FROM core.stock_level))
        UNION ALL
        (FROM (SELECT store_code, lot_number, incoming, administered, wasted, on_hand FROM core.stock_level)
         EXCEPT FROM (SELECT store_code, lot_number, incoming, administered, wasted, on_hand FROM stock)))
    UNION ALL
    SELECT count(*) FROM (
        (FROM (SELECT equipment_id, last_read_at, temp_c, readings, readings_outside FROM devices)
         EXCEPT FROM (SELECT equipment_id, last_read_at, temp_c, readings, readings_outside FROM core.device_level))
        UNION ALL
        (FROM (SELECT equipment_id, last_read_at, temp_c, readings, readings_outside FROM core.device_level)
         EXCEPT FROM (SELECT equipment_id, last_read_at, temp_c, readings, readings_outside FROM devices))))
SELECT (SELECT count(*) FROM core.stock_level) + (SELECT count(*) FROM core.device_level) AS checked,
       (SELECT sum(n) FROM odd) AS differing
