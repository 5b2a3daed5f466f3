-- Lines that touch the area, and what became of each.
SELECT l.plan_id::VARCHAR AS plan, lot, shown(doses) AS doses, shown(shipped) AS shipped, shown(received) AS received,
       shown(missing) AS missing,
       CASE WHEN on_way > 0 THEN 'đang vận chuyển'
            WHEN shipped = 0 AND state = 'approved' THEN 'chưa xuất'
            WHEN shipped = 0 AND state IN ('lapsed', 'proposed') THEN 'hết hiệu lực, chưa xuất'
            WHEN shipped = 0 THEN 'không xuất nữa'
            WHEN shipped < doses AND state IN ('approved', 'lapsed', 'proposed') THEN 'đã xuất một phần'
            ELSE 'đã nhận' END AS progress
FROM reallocation_line l JOIN plan_state USING (plan_id) WHERE touches(giver_area, taker_area)
