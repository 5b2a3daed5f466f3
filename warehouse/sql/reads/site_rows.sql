-- Grain: site of those asked for ($sites) that gave a dose in the days kept of sites, on $day or before. Unit: doses by day
-- of injection; days: those with a dose. Inputs: doses_by_site_day, a view that adds up; only a filter by a value reaches
-- what is below the sum, a list that is joined does not.
SELECT site_code AS code, sum(doses)::BIGINT AS doses,
       coalesce(sum(doses) FILTER (WHERE day > $day::DATE - 7), 0)::BIGINT AS doses_last_7_days,
       count(*) FILTER (WHERE doses > 0)::BIGINT AS days, max(day) FILTER (WHERE doses > 0) AS last_on
FROM doses_by_site_day
WHERE list_contains($sites::VARCHAR[], site_code) AND day <= $day
GROUP BY site_code ORDER BY site_code
