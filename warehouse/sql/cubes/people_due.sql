-- Grain: residence area x product of the last dose x day on which the next dose falls due. Unit: people whose series is
-- partial. Inputs: signed (person).
SELECT residence_area, due_product AS product, due_on AS day, sum(sign)::BIGINT AS n
FROM signed WHERE due_on >= 0 GROUP BY ALL HAVING sum(sign) <> 0
