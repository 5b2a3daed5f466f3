-- Grain: signed row of a cell: place of vaccination x day of injection x product x dose number x age band x sex.
-- Unit: doses. Inputs: cube.dose, all rows or those that a snapshot lacks.
SELECT place, day, product, number, band, sex, n FROM {rows}
