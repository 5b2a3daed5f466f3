-- Grain: lot. Unit: doses, full size. stopped_on: on hold, recalled or destroyed for the first time; a lot that waits for its release
-- longer than $waiting_days counts as stopped from then on. NULL: neither. Inputs: lot, lot_state.
WITH told AS (
    SELECT lot_number, min(valid_from)::DATE AS arrived_on, min(valid_from) FILTER (WHERE state = 'released')::DATE AS released_on,
           min(valid_from) FILTER (WHERE state IN ('on_hold', 'recalled', 'destroyed'))::DATE AS held_on
    FROM lot_state GROUP BY lot_number)
SELECT t.arrived_on, l.doses_received AS doses,
       least(t.held_on, CASE WHEN t.released_on IS NULL OR t.released_on > t.arrived_on + $waiting_days::INTEGER
                             THEN t.arrived_on + $waiting_days::INTEGER END) AS stopped_on
FROM told t JOIN lot l USING (lot_number)
