-- Grain: day of injection x product. Unit: first doses, as typed, of people of $bands. Inputs: dose_cube.
SELECT day, product, sum(doses)::BIGINT AS doses FROM dose_cube
WHERE dose_number = 1 AND list_contains($bands::VARCHAR[], age_band)
GROUP BY day, product HAVING sum(doses) > 0
