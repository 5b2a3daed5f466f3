-- The hours of the site `site` on the last two days.
PIVOT (SELECT printf('hour-%02d', hour) AS key, strftime(day, '%Y-%m-%d') AS day, doses FROM doses_by_site_hour
       WHERE site_code = getvariable('site'))
ON day USING coalesce(shown(sum(doses)), '') GROUP BY key
