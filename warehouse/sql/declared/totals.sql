-- Grain: one row. Unit: doses and people that stand now; NULL where no feed tells them. areas: with figures of any kind.
-- Inputs: declared.daily, declared.feed.
SELECT CASE WHEN EXISTS (FROM declared.feed WHERE kind = 'doses')
           THEN coalesce(sum(value) FILTER (WHERE kind = 'doses'), 0) END::BIGINT AS doses,
       sum(dose1_people) FILTER (WHERE kind = 'doses')::BIGINT AS dose1_people,
       sum(full_people) FILTER (WHERE kind = 'doses')::BIGINT AS full_people,
       CASE WHEN EXISTS (FROM declared.feed WHERE kind = 'deliveries')
           THEN coalesce(sum(value) FILTER (WHERE kind = 'deliveries'), 0) END::BIGINT AS delivered,
       CASE WHEN EXISTS (FROM declared.feed WHERE kind = 'registrations')
           THEN coalesce(sum(value) FILTER (WHERE kind = 'registrations'), 0) END::BIGINT AS registered,
       count(DISTINCT area_code) AS areas
FROM declared.daily
