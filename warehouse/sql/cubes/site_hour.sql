-- Grain: site x day x hour of injection, of the last days only (sums leave older ones out). Unit: doses.
-- Inputs: signed (dose).
SELECT site, injected_on AS day, hour, sum(sign)::BIGINT AS n
FROM signed WHERE injected_on > (SELECT max(injected_on) FROM signed) - 7
GROUP BY ALL HAVING sum(sign) <> 0
