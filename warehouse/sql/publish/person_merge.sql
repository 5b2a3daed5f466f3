-- Grain: day of merging. Unit: merges. Inputs: core.person_merge.
SELECT merged_at::DATE AS merged_on, count(*) AS merges, count(*) FILTER (WHERE undone) AS undone
FROM core.person_merge GROUP BY ALL ORDER BY ALL
