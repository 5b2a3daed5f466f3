-- Puts in every figure that is new or changed. Inputs: change, incoming.
INSERT INTO declared.cell
SELECT n.* FROM incoming n
JOIN change x ON x.feed = n.feed AND x.area_code = n.area_code AND x.day = n.day AND x.product = n.product
WHERE x.kind IN ('appeared', 'up', 'down', 'moved', 'told')
