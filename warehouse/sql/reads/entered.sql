-- Grain: area of vaccination. Unit: doses of the last seven whole days: reported so far, and expected once everything is
-- entered. Days without a nowcast are complete and not among them. Inputs: nowcast, snapshot_info.
SELECT n.area_code, sum(n.reported)::BIGINT AS reported, sum(greatest(n.expected, n.reported))::BIGINT AS expected
FROM nowcast n CROSS JOIN snapshot_info s
WHERE n.area_code <> '' AND n.day BETWEEN s.as_of::DATE - 7 AND s.as_of::DATE - 1
GROUP BY n.area_code
