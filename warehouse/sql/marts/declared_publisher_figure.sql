-- Grain: named figure. pending_doses: the publisher counts them in its totals. Inputs: declared.daily.
INSERT INTO mart.publisher_figure
SELECT 'pending_doses', sum(pending_doses) FROM declared.daily WHERE kind = 'doses'
HAVING sum(pending_doses) IS NOT NULL
