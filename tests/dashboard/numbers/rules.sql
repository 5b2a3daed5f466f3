-- Records that break each rule of the catalogue, and the ten areas with the most of them.
WITH one AS (
    SELECT rule_id, a.name_vi, sum(records) AS n, row_number() OVER (PARTITION BY rule_id ORDER BY sum(records) DESC, area_code) AS place
    FROM rule_count c JOIN area a ON a.code = c.area_code WHERE records > 0 GROUP BY rule_id, area_code, a.name_vi)
SELECT rule_id AS key, shown(sum(records)) AS "4",
       coalesce((SELECT string_agg(shown(n), ' ' ORDER BY place) FROM one o WHERE o.rule_id = c.rule_id AND place <= 10), '') AS league
FROM rule_count c GROUP BY rule_id
