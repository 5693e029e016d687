-- The records of a study: trained models, drawn selections, adversarial sets, measurements,
-- thresholds.
--
-- Each stage is one run; its table here has that run's id as primary key, so what a stage did and
-- what came out of it are joined by one number. Images are named by their zero-based index in the
-- data set's test images. Tables are internal; the views of 0005_views.sql are what to read.

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
  optimizer        TEXT    NOT NULL CHECK (optimizer IN ('adam', 'sgd')),
  learning_rate    REAL    NOT NULL CHECK (learning_rate > 0),
  batch_size       INTEGER NOT NULL CHECK (batch_size > 0),
  epochs           INTEGER NOT NULL CHECK (epochs > 0),
  training_images  INTEGER NOT NULL CHECK (training_images > 0),
  test_images      INTEGER NOT NULL CHECK (test_images > 0),
  test_correct     INTEGER CHECK (test_correct BETWEEN 0 AND test_images),  -- NULL until trained
  test_accuracy    REAL GENERATED ALWAYS AS (CAST(test_correct AS REAL) / test_images) VIRTUAL
) STRICT;

-- One draw of test images: the selection that is reported, and the held-out half beside it.
CREATE TABLE image_selection (
  run_id          INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  dataset         TEXT    NOT NULL,
  dataset_sha256  TEXT    NOT NULL CHECK (length(dataset_sha256) = 64),
  method          TEXT    NOT NULL CHECK (method IN ('random', 'first', 'last', 'range'))
) STRICT;

CREATE TABLE selected_image (
  selection_id  INTEGER NOT NULL REFERENCES image_selection (run_id) ON DELETE CASCADE,
  image_index   INTEGER NOT NULL CHECK (image_index >= 0),
  part          TEXT    NOT NULL CHECK (part IN ('selection', 'heldout')),
  PRIMARY KEY (selection_id, image_index)
) STRICT, WITHOUT ROWID;

-- One attack on one model over every image of a selection, held-out half included.
CREATE TABLE adversarial_set (
  run_id         INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  model_id       INTEGER NOT NULL REFERENCES training_run (run_id),
  selection_id   INTEGER NOT NULL REFERENCES image_selection (run_id),
  attack         TEXT    NOT NULL,                 -- 'fgsm', 'bim-a', 'bim-b', 'jsma'
  parameters     TEXT    NOT NULL CHECK (json_valid(parameters)),
  epsilon        REAL GENERATED ALWAYS AS (parameters ->> '$.epsilon') VIRTUAL,  -- NULL: has none
  step_size      REAL GENERATED ALWAYS AS (parameters ->> '$.step_size') VIRTUAL,  -- NULL: has none
  -- NULL: has none.
  iterations     INTEGER GENERATED ALWAYS AS (parameters ->> '$.iterations') VIRTUAL,
  theta          REAL GENERATED ALWAYS AS (parameters ->> '$.theta') VIRTUAL,  -- NULL: has none
  gamma          REAL GENERATED ALWAYS AS (parameters ->> '$.gamma') VIRTUAL,  -- NULL: has none
  -- The summary; each NULL until the set is whole. Norms are means over all images of the set.
  image_count    INTEGER CHECK (image_count > 0),
  success_count  INTEGER CHECK (success_count BETWEEN 0 AND image_count),
  mean_l0        REAL,                             -- pixels changed
  mean_l2        REAL,                             -- Euclidean length, pixels in 0...1
  mean_linf      REAL,                             -- largest change of a pixel, in 0...1
  success_rate   REAL GENERATED ALWAYS AS (CAST(success_count AS REAL) / image_count) VIRTUAL
) STRICT;
CREATE INDEX adversarial_set_model ON adversarial_set (model_id);
CREATE INDEX adversarial_set_selection ON adversarial_set (selection_id);

CREATE TABLE adversarial_image (
  adversarial_set_id  INTEGER NOT NULL REFERENCES adversarial_set (run_id) ON DELETE CASCADE,
  image_index         INTEGER NOT NULL CHECK (image_index >= 0),
  true_label          INTEGER NOT NULL,
  target_label        INTEGER,            -- NULL: the attack has no target
  prediction          INTEGER NOT NULL,   -- the undefended network's class of the adversarial image
  success             INTEGER NOT NULL CHECK (success IN (0, 1)),  -- target reached, or label lost
  iterations          INTEGER NOT NULL CHECK (iterations >= 0),  -- steps that this image was given
  l0                  INTEGER NOT NULL CHECK (l0 >= 0),
  l2                  REAL    NOT NULL CHECK (l2 >= 0),
  linf                REAL    NOT NULL CHECK (linf >= 0),
  PRIMARY KEY (adversarial_set_id, image_index)
) STRICT, WITHOUT ROWID;

-- The adversarial images themselves: rows * columns little-endian 32-bit floats in 0...1, row by
-- row. Apart from adversarial_image, so that reading predictions and norms never touches them.
CREATE TABLE adversarial_pixels (
  adversarial_set_id  INTEGER NOT NULL,
  image_index         INTEGER NOT NULL,
  pixels              BLOB    NOT NULL,
  PRIMARY KEY (adversarial_set_id, image_index),
  FOREIGN KEY (adversarial_set_id, image_index)
    REFERENCES adversarial_image (adversarial_set_id, image_index) ON DELETE CASCADE
) STRICT;

-- One pass of the detector's two instruments, Monte Carlo dropout and crops, over one set of
-- images.
CREATE TABLE measurement (
  run_id                INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  model_id              INTEGER NOT NULL REFERENCES training_run (run_id),
  selection_id          INTEGER NOT NULL REFERENCES image_selection (run_id),
  adversarial_set_id    INTEGER REFERENCES adversarial_set (run_id),  -- NULL: the clean images
  -- Its other half; NULL: is clean itself.
  clean_measurement_id  INTEGER REFERENCES measurement (run_id),
  passes                INTEGER NOT NULL CHECK (passes > 0),
  crop_side             INTEGER NOT NULL CHECK (crop_side > 0),
  image_count           INTEGER CHECK (image_count > 0),  -- NULL until the measurement is whole
  CHECK ((adversarial_set_id IS NULL) = (clean_measurement_id IS NULL))
) STRICT;
CREATE INDEX measurement_model ON measurement (model_id);
CREATE INDEX measurement_selection ON measurement (selection_id);
CREATE INDEX measurement_adversarial_set ON measurement (adversarial_set_id);
CREATE INDEX measurement_clean ON measurement (clean_measurement_id);

CREATE TABLE image_uncertainty (
  measurement_id                 INTEGER NOT NULL REFERENCES measurement (run_id) ON DELETE CASCADE,
  image_index                    INTEGER NOT NULL CHECK (image_index >= 0),
  true_label                     INTEGER NOT NULL,
  -- Class with the highest mean logit of all passes.
  prediction                     INTEGER NOT NULL,
  deterministic_prediction       INTEGER NOT NULL,  -- class by the network with dropout off
  softmax_std                    REAL    NOT NULL,  -- mean over classes of the softmax's deviation
  logit_std                      REAL    NOT NULL,  -- the same of the logits
  predictive_entropy             REAL    NOT NULL,  -- of the mean softmax, in nats
  mutual_information             REAL    NOT NULL,  -- that minus the passes' mean entropy, in nats
  max_probability                REAL    NOT NULL,  -- of the mean softmax
  margin                         REAL    NOT NULL,  -- between the two largest mean logits
  deterministic_max_probability  REAL    NOT NULL,  -- of the softmax with dropout off
  crop_top_left                  INTEGER NOT NULL,  -- the class of each crop with dropout off
  crop_bottom_left               INTEGER NOT NULL,
  crop_top_right                 INTEGER NOT NULL,
  crop_bottom_right              INTEGER NOT NULL,
  crop_centre                    INTEGER NOT NULL,
  agreement                      INTEGER GENERATED ALWAYS AS (
    (crop_top_left = prediction) + (crop_bottom_left = prediction) + (crop_top_right = prediction)
    + (crop_bottom_right = prediction) + (crop_centre = prediction)
  ) VIRTUAL,  -- how many crops agree with the prediction, 0...5
  PRIMARY KEY (measurement_id, image_index)
) STRICT, WITHOUT ROWID;

-- How one detector did with one choice of thresholds (Algorithm 1).
--
-- The detector scores an image by a measure of uncertainty, negated where low values mean
-- adversarial: score < low: clean; score > high: adversarial; between them clean exactly if at
-- least agreement_threshold crops agree. Infinite thresholds are stored as infinities.
CREATE TABLE threshold_result (
  run_id               INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  measurement_id       INTEGER NOT NULL REFERENCES measurement (run_id),  -- of the adversarial half
  protocol             TEXT    NOT NULL CHECK (protocol IN ('paper', 'heldout')),
  method               TEXT    NOT NULL CHECK (method IN ('exact', 'information_gain')),
  detector             TEXT    NOT NULL CHECK (detector IN ('hybrid', 'uncertainty', 'crops')),
  measure              TEXT    NOT NULL,
  orientation          TEXT    NOT NULL
    CHECK (orientation IN ('high', 'low')),  -- means adversarial
  low_threshold        REAL    NOT NULL,
  high_threshold       REAL    NOT NULL,
  agreement_threshold  INTEGER NOT NULL CHECK (agreement_threshold BETWEEN 0 AND 5),
  -- The counts on the selection. Correct and incorrect compare the prediction with the true label.
  clean_declared_clean_correct          INTEGER NOT NULL CHECK (clean_declared_clean_correct >= 0),
  clean_declared_clean_incorrect        INTEGER NOT NULL
    CHECK (clean_declared_clean_incorrect >= 0),
  clean_declared_adversarial            INTEGER NOT NULL CHECK (clean_declared_adversarial >= 0),
  adversarial_declared_clean_correct    INTEGER NOT NULL
    CHECK (adversarial_declared_clean_correct >= 0),
  adversarial_declared_clean_incorrect  INTEGER NOT NULL
    CHECK (adversarial_declared_clean_incorrect >= 0),
  adversarial_declared_adversarial      INTEGER NOT NULL
    CHECK (adversarial_declared_adversarial >= 0),
  sent_to_crops                         INTEGER NOT NULL CHECK (sent_to_crops >= 0),
  CHECK (low_threshold <= high_threshold),
  PRIMARY KEY (run_id, protocol, method, detector, measure)
) STRICT, WITHOUT ROWID;
CREATE INDEX threshold_result_measurement ON threshold_result (measurement_id);

-- How well one measure of uncertainty tells clean and adversarial images apart, without thresholds.
CREATE TABLE measure_result (
  run_id          INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  measurement_id  INTEGER NOT NULL REFERENCES measurement (run_id),  -- of the adversarial half
  measure         TEXT    NOT NULL,
  orientation     TEXT    NOT NULL CHECK (orientation IN ('high', 'low')),  -- means adversarial
  auroc           REAL    CHECK (auroc BETWEEN 0 AND 1),  -- NULL where a half is empty
  PRIMARY KEY (run_id, measure)
) STRICT, WITHOUT ROWID;
CREATE INDEX measure_result_measurement ON measure_result (measurement_id);

-- What belongs to a finished run never changes either. Only the per-image rows are not guarded
-- against additions: their writers are fenced once a chunk instead of once a row.
CREATE TRIGGER training_run_is_final BEFORE UPDATE ON training_run
WHEN (SELECT state FROM run WHERE id = OLD.run_id) = 'finished'
BEGIN SELECT RAISE(ABORT, 'a finished run never changes: training_run'); END;

CREATE TRIGGER adversarial_set_is_final BEFORE UPDATE ON adversarial_set
WHEN (SELECT state FROM run WHERE id = OLD.run_id) = 'finished'
BEGIN SELECT RAISE(ABORT, 'a finished run never changes: adversarial_set'); END;

CREATE TRIGGER measurement_is_final BEFORE UPDATE ON measurement
WHEN (SELECT state FROM run WHERE id = OLD.run_id) = 'finished'
BEGIN SELECT RAISE(ABORT, 'a finished run never changes: measurement'); END;

CREATE TRIGGER image_selection_is_final BEFORE UPDATE ON image_selection
BEGIN SELECT RAISE(ABORT, 'a selection is drawn once: image_selection'); END;

CREATE TRIGGER selected_image_is_final BEFORE UPDATE ON selected_image
BEGIN SELECT RAISE(ABORT, 'a selection is drawn once: selected_image'); END;

CREATE TRIGGER adversarial_image_is_final BEFORE UPDATE ON adversarial_image
BEGIN SELECT RAISE(ABORT, 'a result is written once: adversarial_image'); END;

CREATE TRIGGER adversarial_pixels_is_final BEFORE UPDATE ON adversarial_pixels
BEGIN SELECT RAISE(ABORT, 'a result is written once: adversarial_pixels'); END;

CREATE TRIGGER image_uncertainty_is_final BEFORE UPDATE ON image_uncertainty
BEGIN SELECT RAISE(ABORT, 'a result is written once: image_uncertainty'); END;

CREATE TRIGGER threshold_result_is_final BEFORE UPDATE ON threshold_result
BEGIN SELECT RAISE(ABORT, 'a result is written once: threshold_result'); END;

CREATE TRIGGER measure_result_is_final BEFORE UPDATE ON measure_result
BEGIN SELECT RAISE(ABORT, 'a result is written once: measure_result'); END;

PRAGMA user_version = 2;
