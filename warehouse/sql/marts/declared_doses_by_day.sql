-- Grain: area x day x product. Unit: doses. Inputs: declared.daily.
INSERT INTO mart.doses_by_day
SELECT area_code, day, product, sum(value) FROM declared.daily WHERE kind = 'doses' GROUP BY area_code, day, product
