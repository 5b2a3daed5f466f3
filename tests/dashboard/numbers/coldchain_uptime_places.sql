-- Uptime by area, and of all where no area is looked at: hours are added. Litres of what works, of all that is in use.
WITH counted AS (SELECT unnest([area_code, 'nation']) AS key, * FROM registered)
SELECT key, part(sum(good), sum(counted)) AS uptime_share, silent_part(sum(good), sum(silent_minutes), sum(out_minutes), sum(down), sum(counted)) AS silent_share,
       out_part(sum(good), sum(silent_minutes), sum(out_minutes), sum(down), sum(counted)) AS out_share, down_part(sum(good), sum(silent_minutes), sum(out_minutes), sum(down), sum(counted)) AS down_share, shown(count_if(counted > 0)) AS counted,
       shown(count_if(status = 'not_working')) AS not_working,
       tenth(coalesce(sum(litres) FILTER (WHERE status = 'working' OR status = 'needs_repair' AND NOT job_assigned), 0)) || ' '
           || tenth(coalesce(sum(litres) FILTER (WHERE status <> 'not_in_use'), 0)) AS usable_litres
FROM counted WHERE key <> 'nation' OR getvariable('area') = '' GROUP BY key
