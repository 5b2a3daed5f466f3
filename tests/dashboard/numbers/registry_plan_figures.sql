-- Of PostgreSQL. What the checker says that the newest version of the plan %(plan)s changes, in the order of its aims.
WITH word AS (
    SELECT before, after FROM operations.plan_judgement WHERE plan_id = %(plan)s ORDER BY revision DESC LIMIT 1),
aim AS (
    SELECT name, (before -> 'total' ->> name)::numeric AS was, (after -> 'total' ->> name)::numeric AS becomes
    FROM word, unnest(ARRAY['lost', 'unmet', 'short']) AS name
    UNION ALL SELECT 'cost', 0, (after ->> 'cost')::numeric FROM word)
SELECT name AS key, replace(to_char(round(was), 'FM999,999,999'), ',', '.') AS before,
       replace(to_char(round(becomes), 'FM999,999,999'), ',', '.') AS after FROM aim
