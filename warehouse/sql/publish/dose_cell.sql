-- Grain: signed row of a cell: place of vaccination x day of injection x product x dose number x age band x sex.
-- Unit: doses. Inputs: cube.dose.
SELECT place, day, product, number, band, sex, n FROM cube.dose
