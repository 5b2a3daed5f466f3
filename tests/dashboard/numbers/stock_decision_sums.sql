-- The doses of one decision.
SELECT 'number' AS kind, 'decision_' || name AS key, shown(value) AS shown
FROM (SELECT sum(asked)::BIGINT AS planned, sum(sent)::BIGINT AS sent, sum(received)::BIGINT AS received,
             sum(greatest(sent - received, 0))::BIGINT AS in_transit, sum(used)::BIGINT AS used,
             sum(greatest(-differs, 0))::BIGINT AS missing, sum(greatest(differs, 0))::BIGINT AS over
      FROM line_now WHERE decision_id = getvariable('decision'))
UNPIVOT (value FOR name IN (planned, sent, received, in_transit, used, missing, over))
