-- Rows as versions from 2 on have them: a finished study of one attack, and numbers that mean
-- nothing.
INSERT INTO run (id, uuid, kind, state, key, configuration, seed, created_ms, token)
SELECT
  11 + key, printf('%08x-0000-4000-8000-000000000000', 11 + key), value, 'running',
  printf('%064x', 11 + key),
  CASE value
    WHEN 'thresholds' THEN '{"measures":["softmax_std"]}'
    WHEN 'reproduce' THEN '{"detection":{"measures":["softmax_std"]},"seed":0}'
    ELSE '{}'
  END, 0, 1700000011000 + 1000 * key, 'token' || key
FROM json_each('["train","select","measure","attack","measure","thresholds","reproduce"]');

INSERT INTO training_run (
  run_id, dataset, dataset_sha256, architecture, weight_count, dropout_rate, dropout_sites,
  optimizer, learning_rate, batch_size, epochs, training_images, test_images, test_correct
) VALUES (11, 'mnist', printf('%064d', 1), 'lenet', 9, 0.5, 'dense1', 'adam', 0.001, 32, 2, 60, 99, 98);
INSERT INTO metric
SELECT 11, name.value, epoch.value, 1.0 / epoch.value, 1700000011000 + epoch.value
FROM json_each('["train_loss","train_accuracy","test_accuracy"]') AS name,
  json_each('[1,2]') AS epoch;

CREATE TEMP TABLE image AS
WITH RECURSIVE counted (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n < 299)
SELECT n FROM counted;

INSERT INTO image_selection VALUES (12, 'mnist', printf('%064d', 1), 'random');
INSERT INTO selected_image SELECT 12, n, iif(n % 3, 'selection', 'heldout') FROM image;

INSERT INTO adversarial_set (
  run_id, model_id, selection_id, attack, parameters, image_count, success_count, mean_l0, mean_l2,
  mean_linf
) VALUES (14, 11, 12, 'fgsm', '{"epsilon":0.3}', 300, 200, 390.5, 5.25, 0.3);
INSERT INTO adversarial_image (
  adversarial_set_id, image_index, true_label, target_label, prediction, success, iterations, l0, l2,
  linf
)
SELECT 14, n, n % 10, iif(n % 2, NULL, (n + 1) % 10), (n + 1) % 10, n % 3 > 0, n % 5, n, n / 16.0, 0.3
FROM image;
INSERT INTO adversarial_pixels SELECT 14, n, CAST(printf('%064d', n) AS BLOB) FROM image;

INSERT INTO measurement (
  run_id, model_id, selection_id, adversarial_set_id, clean_measurement_id, passes, crop_side,
  image_count
) VALUES (13, 11, 12, NULL, NULL, 50, 24, 300), (15, 11, 12, 14, 13, 50, 24, 300);
INSERT INTO image_uncertainty
SELECT
  run.value, n, n % 10, n % 10, n % 10, n * 37 % 101 / 256.0 * (run.value - 12), n / 8.0, 0.5, 0.25,
  0.75, 1.5, 0.875, n % 10, n % 9, n % 10, n % 8, n % 10
FROM json_each('[13,15]') AS run, image;
DROP TABLE image;

INSERT INTO threshold_result (
  run_id, measurement_id, protocol, method, detector, measure, orientation, low_threshold,
  high_threshold, agreement_threshold, clean_declared_clean_correct,
  clean_declared_clean_incorrect, clean_declared_adversarial, adversarial_declared_clean_correct,
  adversarial_declared_clean_incorrect, adversarial_declared_adversarial, sent_to_crops
) VALUES
  (16, 15, 'paper', 'exact', 'hybrid', 'softmax_std', 'high', -9e999, 0.5, 3, 90, 5, 5, 10, 5, 85, 9),
  (16, 15, 'heldout', 'information_gain', 'crops', 'margin', 'low', 0.25, 9e999, 5, 1, 2, 3, 4, 5, 6,
   7);
INSERT INTO measure_result VALUES (16, 15, 'softmax_std', 'high', 0.875), (16, 15, 'margin', 'low', NULL);

INSERT INTO lineage VALUES
  (13, 'model', 11), (13, 'selection', 12), (14, 'model', 11), (14, 'selection', 12),
  (15, 'model', 11), (15, 'selection', 12), (15, 'adversarial_set', 14),
  (15, 'clean_measurement', 13), (16, 'measurement', 15), (17, 'thresholds.fgsm', 16);
INSERT INTO blob VALUES
  (3, 'a8100ae6aa1940d0b663bb31cd466142ebbdbd5187131b92d93818987832eb89', 1, x'ff');
INSERT INTO artifact VALUES (11, 'weights', 3, 'application/octet-stream', 1700000011500);

UPDATE run SET state = 'finished', token = NULL, finished_ms = created_ms + 500
WHERE id BETWEEN 11 AND 17;
