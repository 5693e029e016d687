-- Rows as versions from 13 on have them: scores and votes that were deleted. Up to version 16 they
-- still count; from 17 on a trigger sees to it that they do not.
INSERT INTO run (id, uuid, kind, state, key, configuration, seed, created_ms, token)
VALUES (
  66, '00000042-0000-4000-8000-000000000000', 'score', 'running', printf('%064x', 66), '{}', 0,
  1700000066000, 'deleted');
INSERT INTO measure VALUES
  (102, 'deleted_distance', 'high', 'distance', 'a deleted distance', 'a distance', '', 'imported');
INSERT INTO voter VALUES (1, 'jpeg_50', 'JPEG 50', 'JPEG of quality 50', '', 'catalogue');
INSERT INTO score_run VALUES (66, 13);
INSERT INTO image_score
SELECT 66, 102, image_index, image_index / 4.0 FROM image_uncertainty WHERE measurement_id = 13;
INSERT INTO image_vote
SELECT 66, 1, image_index, image_index % 9 FROM image_uncertainty WHERE measurement_id = 13;
INSERT INTO scored_measure VALUES (13, 102, 66);
INSERT INTO recorded_voter VALUES (13, 1, 66);
INSERT INTO lineage VALUES (66, 'measurement', 13);
UPDATE run SET state = 'finished', token = NULL, finished_ms = created_ms + 500 WHERE id = 66;
INSERT INTO hidden_run VALUES (66, 'deleted', 1700000067000);
