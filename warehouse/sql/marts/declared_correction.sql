-- Grain: published figure revised or withdrawn by one publication. Inputs: declared.correction.
INSERT INTO mart.correction
SELECT publication, feed, area_code, day, kind, before, after FROM declared.correction
