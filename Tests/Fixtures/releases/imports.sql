-- Rows as versions from 7 on have them: a model that was trained elsewhere, and images of a file.
INSERT INTO run (id, uuid, kind, name, state, key, configuration, created_ms, token) VALUES
  (31, '0000001f-0000-4000-8000-000000000000', 'train', 'theirs', 'running', printf('%064x', 31),
   '{"imported":{}}', 1700000031000, 't31'),
  (32, '00000020-0000-4000-8000-000000000000', 'select', NULL, 'running', printf('%064x', 32), '{}',
   1700000032000, 't32');
INSERT INTO training_run (
  run_id, dataset, dataset_sha256, architecture, weight_count, dropout_rate, dropout_sites,
  test_images, test_correct
) VALUES (31, 'mnist', printf('%064d', 1), 'lenet', 9, 0.25, '', 99, 97);
INSERT INTO image_selection VALUES (32, 'mnist', printf('%064d', 1), 'given');
INSERT INTO selected_image VALUES (32, 5, 'selection'), (32, 7, 'heldout');
UPDATE run SET state = 'finished', token = NULL, finished_ms = created_ms + 500 WHERE id IN (31, 32);
