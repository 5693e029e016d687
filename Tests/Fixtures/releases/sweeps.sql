-- Rows as versions from 6 on have them: a sweep with a trial in every state, and what its policy
-- dropped.
INSERT INTO sweep (
  id, uuid, name, definition, seed, budget, trial_limit, attempt_limit, kept_pixels, kept_models,
  created_ms
) VALUES (
  1, '000000a1-0000-4000-8000-000000000000', 'rates',
  '{"configuration":{},"objectives":["accuracy"],"sampler":"random","space":{"rate":[0,1]}}', 1, 5,
  100, 3, 'best', 'none', 1700000020000);
INSERT INTO sweep_objective VALUES (1, 0, 'accuracy', 'maximise'), (1, 1, 'loss', 'minimise');

INSERT INTO trial (id, sweep_id, number, parameters, proposed_after, created_ms)
SELECT 1 + key, 1, key, json_object('rate', value), 0, 1700000021000 + 1000 * key
FROM json_each('[0.5,0.25,0.125,0.75,1.0]');
UPDATE trial SET state = 'running', token = 't' || id WHERE id < 5;
INSERT INTO trial_value VALUES (1, 0, 1, 0.5), (1, 1, 1, NULL);
INSERT INTO trial_report VALUES (1, 1, 1, 0.25), (1, 2, 1, 0.5), (1, 1, 2, NULL);
INSERT INTO trial_run VALUES (1, 1, 1), (1, 11, 0), (2, 11, 1), (3, 3, 1);
INSERT INTO trial_attempt (
  trial_id, number, token, host, boot_id, process_id, process_started, started_ms, expires_ms,
  ended_ms, outcome
) VALUES
  (1, 1, 'a1', 'host', 'boot', 1, '5', 1700000021000, 1700000141000, 1700000021500, 'lost'),
  (1, 2, 'a2', 'host', 'boot', 2, '6', 1700000022000, 1700000142000, 1700000023000, 'finished'),
  (2, 1, 'a3', 'host', 'boot', 2, '6', 1700000022000, 1700000142000, 1700000023000, 'pruned'),
  (3, 1, 'a4', 'host', 'boot', 2, '6', 1700000022000, 1700000142000, 1700000023000, 'failed'),
  (4, 1, 't4', 'elsewhere', 'boot', 2, '6', 1700000022000, 1700000142000, NULL, 'running');
UPDATE trial SET state = 'finished', token = NULL, ended_ms = 1700000023000, judged_number = 0
WHERE id = 1;
UPDATE trial SET state = 'pruned', token = NULL, ended_ms = 1700000023000, judged_number = 1
WHERE id = 2;
UPDATE trial SET state = 'failed', token = NULL, ended_ms = 1700000023000, error = 'out of luck'
WHERE id = 3;

INSERT INTO dropped_artifact VALUES (11, 'checkpoint', printf('%064d', 2), 1700000030000);
INSERT INTO dropped_pixels VALUES (14, printf('%064d', 3), 1700000030000);
