-- Adverse events at the site `site` by product, recorded on the days of which the snapshot keeps its doses.
SELECT product AS key, shown(coalesce(sum(events) FILTER (WHERE serious), 0)) AS serious,
       shown(coalesce(sum(events) FILTER (WHERE NOT serious), 0)) AS others
FROM event_by_lot WHERE site_code = getvariable('site') AND recorded_on >= (SELECT min(day) FROM doses_by_site_day) GROUP BY product
