-- Grain: area. Unit: people registered, as the publisher's last figure says. Inputs: declared.daily.
INSERT INTO mart.registration_by_area
SELECT area_code, 'registered', sum(value) FROM declared.daily WHERE kind = 'registrations' GROUP BY area_code
