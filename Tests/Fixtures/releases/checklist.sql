-- Rows as versions from 19 on have them: attacks that say how they fared step by step, and an
-- evaluation with the parts of the whole checklist.
INSERT INTO run (id, uuid, kind, state, key, configuration, seed, created_ms, token)
SELECT
  111 + key, printf('%08x-0000-4000-8000-000000000000', 111 + key), value, 'running',
  printf('%064x', 111 + key),
  CASE
    WHEN value = 'evaluation' THEN
      '{"detector":{"name":"wang-zhang"},"epsilon":0.3,"epsilons":[0.3],"norm":"linf","parts":'
      || '["clean","attack adaptive","fixed adaptive of 2","transfer","draws adaptive","noisy"],'
      || '"seed":0}'
    WHEN value = 'verdict' OR key IN (0, 2) THEN '{"detector":{"name":"wang-zhang"},"seed":0}'
    ELSE '{}'
  END, 0, 1700000111000 + 1000 * key, 'checklist' || key
FROM json_each(
  '["attack","attack","attack","attack","verdict","verdict","verdict","verdict","evaluation"]');

INSERT INTO adversarial_set (run_id, model_id, selection_id, attack, parameters) VALUES
  (111, 11, 91, 'bim-a', '{"epsilon":0.3,"iterations":3,"step_size":0.1}'),
  (112, 11, 91, 'bim-b', '{"epsilon":0.3,"iterations":3,"step_size":0.1}'),
  (113, 11, 91, 'bim-a', '{"epsilon":0.3,"iterations":3,"step_size":0.1}'),
  (114, 11, 91, 'gaussian', '{}');
INSERT INTO noisy_set VALUES (114, 94, 'gaussian', 0.25);
INSERT INTO adversarial_image (
  adversarial_set_id, image_index, true_label, target_label, prediction, success, iterations, l0,
  l2, linf
)
SELECT run_id, image_index, image_index, NULL, image_index + image_index % 2, image_index % 2, 3,
  390, image_index / 2.0, 0.3
FROM adversarial_set JOIN selected_image USING (selection_id)
WHERE run_id BETWEEN 111 AND 114;
-- Two pieces of each attack that climbs by gradients; its detector scored the images of some.
INSERT INTO attack_step
SELECT run_id, piece.value, step.value, 4, 2.5 * step.value, 4.25 * step.value, step.value,
  iif(run_id = 112, 0, 4), iif(run_id = 112, 0.0, step.value / 8.0)
FROM adversarial_set, json_each('[0,4]') AS piece, json_each('[0,1,2,3]') AS step
WHERE run_id BETWEEN 111 AND 113;
UPDATE adversarial_set SET
  (image_count, success_count, mean_l0, mean_l2, mean_linf) = (
    SELECT count(*), sum(success), avg(l0), avg(l2), avg(linf)
    FROM adversarial_image WHERE adversarial_set_id = run_id)
WHERE run_id BETWEEN 111 AND 114;

INSERT INTO verdict
SELECT run_id + 4, run_id, model_id, selection_id, 'wang-zhang', 8, 3, 2 FROM adversarial_set
WHERE run_id BETWEEN 111 AND 114;
INSERT INTO adversarial_verdict (
  verdict_id, image_index, true_label, prediction, score, excess, agreement, is_flagged,
  is_misclassified, is_evading
)
SELECT adversarial_set_id + 4, image_index, true_label, prediction, image_index / 8.0,
  image_index / 8.0 - 0.5, NULL, image_index > 4, success, image_index <= 4 AND success
FROM adversarial_image WHERE adversarial_set_id BETWEEN 111 AND 114;

INSERT INTO evaluation VALUES (119, 11, 91, 'wang-zhang', NULL, 'linf', 0.3, 92, NULL);
INSERT INTO evaluation_part VALUES
  (119, 1, 'clean', 0, NULL, 98, NULL), (119, 2, 'attack', 1, 94, 99, NULL),
  (119, 3, 'fixed', 1, 111, 115, 2), (119, 4, 'transfer', 0, 112, 116, NULL),
  (119, 5, 'draws', 1, 113, 117, NULL), (119, 6, 'noisy', 0, 114, 118, NULL);

INSERT INTO lineage SELECT run_id, 'model', model_id FROM adversarial_set
WHERE run_id BETWEEN 111 AND 114;
INSERT INTO lineage SELECT run_id, 'selection', selection_id FROM adversarial_set
WHERE run_id BETWEEN 111 AND 114;
INSERT INTO lineage SELECT run_id, 'adversarial_set', adversarial_set_id FROM verdict
WHERE run_id BETWEEN 115 AND 118;
INSERT INTO lineage VALUES
  (114, 'adversarial_set', 94), (119, 'model', 11), (119, 'measurement', 92),
  (119, 'selection', 91), (119, 'surrogate', 31), (119, 'detector', 16), (119, 'verdict.001', 98),
  (119, 'set.002', 94), (119, 'verdict.002', 99), (119, 'set.003', 111), (119, 'verdict.003', 115),
  (119, 'set.004', 112), (119, 'verdict.004', 116), (119, 'set.005', 113),
  (119, 'verdict.005', 117), (119, 'set.006', 114), (119, 'verdict.006', 118);
UPDATE run SET state = 'finished', token = NULL, finished_ms = created_ms + 500
WHERE id BETWEEN 111 AND 119;
