-- Grain: published figure changed afterwards. Inputs: core.correction.
FROM core.correction
