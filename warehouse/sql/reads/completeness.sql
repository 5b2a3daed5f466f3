-- Grain: area ('' is the nation) x day that is not complete yet. Unit: share, doses expected for each dose reported.
-- Inputs: nowcast.
SELECT area_code, day, expected / reported AS share FROM nowcast WHERE reported > 0
