-- Grain: rule x area that breaks it most, the first $top areas of each; place 0 is the rule's total over all areas.
-- Unit: records. Inputs: rule_count.
WITH ranked AS (
    SELECT rule_id, area_code, sum(records) AS records,
           row_number() OVER (PARTITION BY rule_id ORDER BY sum(records) DESC, area_code) AS place
    FROM rule_count WHERE area_code <> '' AND records > 0 GROUP BY rule_id, area_code)
SELECT rule_id, '' AS area_code, sum(records)::BIGINT AS records, 0 AS place FROM rule_count GROUP BY rule_id
UNION ALL
SELECT rule_id, area_code, records::BIGINT, place FROM ranked WHERE place <= $top
ORDER BY rule_id, place
