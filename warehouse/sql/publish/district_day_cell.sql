-- Grain: signed row of a cell: place and district of vaccination x day of injection x dose number. Unit: doses.
-- Inputs: cube.district_day, all rows or those that a snapshot lacks.
SELECT place, district, day, number, n FROM {rows}
