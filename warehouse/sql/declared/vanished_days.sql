-- Grain: day on which figures of feed $feed were withdrawn. Unit: keys. Inputs: change.
SELECT day, count(*) AS keys FROM change WHERE feed = $feed AND kind = 'vanished' GROUP BY day ORDER BY day
