-- Grain: residence area x product x day on which second doses fall due, from $since to $until. Unit: people, as sampled.
-- Inputs: people_due.
SELECT area_code, product, due_on, sum(people)::BIGINT AS people FROM people_due
WHERE due_on BETWEEN $since::DATE AND $until::DATE GROUP BY ALL ORDER BY ALL
