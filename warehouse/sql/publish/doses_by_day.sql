-- Grain: place of vaccination x day of injection x product. Unit: doses, voided ones left out.
-- Inputs: outgoing.dose_cube.
SELECT area_code, day, product, sum(doses)::BIGINT AS doses FROM outgoing.dose_cube GROUP BY ALL ORDER BY ALL
