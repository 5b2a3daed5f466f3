-- Grain: device x step of five minutes, in the order in which they come: a fridge that swings between 3 and 7 degrees, one in
-- 400 of whose five hours is five degrees too warm, one in 300 of whose readings has its door open.
INSERT INTO core.temperature_reading
SELECT s * $devices::BIGINT + d, 'E' || d, $start::TIMESTAMPTZ + to_seconds(s * 300 + d % 300),
       $start::TIMESTAMPTZ + to_seconds(s * 300 + d % 300 + 30),
       5 + sin(s / 40.0 + d) * 2 + CASE WHEN hash(d, s // 60) % 400 = 0 THEN 5 ELSE 0 END, true, true, true,
       hash(d, s, 1) % 300 = 0, 1
FROM range($steps::BIGINT) a(s), range($devices::BIGINT) b(d)
