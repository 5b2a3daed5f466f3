-- Identities merged and not parted again: all, for each 100,000 people on record, of the last seven days; and those parted.
WITH merge AS (
    SELECT merged_on, unnest(range(merges)) < undone AS parted FROM person_merge),
told AS (
    SELECT count(*) FILTER (WHERE NOT parted) AS in_force, count(*) FILTER (WHERE parted) AS undone,
           count(*) FILTER (WHERE NOT parted AND merged_on > (FROM today) - 7) AS lately,
           (SELECT sum(people) FROM people_state) AS people FROM merge)
SELECT 'number' AS kind, 'merges/in_force' AS key, shown(in_force) AS shown FROM told
UNION ALL SELECT 'number', 'merges/rate', tenth(in_force * 100000 / people) FROM told
UNION ALL SELECT 'number', 'merges/lately', shown(lately) FROM told
UNION ALL SELECT 'number', 'merges/undone', shown(undone) FROM told
