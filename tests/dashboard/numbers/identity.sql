-- Doses by place of vaccination and by whether the identity matches the population register.
SELECT name_vi AS key, shown(sum(doses)) AS "1", shown(coalesce(sum(doses) FILTER (WHERE status = 'mismatched'), 0)) AS "2",
       percent(coalesce(sum(doses) FILTER (WHERE status = 'mismatched'), 0), sum(doses)) AS "3",
       shown(coalesce(sum(doses) FILTER (WHERE status = 'none'), 0)) AS "4"
FROM identity_status JOIN area ON code = area_code GROUP BY name_vi
