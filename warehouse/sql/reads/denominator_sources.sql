-- Grain: area x group. Where the population of $version comes from, of the figure that is in force on the day of the
-- snapshot, as in reads/coverage. Inputs: population, snapshot_info.
SELECT area_code, population_group, arg_max(source, valid_from) AS source, max(valid_from) AS valid_from
FROM population
WHERE version = $version AND people IS NOT NULL
  AND valid_from <= (SELECT greatest(as_of::DATE, DATE '2021-03-08') FROM snapshot_info)
GROUP BY area_code, population_group
