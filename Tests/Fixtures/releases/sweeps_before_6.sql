-- Rows as versions 3 to 5 have room for, though no program of theirs wrote one: version 6 makes these
-- tables anew, empty.
INSERT INTO sweep VALUES
  (1, '000000a1-0000-4000-8000-000000000000', 'rates', 'open', '{}', '[]', '{}', '{}', 5, 1,
   1700000020000);
INSERT INTO trial (id, sweep_id, number, parameters, created_ms) VALUES
  (1, 1, 0, '{"rate":0.5}', 1700000021000), (2, 1, 1, '{"rate":0.25}', 1700000022000);
UPDATE trial SET state = 'running', token = 't' || id;
INSERT INTO trial_value VALUES (1, 'accuracy', 0.5);
INSERT INTO trial_run VALUES (1, 1);
INSERT INTO trial_attempt VALUES
  (1, 1, 't1', 'host', 'boot', 1, 5, 1700000021000, 1700000023000, 1700000022000, 'finished'),
  (2, 1, 't2', 'host', 'boot', 1, 5, 1700000022000, 1700000024000, NULL, 'running');
UPDATE trial SET state = 'finished', token = NULL, finished_ms = 1700000022000 WHERE id = 1;
