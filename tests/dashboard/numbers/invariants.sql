-- Equalities that must hold, each with both sides.
SELECT '' AS "0", if(holds, '', shown(abs(left_side - right_side))) AS "1", shown(left_side) AS "3", shown(right_side) AS "4"
FROM invariant
