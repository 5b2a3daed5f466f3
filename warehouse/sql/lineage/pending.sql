-- Unit: doses that the publisher itself calls not yet entered; they are contained in its total. Inputs: publisher_figure.
SELECT max(value)::BIGINT AS value FROM publisher_figure WHERE name = 'pending_doses'
