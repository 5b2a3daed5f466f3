-- Grain: device of which the register tells for how many hours it keeps its temperature without power. Inputs: equipment_now.
SELECT equipment_id, holdover_hours FROM equipment_now WHERE holdover_hours > 0
