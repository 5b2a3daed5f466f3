-- Grain: one row: the newest day of injection, counted as in the cubes; NULL where there is none. cube.delay counts the same
-- doses as the cube of sites in far fewer rows. Inputs: cube.delay.
SELECT max(day) FROM (SELECT day FROM cube.delay GROUP BY day HAVING sum(n) > 0)
