-- Of PostgreSQL. Stores of the plan %(plan)s before and after its newest version, as the checker counts them: one number where the
-- plan changes nothing that can be seen.
WITH word AS (
    SELECT before, after FROM operations.plan_judgement WHERE plan_id = %(plan)s ORDER BY revision DESC LIMIT 1),
cell AS (
    SELECT b.key, name, (b.value ->> name)::numeric AS was, (word.after -> 'stores' -> b.key ->> name)::numeric AS becomes
    FROM word, jsonb_each(word.before -> 'stores') AS b, unnest(ARRAY['days', 'stock', 'lost', 'unmet']) AS name),
told AS (
    SELECT key, name, translate(to_char(was, CASE name WHEN 'days' THEN 'FM999,999,990.0' ELSE 'FM999,999,990' END), ',.', '.,') AS was,
           translate(to_char(becomes, CASE name WHEN 'days' THEN 'FM999,999,990.0' ELSE 'FM999,999,990' END), ',.', '.,') AS becomes
    FROM cell),
both_of AS (SELECT key, name, concat_ws(' ', was, nullif(becomes, was)) AS told FROM told)
SELECT key, max(told) FILTER (WHERE name = 'days') AS days, max(told) FILTER (WHERE name = 'stock') AS stock,
       max(told) FILTER (WHERE name = 'lost') AS lost, max(told) FILTER (WHERE name = 'unmet') AS unmet
FROM both_of GROUP BY key
