-- Grain: signed row of a cell: priority group by precedence x residence area x day of injection. Unit: doses.
-- Inputs: cube.dose_group, all rows or those that a snapshot lacks.
SELECT priority_group, residence_area, day, n FROM {rows}
