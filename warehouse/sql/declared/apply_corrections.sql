-- Logs every published figure that was revised or withdrawn. Inputs: change.
INSERT INTO declared.correction
SELECT $publication, feed, area_code, day, product, kind, before, after FROM change
WHERE kind IN ('vanished', 'up', 'down', 'moved')
