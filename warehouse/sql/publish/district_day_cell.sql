-- Grain: signed row of a cell: place and district of vaccination x day of injection x dose number. Unit: doses.
-- Inputs: cube.district_day.
SELECT place, district, day, number, n FROM cube.district_day
