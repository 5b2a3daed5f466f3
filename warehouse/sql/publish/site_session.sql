-- Grain: site x product x state of its session, on the snapshot's day. Unit: people planned, tables. Inputs: core.session,
-- outgoing.snapshot_info.
SELECT site_code, coalesce(product_code, '') AS product, state, count(*) AS sessions,
       sum(planned_people)::BIGINT AS planned_people, sum(coalesce(tables, 0))::BIGINT AS tables
FROM core.session
WHERE held_on = (SELECT as_of::DATE FROM outgoing.snapshot_info)
GROUP BY ALL
