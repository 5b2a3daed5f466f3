-- Grain: equality with the publisher's own figures. Inputs: declared.comparison.
INSERT INTO mart.invariant FROM declared.comparison
