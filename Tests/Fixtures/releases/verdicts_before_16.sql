-- Rows as version 15 has them: what a detection system said of the images of an attack. Version 16
-- makes these tables anew.
INSERT INTO run (id, uuid, kind, state, key, configuration, seed, created_ms, token)
VALUES (
  81, '00000051-0000-4000-8000-000000000000', 'verdict', 'running', printf('%064x', 81),
  '{"detector":{"name":"wang-zhang"},"seed":0}', 0, 1700000081000, 'verdict');
INSERT INTO verdict VALUES (81, 14, 'wang-zhang', NULL, NULL, NULL);
INSERT INTO adversarial_verdict
SELECT 81, image_index, prediction, image_index / 8.0, iif(image_index % 2, NULL, image_index % 6),
  image_index % 3 = 0, image_index % 3 = 1
FROM adversarial_image WHERE adversarial_set_id = 14;
UPDATE verdict SET (image_count, flagged_count, evading_count) = (300, 100, 100) WHERE run_id = 81;
INSERT INTO lineage VALUES
  (81, 'adversarial_set', 14), (81, 'model', 11), (81, 'selection', 12), (81, 'detector', 16);
UPDATE run SET state = 'finished', token = NULL, finished_ms = created_ms + 500 WHERE id = 81;
