-- Takes out every held figure that the publication withdrew or tells anew. Inputs: change.
DELETE FROM declared.cell AS c USING change AS x
WHERE c.feed = x.feed AND c.area_code = x.area_code AND c.day = x.day AND c.product = x.product
  AND x.kind IN ('vanished', 'up', 'down', 'moved', 'told')
