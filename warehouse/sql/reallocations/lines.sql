-- Grain: line of such a plan. Unit: doses. Inputs: reallocation_line.
FROM reallocation_line ORDER BY plan_id, line
