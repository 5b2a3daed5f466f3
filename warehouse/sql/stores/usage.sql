-- Grain: area. Unit: doses, full size: given, and received from above. Inputs: stock_by_area.
SELECT area_code AS area, coalesce(sum(administered), 0)::BIGINT AS given, coalesce(sum(delivered), 0)::BIGINT AS received
FROM stock_by_area GROUP BY ALL ORDER BY ALL
