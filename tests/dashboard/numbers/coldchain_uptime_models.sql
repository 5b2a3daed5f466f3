-- Uptime by model.
SELECT coalesce(nullif(model, ''), '-') AS key, part(sum(good), sum(counted)) AS uptime_share, silent_part(sum(good), sum(silent_minutes), sum(out_minutes), sum(down), sum(counted)) AS silent_share,
       out_part(sum(good), sum(silent_minutes), sum(out_minutes), sum(down), sum(counted)) AS out_share, down_part(sum(good), sum(silent_minutes), sum(out_minutes), sum(down), sum(counted)) AS down_share, shown(count_if(counted > 0)) AS counted,
       shown(count(*)) AS devices, shown(sum(alarms)) AS alarms
FROM registered GROUP BY model
