-- Grain: site x day of injection. Unit: doses. Inputs: signed (dose).
SELECT site, injected_on AS day, sum(sign)::BIGINT AS n FROM signed GROUP BY ALL HAVING sum(sign) <> 0
