-- Grain: reading of one minute: a fifth of the devices, and $late of up to six hours before. Some lie outside.
INSERT INTO temp.incoming_temperature_reading
SELECT 900000000000 + $minute * 1000000 + d, 'E' || d, $now::TIMESTAMPTZ + to_seconds(d % 60), $now::TIMESTAMPTZ + to_seconds(d % 60 + 30),
       5 + (hash(d, $minute) % 70) / 10.0 - 3, true, true, true, false, 2
FROM range($devices::BIGINT) b(d) WHERE d % 5 = $minute % 5
UNION ALL
SELECT 950000000000 + $minute * 1000000 + d, 'E' || (d * 37 % $devices), $now::TIMESTAMPTZ - to_seconds(d * 7919 % 21600),
       $now::TIMESTAMPTZ, 5.0, true, true, true, false, 2
FROM range($late::BIGINT) b(d)
