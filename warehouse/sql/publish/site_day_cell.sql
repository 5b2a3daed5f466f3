-- Grain: signed row of a cell: site x day of injection, of the last days (setting). Unit: doses.
-- Inputs: cube.site_day, all rows or those that a snapshot lacks; the day after which they begin.
SELECT site, day, n FROM {rows} WHERE day > {floor}
