-- Grain: published figure changed afterwards.
FROM core.correction
