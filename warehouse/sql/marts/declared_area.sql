-- Grain: area of the pack. Inputs: declared.area.
INSERT INTO mart.area FROM declared.area
