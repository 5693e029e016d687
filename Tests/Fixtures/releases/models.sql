-- Rows as versions from 14 on have them: a model that a program of its own serves.
INSERT INTO run (id, uuid, kind, state, key, configuration, created_ms, token)
VALUES (
  71, '00000047-0000-4000-8000-000000000000', 'train', 'running', printf('%064x', 71), '{}',
  1700000071000, 'served');
INSERT INTO training_run (run_id, dataset, dataset_sha256, architecture, dropout_sites)
VALUES (71, 'mnist', printf('%064d', 1), 'served', '');
INSERT INTO served_model VALUES (
  71, 'theirs', printf('%064x', 71), '["python3","serve.py"]', '/home/me', 1, 28, 28, 1,
  'channels_first', 'gradient,draws', '{}', '', 64, 'torch 2.9', 'cpu', 1);
UPDATE run SET state = 'finished', token = NULL, finished_ms = created_ms + 500 WHERE id = 71;
