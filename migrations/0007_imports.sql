-- Models and images that were made elsewhere.
--
-- How an imported classifier was trained is not known, so those columns may be NULL; the images of
-- an imported adversarial set are a selection of their own, 'given' by the file. Only a new table
-- can have another CHECK or lose a NOT NULL, and other tables refer to both of these: their rows
-- are put aside and come back in the same transaction, until whose end foreign keys wait.

PRAGMA defer_foreign_keys = ON;

CREATE TEMP TABLE kept_training AS
SELECT
  run_id, dataset, dataset_sha256, architecture, weight_count, dropout_rate, dropout_sites,
  optimizer, learning_rate, batch_size, epochs, training_images, test_images, test_correct
FROM training_run;

DROP TABLE training_run;

-- One trained classifier. Its weights are the artifact 'weights' of the run, its curves are
-- metrics.
CREATE TABLE training_run (
  run_id           INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  dataset          TEXT    NOT NULL,                        -- 'mnist', 'fashion-mnist'
  dataset_sha256   TEXT    NOT NULL CHECK (length(dataset_sha256) = 64),
  architecture     TEXT    NOT NULL,                        -- 'lenet'
  weight_count     INTEGER NOT NULL CHECK (weight_count > 0),
  dropout_rate     REAL    NOT NULL CHECK (dropout_rate >= 0 AND dropout_rate < 1),
  dropout_sites    TEXT    NOT NULL,  -- names joined by commas; '' = no dropout
  -- NULL, as the four that follow: imported, and trained elsewhere.
  optimizer        TEXT    CHECK (optimizer IN ('adam', 'sgd')),
  learning_rate    REAL    CHECK (learning_rate > 0),
  batch_size       INTEGER CHECK (batch_size > 0),
  epochs           INTEGER CHECK (epochs > 0),
  training_images  INTEGER CHECK (training_images > 0),
  test_images      INTEGER NOT NULL CHECK (test_images > 0),
  test_correct     INTEGER CHECK (test_correct BETWEEN 0 AND test_images),  -- NULL until trained
  test_accuracy    REAL GENERATED ALWAYS AS (CAST(test_correct AS REAL) / test_images) VIRTUAL,
  CHECK (
    (optimizer IS NULL) + (learning_rate IS NULL) + (batch_size IS NULL) + (epochs IS NULL)
    + (training_images IS NULL) IN (0, 5))
) STRICT;

INSERT INTO training_run (
  run_id, dataset, dataset_sha256, architecture, weight_count, dropout_rate, dropout_sites,
  optimizer, learning_rate, batch_size, epochs, training_images, test_images, test_correct)
SELECT * FROM kept_training;
DROP TABLE kept_training;

CREATE TRIGGER training_run_is_final BEFORE UPDATE ON training_run
WHEN (SELECT state FROM run WHERE id = OLD.run_id) = 'finished'
BEGIN SELECT RAISE(ABORT, 'a finished run never changes: training_run'); END;

-- Dropping a selection's table empties that of its images as well.
CREATE TEMP TABLE kept_selection AS SELECT * FROM image_selection;
CREATE TEMP TABLE kept_image AS SELECT * FROM selected_image;

DROP TABLE image_selection;

-- One choice of test images: the selection that is reported, and the held-out half beside it.
CREATE TABLE image_selection (
  run_id          INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  dataset         TEXT    NOT NULL,
  dataset_sha256  TEXT    NOT NULL CHECK (length(dataset_sha256) = 64),
  -- 'given': the images of an imported file.
  method          TEXT    NOT NULL CHECK (method IN ('random', 'first', 'last', 'range', 'given'))
) STRICT;

INSERT INTO image_selection SELECT * FROM kept_selection;
INSERT INTO selected_image SELECT * FROM kept_image;
DROP TABLE kept_selection;
DROP TABLE kept_image;

CREATE TRIGGER image_selection_is_final BEFORE UPDATE ON image_selection
BEGIN SELECT RAISE(ABORT, 'a selection is drawn once: image_selection'); END;

PRAGMA user_version = 7;
