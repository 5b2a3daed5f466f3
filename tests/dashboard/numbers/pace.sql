-- Sites faster or slower than planned: doses of whole hours over the session's whole hours so far, and the plan's.
WITH so_far AS (
    SELECT *, len(list_filter(getvariable('hours'), lambda h: h < hour(now))) AS passed, len(getvariable('hours')) AS session FROM site_today
    WHERE planned >= getvariable('least_planned')),
judged AS (SELECT *, whole * session / (planned * passed) AS share FROM so_far WHERE passed > 0)
SELECT site_code AS key, shown(planned) AS planned, shown(whole) AS doses_whole, tenth(whole / passed) AS doses_an_hour,
       tenth(planned / session) AS capacity_an_hour, tenth(floor(round(share * 1000, 6)) / 10) || '%' AS capacity_share
FROM judged WHERE share > getvariable('fast_share') OR share < getvariable('slow_share')
