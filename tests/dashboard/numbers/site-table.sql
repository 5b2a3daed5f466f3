-- The sites of one district (`sites`, a list of codes) that gave a dose in the days kept of sites, zeros for the others.
SELECT s.code AS key, shown(coalesce(sum(doses), 0)) AS doses,
       shown(coalesce(sum(doses) FILTER (WHERE day > (FROM today) - 7), 0)) AS doses_last_7_days,
       shown(count(*) FILTER (WHERE doses > 0)) AS days, on_day(max(day) FILTER (WHERE doses > 0)) AS last_on
FROM (SELECT unnest(getvariable('sites')) AS code) s LEFT JOIN doses_by_site_day d ON d.site_code = s.code GROUP BY s.code
