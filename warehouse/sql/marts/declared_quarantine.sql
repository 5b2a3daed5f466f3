-- Grain: feed x field x reason. Unit: rows set aside. Inputs: core.quarantine, declared.feed.
INSERT INTO mart.quarantine
SELECT q.feed, q.field, q.reason, count(*) FROM core.quarantine q JOIN declared.feed f ON f.name = q.feed
GROUP BY q.feed, q.field, q.reason
