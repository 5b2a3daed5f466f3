-- Grain: product. Unit: events after vaccination at the site $site, recorded from $since on. Inputs: event_by_lot.
SELECT product, coalesce(sum(events) FILTER (WHERE serious), 0)::BIGINT AS serious,
       coalesce(sum(events) FILTER (WHERE NOT serious), 0)::BIGINT AS others
FROM event_by_lot WHERE site_code = $site AND recorded_on >= $since::DATE GROUP BY ALL ORDER BY product
