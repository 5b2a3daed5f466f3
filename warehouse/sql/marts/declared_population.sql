-- Grain: area x group. Unit: people. Inputs: declared.population.
INSERT INTO mart.population
SELECT area_code, population_group, version, people, source, valid_from FROM declared.population
