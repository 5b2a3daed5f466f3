-- Grain: area of vaccination x hour of injection on the snapshot's day ($day). Unit: doses. Inputs: site_seen,
-- doses_by_site_hour.
SELECT s.area_code, h.hour, sum(h.doses)::BIGINT AS doses
FROM doses_by_site_hour h JOIN site_seen s USING (site_code)
WHERE h.day = $day GROUP BY ALL HAVING sum(h.doses) <> 0 ORDER BY ALL
