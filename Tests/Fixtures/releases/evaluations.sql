-- Rows as versions from 16 on have them: a verdict from before, which says less, and an evaluation
-- of two attacks, one of which knows the detector, with a baseline.
INSERT INTO run (id, uuid, kind, state, key, configuration, seed, created_ms, token)
SELECT
  value ->> 0, printf('%08x-0000-4000-8000-000000000000', value ->> 0), value ->> 1, 'running',
  printf('%064x', value ->> 0), value ->> 2, 0, 1700000000000 + 1000 * (value ->> 0),
  'evaluation' || key
FROM json_each('[
  [81,"verdict",{"detector":{"name":"wang-zhang"},"seed":0}],
  [91,"select",{}],
  [92,"measure",{}],
  [93,"measure",{}],
  [94,"attack",{"detector":{"name":"wang-zhang"},"seed":0}],
  [95,"attack",{"detector":{"name":"wang-zhang"},"seed":0}],
  [96,"attack",{}],
  [97,"attack",{}],
  [98,"verdict",{"detector":{"name":"wang-zhang"},"seed":0}],
  [99,"verdict",{"detector":{"name":"wang-zhang"},"seed":0}],
  [100,"verdict",{"detector":{"name":"wang-zhang"},"seed":0}],
  [101,"verdict",{"detector":{"name":"wang-zhang"},"seed":0}],
  [102,"evaluation",{
    "detector":{"name":"wang-zhang"},"epsilon":0.3,"epsilons":[0.3],"norm":"linf",
    "parts":["clean","attack adaptive","doubled adaptive of 2","attack","baseline"],"seed":0}]
]');

INSERT INTO image_selection VALUES (91, 'mnist', printf('%064d', 1), 'first');
INSERT INTO selected_image SELECT 91, value, 'heldout' FROM json_each('[0,1,2,3,4,5,6,7]');

INSERT INTO measurement (run_id, model_id, selection_id, image_count)
VALUES (92, 11, 91, 8), (93, 31, 91, 8);
INSERT INTO image_uncertainty (
  measurement_id, image_index, true_label, prediction, deterministic_prediction
)
SELECT run_id, image_index, image_index, image_index, iif(run_id = 93, 0, image_index)
FROM measurement JOIN selected_image USING (selection_id)
WHERE run_id IN (92, 93);

INSERT INTO adversarial_set (run_id, model_id, selection_id, attack, parameters) VALUES
  (94, 11, 91, 'bim-a', '{"epsilon":0.3,"iterations":10,"step_size":0.05}'),
  (95, 11, 91, 'bim-a', '{"epsilon":0.3,"iterations":20,"step_size":0.05}'),
  (96, 11, 91, 'fgsm', '{"epsilon":0.3}'),
  (97, 31, 91, 'bim-a', '{"epsilon":0.3,"iterations":10,"step_size":0.05}');
INSERT INTO adversarial_image (
  adversarial_set_id, image_index, true_label, target_label, prediction, success, iterations, l0,
  l2, linf
)
SELECT run_id, image_index, image_index, NULL, image_index + image_index % 2, image_index % 2, 1,
  390, image_index / 2.0, 0.3
FROM adversarial_set JOIN selected_image USING (selection_id)
WHERE run_id BETWEEN 94 AND 97;
UPDATE adversarial_set SET
  (image_count, success_count, mean_l0, mean_l2, mean_linf) = (
    SELECT count(*), sum(success), avg(l0), avg(l2), avg(linf)
    FROM adversarial_image WHERE adversarial_set_id = run_id)
WHERE run_id BETWEEN 94 AND 97;

INSERT INTO verdict VALUES
  (81, 14, 11, 12, 'wang-zhang', 300, 100, 100), (98, NULL, 11, 91, 'wang-zhang', 8, 3, 0),
  (99, 94, 11, 91, 'wang-zhang', 8, 3, 2), (100, 95, 11, 91, 'wang-zhang', 8, 3, 2),
  (101, 96, 11, 91, 'wang-zhang', 8, 3, 2);
INSERT INTO adversarial_verdict (
  verdict_id, image_index, true_label, prediction, score, agreement, is_flagged, is_evading
)
SELECT 81, image_index, true_label, prediction, image_index / 8.0,
  iif(image_index % 2, NULL, image_index % 6), image_index % 3 = 0, image_index % 3 = 1
FROM adversarial_image WHERE adversarial_set_id = 14;
INSERT INTO adversarial_verdict
SELECT verdict.run_id, image_index, true_label, prediction, image_index / 8.0,
  image_index / 8.0 - 0.5, 5, image_index > 4, prediction <> true_label,
  image_index <= 4 AND prediction <> true_label
FROM verdict JOIN (
  SELECT adversarial_set_id AS judged, image_index, true_label, prediction FROM adversarial_image
  UNION ALL
  SELECT NULL, image_index, true_label, prediction FROM image_uncertainty
  WHERE measurement_id = 92) ON judged IS adversarial_set_id
WHERE verdict.run_id BETWEEN 98 AND 101;

INSERT INTO evaluation VALUES (102, 11, 91, 'wang-zhang', 31, 'linf', 0.3, 92, 93);
INSERT INTO evaluation_part VALUES
  (102, 1, 'clean', 0, NULL, 98, NULL), (102, 2, 'attack', 1, 94, 99, NULL),
  (102, 3, 'doubled', 1, 95, 100, 2), (102, 4, 'attack', 0, 96, 101, NULL),
  (102, 5, 'baseline', 0, 97, NULL, NULL);

INSERT INTO lineage VALUES
  (81, 'adversarial_set', 14), (81, 'model', 11), (81, 'selection', 12), (81, 'detector', 16);
INSERT INTO lineage SELECT run_id, 'model', model_id FROM measurement WHERE run_id IN (92, 93);
INSERT INTO lineage SELECT run_id, 'selection', selection_id FROM measurement
WHERE run_id IN (92, 93);
INSERT INTO lineage SELECT run_id, 'model', model_id FROM adversarial_set
WHERE run_id BETWEEN 94 AND 97;
INSERT INTO lineage SELECT run_id, 'selection', selection_id FROM adversarial_set
WHERE run_id BETWEEN 94 AND 97;
INSERT INTO lineage SELECT run_id, 'selection', selection_id FROM verdict
WHERE run_id BETWEEN 98 AND 101;
INSERT INTO lineage SELECT run_id, 'adversarial_set', adversarial_set_id FROM verdict
WHERE run_id BETWEEN 99 AND 101;
INSERT INTO lineage VALUES
  (102, 'model', 11), (102, 'measurement', 92), (102, 'selection', 91), (102, 'baseline', 31),
  (102, 'baseline_measurement', 93), (102, 'detector', 16), (102, 'verdict.001', 98),
  (102, 'set.002', 94), (102, 'verdict.002', 99), (102, 'set.003', 95), (102, 'verdict.003', 100),
  (102, 'set.004', 96), (102, 'verdict.004', 101), (102, 'set.005', 97);
UPDATE run SET state = 'finished', token = NULL, finished_ms = created_ms + 500
WHERE id = 81 OR id BETWEEN 91 AND 102;
