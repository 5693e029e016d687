-- Rows as versions from 13 on have them: scores and votes of the study's images, a learned detector,
-- and noise as strong as its attack.
INSERT INTO run (id, uuid, kind, name, state, key, configuration, seed, created_ms, token)
SELECT
  61 + key, printf('%08x-0000-4000-8000-000000000000', 61 + key), value, NULL, 'running',
  printf('%064x', 61 + key), '{}', 0, 1700000061000 + 1000 * key, 'scores' || key
FROM json_each('["score","score","fit","attack"]');

INSERT INTO measure VALUES
  (100, 'their_distance', 'high', 'distance', 'their distance', 'a distance', '', 'imported'),
  (101, 'detector:theirs', 'high', 'probability', 'theirs', 'score of a detector', '', 'detector');
INSERT INTO voter VALUES (0, 'jpeg_75', 'JPEG 75', 'JPEG of quality 75', '', 'catalogue');
INSERT INTO voter_set VALUES (1, 'jpeg', 'JPEG', 'one voter');
INSERT INTO voter_set_member VALUES (1, 0, 0);

INSERT INTO score_run VALUES (61, 13), (62, 15);
INSERT INTO score_setting VALUES (61, 100, 'bandwidth', 0.5);
INSERT INTO image_score
SELECT score_run.run_id, 100, image_index, image_index / 8.0
FROM score_run JOIN image_uncertainty USING (measurement_id);
INSERT INTO image_vote
SELECT score_run.run_id, 0, image_index, image_index % 10
FROM score_run JOIN image_uncertainty USING (measurement_id);
INSERT INTO scored_measure SELECT measurement_id, 100, run_id FROM score_run;
INSERT INTO recorded_voter SELECT measurement_id, 0, run_id FROM score_run;

INSERT INTO detector VALUES (63, 'theirs', 'logistic', 11, 'selection', 101, 0.5, 200, 200);
INSERT INTO detector_input VALUES (63, 0, 'their_distance', 1.5), (63, 1, 'vote:jpeg_75', 0.5);
INSERT INTO detector_mix VALUES (63, 15);

INSERT INTO adversarial_set (
  run_id, model_id, selection_id, attack, parameters, image_count, success_count, mean_l0, mean_l2,
  mean_linf
) VALUES (64, 11, 12, 'gaussian', '{}', 1, 1, 390.5, 5.25, 0.3);
INSERT INTO adversarial_image (
  adversarial_set_id, image_index, true_label, target_label, prediction, success, iterations, l0, l2,
  linf
) VALUES (64, 0, 0, NULL, 1, 1, 1, 390, 5.25, 0.3);
INSERT INTO noisy_set VALUES (64, 14, 'gaussian', 0.25);

INSERT INTO lineage VALUES
  (61, 'measurement', 13), (62, 'measurement', 15), (63, 'model', 11), (63, 'measurement.0', 15),
  (64, 'model', 11), (64, 'selection', 12), (64, 'adversarial_set', 14);

UPDATE run SET state = 'finished', token = NULL, finished_ms = created_ms + 500
WHERE id BETWEEN 61 AND 64;
