-- Grain: area held in feed $feed from which the publication has no good row: "no report". Inputs: change.
SELECT area_code FROM change WHERE feed = $feed GROUP BY area_code
HAVING count(before) > 0 AND count(after) = 0
ORDER BY area_code
