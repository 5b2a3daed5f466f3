-- The days of the site `site`, all that are kept of it.
SELECT strftime(day, '%Y-%m-%d') AS key, on_day(day) AS day, shown(sum(doses)) AS doses
FROM doses_by_site_day WHERE site_code = getvariable('site') GROUP BY day
