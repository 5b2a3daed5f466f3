-- Grain: area: the last day that it told about, of doses where there is such a feed. Inputs: declared.cell, declared.feed.
INSERT INTO mart.area_report
SELECT c.area_code, max(c.day) FROM declared.cell c JOIN declared.feed f ON f.name = c.feed
WHERE f.kind = 'doses' OR NOT EXISTS (FROM declared.feed WHERE kind = 'doses')
GROUP BY c.area_code
