-- Grain: site x product x day with sessions that are planned or open, from the snapshot's day on. Unit: people planned. Inputs:
-- core.session, outgoing.snapshot_info.
SELECT site_code, product_code AS product, held_on AS day, sum(planned_people)::BIGINT AS planned_people
FROM core.session
WHERE held_on >= (SELECT as_of::DATE FROM outgoing.snapshot_info) AND state IN ('planned', 'open') AND product_code IS NOT NULL
GROUP BY ALL
