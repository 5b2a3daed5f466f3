-- Grain: province with a tier in force on the day of the snapshot. Inputs: area_tier, snapshot_info.
SELECT area_code, arg_max(tier, valid_from) AS tier FROM area_tier
WHERE valid_from <= (SELECT greatest(as_of::DATE, DATE '2021-07-08') FROM snapshot_info) GROUP BY area_code
