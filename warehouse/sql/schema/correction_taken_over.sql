-- Grain: published figure changed afterwards. Input: a snapshot of the records (attached as former), which has the whole
-- log up to it. Run once, in a warehouse that has read nothing yet.
INSERT INTO core.correction BY NAME
FROM former.main.correction
WHERE EXISTS (FROM former.main.snapshot_info WHERE kind = 'record');
