-- Grain: site x day x hour of injection, of the last days only: hours that were let go once are not begun again. Unit: doses.
-- Inputs: signed (dose), core.hours_gone.
SELECT site, injected_on AS day, hour, sum(sign)::BIGINT AS n
FROM signed WHERE injected_on > (SELECT coalesce(max(day), -1) FROM core.hours_gone)
GROUP BY ALL HAVING sum(sign) <> 0
