-- Measures, votes and learned detectors as rows, so that anything can be added without a column.
--
-- A measure is a number an image, a voter a class an image; a learned detector is a measure whose
-- values are its scores. The Monte Carlo measures and the five crops stay wide in
-- image_uncertainty, since one pass gives them all; every other value is a narrow row. Models and
-- scores that were made elsewhere have their place, too: what is not known of them is NULL.

-- One vocabulary of keys. A column of one name means one thing in every view, so two views join by
-- the columns that they share:
--
--   run               any run, by its UUID; each of these names a run of one kind:
--   study             a run of kind 'reproduce', or a model that stands for all of its sets
--   model             a training, the import of a trained network, or of what is known of one
--   selection         a drawing of test images
--   adversarial_set   an attack, the import of its images, or noise as strong as an attack's
--   measurement       a measurement of clean or of adversarial images
--   thresholds        a choice of thresholds
--   execution         the number of a process's part in a run, from 1
--   sweep_name        a sweep, by its unique name
--   trial, attempt    the number of a trial in its sweep, from 0; of an attempt at it, from 1
--   image_index       a test image of the data set, from 0
--   measure           a number that was read off every image, such as 'softmax_std'
--   voter             a class that was read off a changed copy of every image, such as 'jpeg_75'
--   voter_set         voters that vote together, such as 'crops'
--   detector_name     a learned detector, whose score is the measure of this name
--
-- Tables change first; the views that are made anew follow.

CREATE TEMP TABLE kept_training AS
SELECT
  run_id, dataset, dataset_sha256, architecture, weight_count, dropout_rate, dropout_sites,
  optimizer, learning_rate, batch_size, epochs, training_images, test_images, test_correct
FROM training_run;

DROP TABLE training_run;

-- One classifier: trained here, imported, or only heard of (architecture 'external'). The weights
-- of the first two are the artifact 'weights' of the run; curves are metrics.
CREATE TABLE training_run (
  run_id           INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  dataset          TEXT    NOT NULL,                        -- 'mnist', 'fashion-mnist'
  dataset_sha256   TEXT    NOT NULL CHECK (length(dataset_sha256) = 64),
  architecture     TEXT    NOT NULL,                        -- 'lenet'
  weight_count     INTEGER CHECK (weight_count > 0),        -- NULL: not known
  dropout_rate     REAL    CHECK (dropout_rate >= 0 AND dropout_rate < 1),  -- NULL: not known
  dropout_sites    TEXT    NOT NULL,  -- names joined by commas; '' = no dropout, or not known
  -- NULL, as the four that follow: trained elsewhere.
  optimizer        TEXT,                                    -- 'adam'
  learning_rate    REAL    CHECK (learning_rate > 0),
  batch_size       INTEGER CHECK (batch_size > 0),
  epochs           INTEGER CHECK (epochs > 0),
  training_images  INTEGER CHECK (training_images > 0),
  test_images      INTEGER CHECK (test_images > 0),         -- NULL: not known
  test_correct     INTEGER CHECK (test_correct BETWEEN 0 AND test_images),  -- NULL until trained
  test_accuracy    REAL GENERATED ALWAYS AS (CAST(test_correct AS REAL) / test_images) VIRTUAL,
  targets          TEXT    NOT NULL DEFAULT 'labels',  -- it learnt: 'soft_labels', 'outlier_class'
  -- Of the softmax in training.
  temperature      REAL    NOT NULL DEFAULT 1 CHECK (temperature > 0),
  outputs          INTEGER CHECK (outputs > 0),             -- NULL: one for each class
  transform        TEXT,              -- of the images that it was trained on; NULL: none
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

CREATE TEMP TABLE kept_measurement AS SELECT * FROM measurement;

DROP TABLE measurement;

-- Instruments read over one set of images: Monte Carlo dropout and crops, or what another program
-- made known.
CREATE TABLE measurement (
  run_id                INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  model_id              INTEGER NOT NULL REFERENCES training_run (run_id),
  selection_id          INTEGER NOT NULL REFERENCES image_selection (run_id),
  adversarial_set_id    INTEGER REFERENCES adversarial_set (run_id),  -- NULL: the clean images
  -- Its other half; NULL: is clean itself.
  clean_measurement_id  INTEGER REFERENCES measurement (run_id),
  passes                INTEGER CHECK (passes > 0),     -- NULL: neither dropout nor crops
  crop_side             INTEGER CHECK (crop_side > 0),  -- NULL likewise
  image_count           INTEGER CHECK (image_count > 0),  -- NULL until the measurement is whole
  -- 1: an adversarial image has the index of the clean image that it was made of; 0: the two
  -- halves are different images.
  is_paired             INTEGER NOT NULL DEFAULT 1 CHECK (is_paired IN (0, 1)),
  CHECK ((adversarial_set_id IS NULL) = (clean_measurement_id IS NULL)),
  CHECK ((passes IS NULL) = (crop_side IS NULL))
) STRICT;

INSERT INTO measurement (
  run_id, model_id, selection_id, adversarial_set_id, clean_measurement_id, passes, crop_side,
  image_count)
SELECT * FROM kept_measurement;
DROP TABLE kept_measurement;

CREATE INDEX measurement_model ON measurement (model_id);
CREATE INDEX measurement_selection ON measurement (selection_id);
CREATE INDEX measurement_adversarial_set ON measurement (adversarial_set_id);
CREATE INDEX measurement_clean ON measurement (clean_measurement_id);

CREATE TRIGGER measurement_is_final BEFORE UPDATE ON measurement
WHEN (SELECT state FROM run WHERE id = OLD.run_id) = 'finished'
BEGIN SELECT RAISE(ABORT, 'a finished run never changes: measurement'); END;

CREATE TEMP TABLE kept_image AS
SELECT
  measurement_id, image_index, true_label, prediction, deterministic_prediction, softmax_std,
  logit_std, predictive_entropy, mutual_information, max_probability, margin,
  deterministic_max_probability, crop_top_left, crop_bottom_left, crop_top_right,
  crop_bottom_right, crop_centre
FROM image_uncertainty;

DROP TABLE image_uncertainty;

-- An image of a measurement: its classes, and what dropout and crops say of it, all or nothing.
CREATE TABLE image_uncertainty (
  measurement_id                 INTEGER NOT NULL REFERENCES measurement (run_id) ON DELETE CASCADE,
  image_index                    INTEGER NOT NULL CHECK (image_index >= 0),
  true_label                     INTEGER NOT NULL,
  -- Class with the highest mean logit of all passes, or by the network that has no passes.
  prediction                     INTEGER NOT NULL,
  deterministic_prediction       INTEGER NOT NULL,  -- class by the network with dropout off
  softmax_std                    REAL,     -- mean over classes of the softmax's deviation
  logit_std                      REAL,     -- the same of the logits
  predictive_entropy             REAL,     -- of the mean softmax, in nats
  mutual_information             REAL,     -- that minus the passes' mean entropy, in nats
  max_probability                REAL,     -- of the mean softmax
  margin                         REAL,     -- between the two largest mean logits
  deterministic_max_probability  REAL,     -- of the softmax with dropout off
  crop_top_left                  INTEGER,  -- the class of each crop with dropout off
  crop_bottom_left               INTEGER,
  crop_top_right                 INTEGER,
  crop_bottom_right              INTEGER,
  crop_centre                    INTEGER,
  agreement                      INTEGER GENERATED ALWAYS AS (
    (crop_top_left = prediction) + (crop_bottom_left = prediction) + (crop_top_right = prediction)
    + (crop_bottom_right = prediction) + (crop_centre = prediction)
  ) VIRTUAL,  -- how many crops agree with the prediction, 0...5
  CHECK (
    (softmax_std IS NULL) + (logit_std IS NULL) + (predictive_entropy IS NULL)
    + (mutual_information IS NULL) + (max_probability IS NULL) + (margin IS NULL)
    + (deterministic_max_probability IS NULL) + (crop_top_left IS NULL)
    + (crop_bottom_left IS NULL) + (crop_top_right IS NULL) + (crop_bottom_right IS NULL)
    + (crop_centre IS NULL) IN (0, 12)),
  PRIMARY KEY (measurement_id, image_index)
) STRICT, WITHOUT ROWID;

INSERT INTO image_uncertainty (
  measurement_id, image_index, true_label, prediction, deterministic_prediction, softmax_std,
  logit_std, predictive_entropy, mutual_information, max_probability, margin,
  deterministic_max_probability, crop_top_left, crop_bottom_left, crop_top_right,
  crop_bottom_right, crop_centre)
SELECT * FROM kept_image;
DROP TABLE kept_image;

CREATE TRIGGER image_uncertainty_is_final BEFORE UPDATE ON image_uncertainty
BEGIN SELECT RAISE(ABORT, 'a result is written once: image_uncertainty'); END;

CREATE TEMP TABLE kept_threshold AS SELECT * FROM threshold_result;

DROP TABLE threshold_result;

-- How one detector did with one choice of thresholds (Algorithm 1).
--
-- The detector scores an image by a measure, negated where low values mean adversarial: score < low
-- is clean, score > high adversarial, and between them clean is what at least agreement_threshold
-- voters of the set agree with. Infinite thresholds are stored as infinities.
CREATE TABLE threshold_result (
  run_id               INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  measurement_id       INTEGER NOT NULL REFERENCES measurement (run_id),  -- of the adversarial half
  protocol             TEXT    NOT NULL CHECK (protocol IN ('paper', 'heldout')),
  method               TEXT    NOT NULL CHECK (method IN ('exact', 'information_gain', 'given')),
  detector             TEXT    NOT NULL CHECK (detector IN ('hybrid', 'uncertainty', 'crops')),
  measure              TEXT    NOT NULL,
  orientation          TEXT    NOT NULL
    CHECK (orientation IN ('high', 'low')),  -- means adversarial
  low_threshold        REAL    NOT NULL,
  high_threshold       REAL    NOT NULL,
  agreement_threshold  INTEGER NOT NULL CHECK (agreement_threshold >= 0),
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
  voter_set            TEXT    NOT NULL DEFAULT 'crops',  -- whose votes count between low and high
  CHECK (low_threshold <= high_threshold),
  PRIMARY KEY (run_id, protocol, method, detector, measure)
) STRICT, WITHOUT ROWID;

INSERT INTO threshold_result (
  run_id, measurement_id, protocol, method, detector, measure, orientation, low_threshold,
  high_threshold, agreement_threshold, clean_declared_clean_correct,
  clean_declared_clean_incorrect, clean_declared_adversarial, adversarial_declared_clean_correct,
  adversarial_declared_clean_incorrect, adversarial_declared_adversarial, sent_to_crops)
SELECT
  run_id, measurement_id, protocol, method, detector, measure, orientation, low_threshold,
  high_threshold, agreement_threshold, clean_declared_clean_correct,
  clean_declared_clean_incorrect, clean_declared_adversarial, adversarial_declared_clean_correct,
  adversarial_declared_clean_incorrect, adversarial_declared_adversarial, sent_to_crops
FROM kept_threshold;
DROP TABLE kept_threshold;

CREATE INDEX threshold_result_measurement ON threshold_result (measurement_id);

CREATE TRIGGER threshold_result_is_final BEFORE UPDATE ON threshold_result
BEGIN SELECT RAISE(ABORT, 'a result is written once: threshold_result'); END;

-- A number that can be read off every image. Its id is its place in lists.
CREATE TABLE measure (
  id           INTEGER PRIMARY KEY CHECK (id >= 0),
  name         TEXT NOT NULL UNIQUE CHECK (length(name) > 0),  -- 'softmax_std', 'jpeg_75_l1'
  orientation  TEXT NOT NULL CHECK (orientation IN ('high', 'low')),  -- means adversarial
  unit         TEXT NOT NULL,
  title        TEXT NOT NULL,  -- what people call it
  summary      TEXT NOT NULL,  -- what it is, in a sentence
  source       TEXT NOT NULL,  -- the paper that it is from; '' for none
  -- 'monte_carlo': wide, in image_uncertainty; the others are in image_score. 'catalogue': computed
  -- here; 'detector': the score of a learned one; 'imported': made elsewhere.
  kind         TEXT NOT NULL CHECK (kind IN ('monte_carlo', 'catalogue', 'detector', 'imported'))
) STRICT;

CREATE TRIGGER measure_is_final BEFORE UPDATE OF id, name, orientation, kind ON measure
BEGIN SELECT RAISE(ABORT, 'a measure means one thing: measure'); END;

INSERT INTO measure (id, name, orientation, unit, title, summary, source, kind) VALUES
  (0, 'softmax_std', 'high', 'probability', 'softmax deviation',
   'standard deviation of the softmax over the passes with dropout on, mean over the classes',
   'Alshemali et al. 2019', 'monte_carlo'),
  (1, 'logit_std', 'low', 'logits', 'logit deviation',
   'standard deviation of the logits over the passes with dropout on, mean over the classes', '',
   'monte_carlo'),
  (2, 'predictive_entropy', 'high', 'nats', 'predictive entropy',
   'entropy of the mean softmax over the passes with dropout on', 'Gal 2016', 'monte_carlo'),
  (3, 'mutual_information', 'high', 'nats', 'mutual information',
   'predictive entropy less the mean entropy of the passes', 'Gal 2016', 'monte_carlo'),
  (4, 'max_probability', 'low', 'probability', 'max. probability',
   'largest value of the mean softmax over the passes with dropout on', '', 'monte_carlo'),
  (5, 'margin', 'low', 'logits', 'margin', 'difference of the two largest mean logits', '',
   'monte_carlo'),
  (6, 'deterministic_max_probability', 'low', 'probability', 'max. probability, no dropout',
   'largest value of the softmax with dropout off', '', 'monte_carlo');

-- A class for every image: the network's answer to a changed copy of it.
CREATE TABLE voter (
  id       INTEGER PRIMARY KEY CHECK (id >= 0),
  name     TEXT NOT NULL UNIQUE CHECK (length(name) > 0),  -- 'jpeg_75'
  title    TEXT NOT NULL,  -- what people call it
  summary  TEXT NOT NULL,  -- what it is, in a sentence
  source   TEXT NOT NULL DEFAULT '',  -- the paper that it is from; '' for none
  kind     TEXT NOT NULL CHECK (kind IN ('catalogue', 'imported'))
) STRICT;

CREATE TRIGGER voter_is_final BEFORE UPDATE OF id, name, kind ON voter
BEGIN SELECT RAISE(ABORT, 'a voter means one thing: voter'); END;

-- Voters that vote together. 'crops' has no members here: its five votes are wide.
CREATE TABLE voter_set (
  id       INTEGER PRIMARY KEY CHECK (id >= 0),
  name     TEXT NOT NULL UNIQUE CHECK (length(name) > 0),
  title    TEXT NOT NULL,
  summary  TEXT NOT NULL
) STRICT;

INSERT INTO voter_set (id, name, title, summary) VALUES
  (0, 'crops', 'crops', 'the four corner crops and the centre crop of a measurement');

CREATE TABLE voter_set_member (
  voter_set_id  INTEGER NOT NULL REFERENCES voter_set (id) ON DELETE CASCADE,
  place         INTEGER NOT NULL CHECK (place >= 0),
  voter_id      INTEGER NOT NULL REFERENCES voter (id),
  PRIMARY KEY (voter_set_id, place),
  UNIQUE (voter_set_id, voter_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER voter_set_member_is_final BEFORE UPDATE ON voter_set_member
BEGIN SELECT RAISE(ABORT, 'a voter set means one thing: voter_set_member'); END;

-- A run of kind 'score': one pass over the images of a measurement, for some measures and voters.
CREATE TABLE score_run (
  run_id          INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  measurement_id  INTEGER NOT NULL REFERENCES measurement (run_id)
) STRICT;
CREATE INDEX score_run_measurement ON score_run (measurement_id);

-- What was tuned on the way, such as a bandwidth.
CREATE TABLE score_setting (
  run_id      INTEGER NOT NULL REFERENCES score_run (run_id) ON DELETE CASCADE,
  measure_id  INTEGER NOT NULL REFERENCES measure (id),
  name        TEXT    NOT NULL,
  value       REAL    NOT NULL,
  PRIMARY KEY (run_id, measure_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE image_score (
  run_id       INTEGER NOT NULL REFERENCES score_run (run_id) ON DELETE CASCADE,
  measure_id   INTEGER NOT NULL REFERENCES measure (id),
  image_index  INTEGER NOT NULL CHECK (image_index >= 0),
  value        REAL    NOT NULL,
  PRIMARY KEY (run_id, measure_id, image_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE image_vote (
  run_id       INTEGER NOT NULL REFERENCES score_run (run_id) ON DELETE CASCADE,
  voter_id     INTEGER NOT NULL REFERENCES voter (id),
  image_index  INTEGER NOT NULL CHECK (image_index >= 0),
  class        INTEGER NOT NULL,
  PRIMARY KEY (run_id, voter_id, image_index)
) STRICT, WITHOUT ROWID;

-- The measures and voters that a measurement has of all its images, and the run that recorded them.
-- They are written in the transaction that finishes that run; of several runs the first one counts.
CREATE TABLE scored_measure (
  measurement_id  INTEGER NOT NULL REFERENCES measurement (run_id),
  measure_id      INTEGER NOT NULL REFERENCES measure (id),
  run_id          INTEGER NOT NULL REFERENCES score_run (run_id) ON DELETE CASCADE,
  PRIMARY KEY (measurement_id, measure_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX scored_measure_run ON scored_measure (run_id);

CREATE TABLE recorded_voter (
  measurement_id  INTEGER NOT NULL REFERENCES measurement (run_id),
  voter_id        INTEGER NOT NULL REFERENCES voter (id),
  run_id          INTEGER NOT NULL REFERENCES score_run (run_id) ON DELETE CASCADE,
  PRIMARY KEY (measurement_id, voter_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX recorded_voter_run ON recorded_voter (run_id);

-- A learned detector: what a run of kind 'fit' made of the measures and votes of some images. What
-- was fitted is the run's artifact; its score is a measure.
CREATE TABLE detector (
  run_id              INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  name                TEXT    NOT NULL UNIQUE CHECK (length(name) > 0),
  learner             TEXT    NOT NULL,  -- 'logistic', 'stumps'
  model_id            INTEGER NOT NULL REFERENCES training_run (run_id),  -- that it defends
  -- Of the images of its mixes that it was fitted on; 'all': both.
  part                TEXT    NOT NULL CHECK (part IN ('selection', 'heldout', 'all')),
  measure_id          INTEGER NOT NULL UNIQUE REFERENCES measure (id),  -- its score
  -- A score above it declares adversarial; chosen on the images that it was fitted on.
  threshold           REAL    NOT NULL,
  clean_images        INTEGER NOT NULL CHECK (clean_images >= 0),  -- that it was fitted on
  adversarial_images  INTEGER NOT NULL CHECK (adversarial_images >= 0)
) STRICT;
CREATE INDEX detector_model ON detector (model_id);

-- What it was fitted to.
CREATE TABLE detector_input (
  run_id  INTEGER NOT NULL REFERENCES detector (run_id) ON DELETE CASCADE,
  place   INTEGER NOT NULL CHECK (place >= 0),
  -- A measure's name, or 'vote:' and a voter's: 1 where the vote differs from the prediction.
  input   TEXT    NOT NULL,
  weight  REAL    NOT NULL,  -- of the standardised input, or how much it matters
  PRIMARY KEY (run_id, place),
  UNIQUE (run_id, input)
) STRICT, WITHOUT ROWID;

-- The adversarial sets' measurements that it was fitted on, with the clean images of each.
CREATE TABLE detector_mix (
  run_id          INTEGER NOT NULL REFERENCES detector (run_id) ON DELETE CASCADE,
  measurement_id  INTEGER NOT NULL REFERENCES measurement (run_id),
  PRIMARY KEY (run_id, measurement_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX detector_mix_measurement ON detector_mix (measurement_id);

-- A set of noisy images: changed as strongly as an adversarial set's, but not against the network.
CREATE TABLE noisy_set (
  run_id      INTEGER PRIMARY KEY REFERENCES adversarial_set (run_id) ON DELETE CASCADE,
  matches_id  INTEGER NOT NULL REFERENCES adversarial_set (run_id),
  -- 'gaussian': noise of the same mean L2; 'flips': as many pixels set to their extremes.
  method      TEXT    NOT NULL CHECK (method IN ('gaussian', 'flips')),
  scale       REAL    CHECK (scale >= 0)  -- standard deviation of the noise; NULL: has none
) STRICT;
CREATE INDEX noisy_set_matches ON noisy_set (matches_id);

CREATE TRIGGER score_run_is_final BEFORE UPDATE ON score_run
BEGIN SELECT RAISE(ABORT, 'a result is written once: score_run'); END;

CREATE TRIGGER score_setting_is_final BEFORE UPDATE ON score_setting
BEGIN SELECT RAISE(ABORT, 'a result is written once: score_setting'); END;

CREATE TRIGGER image_score_is_final BEFORE UPDATE ON image_score
BEGIN SELECT RAISE(ABORT, 'a result is written once: image_score'); END;

CREATE TRIGGER image_vote_is_final BEFORE UPDATE ON image_vote
BEGIN SELECT RAISE(ABORT, 'a result is written once: image_vote'); END;

CREATE TRIGGER scored_measure_is_final BEFORE UPDATE ON scored_measure
BEGIN SELECT RAISE(ABORT, 'a result is written once: scored_measure'); END;

CREATE TRIGGER recorded_voter_is_final BEFORE UPDATE ON recorded_voter
BEGIN SELECT RAISE(ABORT, 'a result is written once: recorded_voter'); END;

CREATE TRIGGER detector_is_final BEFORE UPDATE ON detector
BEGIN SELECT RAISE(ABORT, 'a result is written once: detector'); END;

CREATE TRIGGER detector_input_is_final BEFORE UPDATE ON detector_input
BEGIN SELECT RAISE(ABORT, 'a result is written once: detector_input'); END;

CREATE TRIGGER detector_mix_is_final BEFORE UPDATE ON detector_mix
BEGIN SELECT RAISE(ABORT, 'a result is written once: detector_mix'); END;

CREATE TRIGGER noisy_set_is_final BEFORE UPDATE ON noisy_set
BEGIN SELECT RAISE(ABORT, 'a result is written once: noisy_set'); END;

-- Numbers that papers published, to print beside ours: only what was read in the paper ('S'), in
-- its authors' code or files ('C'), or in a second source ('2').
CREATE TABLE published_value (
  study       TEXT NOT NULL,  -- 'feinman', 'graese', 'guo', 'distillation'
  table_name  TEXT NOT NULL,  -- of the study's report
  row         TEXT NOT NULL,  -- what the number is of, such as a detector
  attack      TEXT NOT NULL,  -- '' for all or none
  dataset     TEXT NOT NULL,  -- 'mnist'
  quantity    TEXT NOT NULL,  -- 'auroc'
  unit        TEXT NOT NULL,  -- 'fraction', 'pixels', 'distance'
  value       REAL NOT NULL,
  certainty   TEXT NOT NULL CHECK (certainty IN ('S', 'C', '2')),
  place       TEXT NOT NULL,  -- where it stands in the source
  PRIMARY KEY (study, table_name, row, attack, dataset, quantity)
) STRICT, WITHOUT ROWID;

INSERT INTO published_value (
  study, table_name, row, attack, dataset, quantity, unit, value, certainty, place)
SELECT
  'feinman', 'pooled_auroc', row.column1, '', data.column1, 'auroc', 'fraction',
  CASE row.column1
    WHEN 'uncertainty' THEN data.column2 WHEN 'density' THEN data.column3 ELSE data.column4
  END,
  'S', 'figure of the ROC curves, all attacks pooled'
FROM (VALUES
  ('mnist', 0.8421, 0.9059, 0.9259), ('svhn', 0.6712, 0.6581, 0.902),
  ('cifar-10', 0.6388, 0.8088, 0.8554)) AS data
CROSS JOIN (VALUES ('uncertainty'), ('density'), ('combined')) AS row;

-- The share of images whose adversarial version is more uncertain, or less dense, than the clean
-- one and than the noisy one.
INSERT INTO published_value (
  study, table_name, row, attack, dataset, quantity, unit, value, certainty, place)
SELECT
  'feinman', 'pairwise_shares', item.column1, data.column1, data.column2, item.column2, 'fraction',
  CASE item.column3
    WHEN 1 THEN data.column3 WHEN 2 THEN data.column4 WHEN 3 THEN data.column5 ELSE data.column6
  END,
  'S', 'Table 2'
FROM (VALUES
  ('fgsm', 'mnist', 0.922, 0.956, 0.795, 0.9),
  ('bim-a', 'mnist', 0.992, 0.98, 0.995, 0.987),
  ('bim-b', 'mnist', 0.607, 0.905, 0.356, 0.867),
  ('jsma', 'mnist', 0.987, 0.985, 0.975, 0.965),
  ('cw', 'mnist', 0.985, 0.984, 0.966, 0.975),
  ('fgsm', 'cifar-10', 0.747, 0.701, 0.682, 0.696),
  ('bim-a', 'cifar-10', 0.834, 0.764, 0.833, 0.768),
  ('bim-b', 'cifar-10', 0.04, 0.988, 0.036, 0.991),
  ('jsma', 'cifar-10', 0.935, 0.915, 0.874, 0.896),
  ('cw', 'cifar-10', 0.929, 0.924, 0.8823, 0.904)) AS data
CROSS JOIN (VALUES
  ('uncertainty', 'above_clean', 1), ('density', 'above_clean', 2),
  ('uncertainty', 'above_noisy', 3), ('density', 'above_noisy', 4)) AS item;

INSERT INTO published_value (
  study, table_name, row, attack, dataset, quantity, unit, value, certainty, place
) VALUES
  ('feinman', 'attack_auroc', 'combined', 'fgsm', 'mnist', 'auroc', 'fraction', 0.8243, '2',
   'a rerun: pull request 7 of the authors'' code'),
  ('guo', 'removed', 'white-box', '', 'imagenet', 'removed', 'fraction', 0.6, 'S', 'abstract'),
  ('guo', 'removed', 'black-box', '', 'imagenet', 'removed', 'fraction', 0.9, 'S', 'abstract'),
  ('guo', 'broken', 'all transformations', '', 'imagenet', 'accuracy', 'fraction', 0, 'S',
   'Athalye et al. 2018, table 1 of their code''s README: adaptive attacks, normalised L2 0.05'),
  ('distillation', 'success', 'temperature 1', 'jsma', 'mnist', 'success', 'fraction', 0.91, 'S',
   'Carlini and Wagner 2017, on distillation'),
  ('distillation', 'success', 'temperature 5', 'jsma', 'mnist', 'success', 'fraction', 0.24, 'S',
   'Carlini and Wagner 2017, on distillation'),
  ('distillation', 'success', 'temperature 100', 'jsma', 'mnist', 'success', 'fraction', 0.005, 'S',
   'Carlini and Wagner 2017, on distillation');

-- How far attacks must move an image of a distilled network: over the best, all and the worst of
-- the nine targets.
INSERT INTO published_value (
  study, table_name, row, attack, dataset, quantity, unit, value, certainty, place)
SELECT
  'distillation', 'distortion', target.column1, 'cw', data.column1, data.column2, data.column3,
  CASE target.column1
    WHEN 'best' THEN data.column4 WHEN 'average' THEN data.column5 ELSE data.column6
  END,
  'S', 'Carlini and Wagner 2017, Table VI: temperature 100'
FROM (VALUES
  ('mnist', 'mean_l2', 'distance', 1.7, 2.2, 2.9), ('mnist', 'mean_l0', 'pixels', 10, 19, 36),
  ('mnist', 'mean_linf', 'distance', 0.14, 0.18, 0.25),
  ('cifar-10', 'mean_l2', 'distance', 0.36, 0.6, 0.92),
  ('cifar-10', 'mean_l0', 'pixels', 7.4, 15, 29),
  ('cifar-10', 'mean_linf', 'distance', 0.002, 0.023, 0.038)) AS data
CROSS JOIN (VALUES ('best'), ('average'), ('worst')) AS target;

-- Views keep their columns, in order, and have new ones at the end.

DROP VIEW program_executions;
DROP VIEW training_runs;
DROP VIEW adversarial_sets;
DROP VIEW measurements;
DROP VIEW image_uncertainties;
DROP VIEW image_scores;
DROP VIEW detection_mixes;
DROP VIEW detection_scores;
DROP VIEW detection_results;
DROP VIEW detection_decisions;
DROP VIEW study_runs;
DROP VIEW study_measurements;
DROP VIEW study_results;
DROP VIEW measures;

-- A process that ran a command: where, on what, and how it ended.
--
-- key: run, execution
CREATE VIEW program_executions AS
SELECT
  run.uuid AS run,  -- the run, by its UUID
  program_execution.number AS execution,  -- counts a run's processes from 1
  execution.outcome,  -- 'running', 'finished', 'failed', 'interrupted' or 'lost'
  execution.command_line,  -- the command's words, as a JSON array
  working_directory,  -- of the command
  execution.git_commit,  -- of the working directory; NULL: is no repository
  execution.git_dirty,  -- 1: files differed from that commit, 0: none did; NULL: is no repository
  git_branch,  -- NULL: is no repository, or on no branch
  git_remote,  -- where the repository came from; NULL: has none
  environment,  -- the variables that are recorded, as a JSON object
  gpus,  -- the names of graphics processors, as a JSON array
  child_process_id,  -- of the command on its host; NULL: was not started
  exit_code,  -- NULL: runs, was ended by a signal, or was lost
  signal,  -- that ended it; NULL: none did
  user_seconds,  -- of processor time, of the command and its children; NULL: runs, or was lost
  system_seconds,  -- of processor time in the kernel; NULL: runs, or was lost
  -- of the largest of its processes; NULL: runs, was lost, or was too short to be seen
  child_peak_memory_bytes,
  output_bytes,  -- that it wrote to standard output; NULL: runs, or was lost
  error_bytes  -- that it wrote to standard error; NULL: runs, or was lost
FROM program_execution
JOIN run ON run.id = program_execution.run_id
JOIN execution
  ON execution.run_id = program_execution.run_id
  AND execution.number = program_execution.number;

-- A classifier: trained here, trained elsewhere and imported, or known by its scores alone.
--
-- key: model
CREATE VIEW training_runs AS
SELECT
  run.uuid AS run,  -- the training or the import, the same as model
  run.state,  -- 'queued', 'running', 'finished', 'failed' or 'interrupted'
  run.seed,  -- of its first weights, shuffling and dropout; NULL: was imported
  dataset,  -- what it classifies, such as 'mnist'
  dataset_sha256,  -- SHA-256 of the data themselves
  architecture,  -- such as 'lenet'; 'external': its scores alone are known
  weight_count,  -- weights and biases; NULL: not known
  dropout_rate,  -- chance that dropout removes a value, 0...1; NULL: not known
  dropout_sites,  -- where dropout is, names joined by commas; '' for no dropout
  optimizer,  -- such as 'adam'; NULL: trained elsewhere
  learning_rate,  -- of the optimizer; NULL: trained elsewhere
  batch_size,  -- in images; NULL: trained elsewhere
  epochs,  -- passes over the training images; NULL: trained elsewhere
  training_images,  -- how many it learnt from; NULL: trained elsewhere
  test_images,  -- all test images of the data set; NULL: not known
  test_correct,  -- how many of them it classifies correctly, dropout off; NULL: not tested yet
  test_accuracy,  -- test_correct / test_images, 0...1; NULL: not tested yet
  run.uuid AS model,  -- the training or the import, by its UUID
  iif(epochs IS NULL, 'imported', 'trained') AS origin,  -- 'trained' here or 'imported'
  -- lower end of test_accuracy's 95% confidence interval, by Wilson's score; NULL: not tested yet
  max(0.0, (test_correct + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * test_correct * (test_images - test_correct) / test_images + 0.960364705173531))
    / (test_images + 3.841458820694124)) AS test_accuracy_low,
  -- its upper end
  min(1.0, (test_correct + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * test_correct * (test_images - test_correct) / test_images + 0.960364705173531))
    / (test_images + 3.841458820694124)) AS test_accuracy_high,
  -- what it learnt: 'labels'; 'soft_labels' of a teacher; 'outlier_class': one class more
  targets,
  temperature,  -- of the softmax in training; 1 for plain training
  outputs,  -- how many classes it tells apart; NULL: those of the data set
  transform  -- of the images that it was trained on; NULL: none
FROM training_run
JOIN run ON run.id = training_run.run_id;

-- An adversarial set: what one attack made of every image of a selection, held-out half included.
--
-- key: adversarial_set
CREATE VIEW adversarial_sets AS
SELECT
  run.uuid AS run,  -- the attack or the import, the same as adversarial_set
  run.state,  -- 'queued', 'running', 'finished', 'failed' or 'interrupted'
  model.uuid AS model,  -- the network that was attacked and that judges the images
  selection.uuid AS selection,  -- the images that were attacked
  training_run.dataset,  -- such as 'mnist'
  attack,  -- 'fgsm', 'bim-a', 'bim-b', 'jsma', or what an imported set is called
  parameters,  -- the attack's, as JSON; none of an imported set
  epsilon,  -- largest change of a pixel that was allowed, in 0...1; NULL: has none, or imported
  step_size,  -- change of a pixel in one step, in 0...1; NULL: has none, or imported
  iterations,  -- the most steps for an image; NULL: has none, or imported
  theta,  -- JSMA's change of a pixel in one step; NULL: has none, or imported
  gamma,  -- JSMA's largest share of changed pixels, 0...1; NULL: has none, or imported
  image_count,  -- images, held-out half included; NULL: not all are made yet
  success_count,  -- images on which the attack succeeded; NULL: not all are made yet
  success_rate,  -- success_count / image_count, 0...1; NULL: not all are made yet
  mean_l0,  -- pixels changed, the mean over all images; NULL: not all are made yet
  mean_l2,  -- Euclidean length of the change, pixels in 0...1, the mean; NULL as before
  mean_linf,  -- largest change of a pixel, in 0...1, the mean; NULL as before
  run.uuid AS adversarial_set,  -- the attack or the import, by its UUID
  -- 'attacked' here or 'imported'
  iif(run.configuration ->> '$.imported' IS NULL, 'attacked', 'imported') AS origin,
  -- lower end of success_rate's 95% confidence interval, by Wilson's score; NULL as before
  max(0.0, (success_count + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * success_count * (image_count - success_count) / image_count + 0.960364705173531))
    / (image_count + 3.841458820694124)) AS success_rate_low,
  -- its upper end
  min(1.0, (success_count + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * success_count * (image_count - success_count) / image_count + 0.960364705173531))
    / (image_count + 3.841458820694124)) AS success_rate_high,
  -- 1: the images are noisy, not attacked (see noisy_sets); 0: they were attacked
  EXISTS (SELECT 1 FROM noisy_set WHERE noisy_set.run_id = adversarial_set.run_id) AS is_noisy,
  -- how the set is put aside, or its model: 'archived', or 'deleted' until db vacuum; NULL: is not
  (SELECT max(how) FROM hidden_run WHERE hidden_run.run_id IN (run.id, model.id)) AS hidden
FROM adversarial_set
JOIN run ON run.id = adversarial_set.run_id
JOIN run AS model ON model.id = adversarial_set.model_id
JOIN run AS selection ON selection.id = adversarial_set.selection_id
JOIN training_run ON training_run.run_id = adversarial_set.model_id;

-- A set of noisy images: moved as far as an attack's, but not against the network. It is among
-- adversarial_sets, too, where is_noisy marks it.
--
-- key: adversarial_set
CREATE VIEW noisy_sets AS
SELECT
  run.uuid AS adversarial_set,  -- the noisy images, by the run that made them
  attacked.uuid AS matched_set,  -- the attack that they were moved as far as
  matched.attack AS matched_attack,  -- such as 'fgsm'
  method,  -- 'gaussian': noise of the same mean L2; 'flips': as many pixels set to their extremes
  scale,  -- standard deviation of the noise, pixels in 0...1; NULL: has none
  own.mean_l2,  -- of the noisy images; NULL: not all are made yet
  matched.mean_l2 AS matched_mean_l2  -- of the attack's; NULL likewise
FROM noisy_set
JOIN run ON run.id = noisy_set.run_id
JOIN adversarial_set AS own ON own.run_id = noisy_set.run_id
JOIN run AS attacked ON attacked.id = noisy_set.matches_id
JOIN adversarial_set AS matched ON matched.run_id = noisy_set.matches_id;

-- A measurement: what instruments read off one set of images, or what another program said of it.
--
-- key: measurement
CREATE VIEW measurements AS
SELECT
  run.uuid AS run,  -- the same as measurement
  run.state,  -- 'queued', 'running', 'finished', 'failed' or 'interrupted'
  model.uuid AS model,  -- the network that looked at the images
  selection.uuid AS selection,  -- the images, or those that they were made of
  attacked.uuid AS adversarial_set,  -- the images; NULL: clean ones
  clean.uuid AS clean_measurement,  -- the measurement of the clean partners; NULL: is clean itself
  training_run.dataset,  -- such as 'mnist'
  adversarial_set.attack,  -- such as 'fgsm'; NULL: clean images
  passes,  -- how often the network looked at an image with dropout on; NULL: no dropout, no crops
  crop_side,  -- of the five crops, in pixels; NULL likewise
  measurement.image_count,  -- images, held-out half included; NULL: not all are measured yet
  run.uuid AS measurement,  -- the measurement, by its UUID
  -- 1: an adversarial image has the index of its clean partner; 0: the halves are other images
  is_paired,
  -- 1: the images are noisy, not attacked (see noisy_sets); 0: they were attacked, or are clean
  EXISTS (SELECT 1 FROM noisy_set WHERE noisy_set.run_id = measurement.adversarial_set_id)
    AS is_noisy,
  -- how the measurement is put aside, or its model or set: 'archived', or 'deleted' until db
  -- vacuum; NULL: is not
  (SELECT max(how) FROM hidden_run
   WHERE hidden_run.run_id IN (run.id, model.id, attacked.id)) AS hidden
FROM measurement
JOIN run ON run.id = measurement.run_id
JOIN run AS model ON model.id = measurement.model_id
JOIN run AS selection ON selection.id = measurement.selection_id
JOIN training_run ON training_run.run_id = measurement.model_id
LEFT JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
LEFT JOIN run AS attacked ON attacked.id = measurement.adversarial_set_id
LEFT JOIN run AS clean ON clean.id = measurement.clean_measurement_id;

-- A measure: a number that is read off every image.
--
-- key: measure
CREATE VIEW measures AS
SELECT
  name AS measure,  -- its name
  id AS measure_number,  -- its place in lists, from 0
  orientation,  -- whether 'high' or 'low' values mean adversarial, by itself
  unit,  -- of its values
  title,  -- what people call it
  summary,  -- what it is, in a sentence
  source,  -- the paper that it is from; '' for none
  -- 'monte_carlo': read off the passes with dropout; 'catalogue': computed here by name;
  -- 'detector': the score of a learned one; 'imported': made elsewhere
  kind AS measure_kind
FROM measure;

-- A voter: the network's class of a changed copy of every image.
--
-- key: voter
CREATE VIEW voters AS
SELECT
  name AS voter,  -- its name, such as 'jpeg_75'
  id AS voter_number,  -- its place in lists, from 0
  title,  -- what people call it
  summary,  -- what it is, in a sentence
  source,  -- the paper that it is from; '' for none
  kind AS voter_kind  -- 'catalogue': computed here by name; 'imported': made elsewhere
FROM voter;

-- A voter set: voters that vote together. How many of them agree with the prediction is what
-- Algorithm 1 asks between its thresholds.
--
-- key: voter_set
CREATE VIEW voter_sets AS
SELECT
  name AS voter_set,  -- its name, such as 'crops'
  id AS voter_set_number,  -- its place in lists, from 0
  title,  -- what people call it
  summary,  -- what it is, in a sentence
  -- how many vote
  iif(id = 0, 5, (SELECT count(*) FROM voter_set_member WHERE voter_set_id = voter_set.id))
    AS voters,
  -- their names, as a JSON array; of the crops those of columns of image_uncertainties
  iif(
    id = 0,
    json_array(
      'crop_top_left', 'crop_bottom_left', 'crop_top_right', 'crop_bottom_right', 'crop_centre'),
    (SELECT json_group_array(name)
     FROM (
       SELECT voter.name FROM voter_set_member JOIN voter ON voter.id = voter_id
       WHERE voter_set_id = voter_set.id ORDER BY place))) AS members
FROM voter_set;

-- An image of a measurement, with a column for each of the measures that dropout gives.
--
-- image_scores has a row a measure instead, and every measure. Where the measurement has neither
-- dropout nor crops, the columns of both are NULL.
--
-- key: measurement, image_index
CREATE VIEW image_uncertainties AS
SELECT
  run.uuid AS measurement,  -- the measurement, by its UUID
  adversarial_set.attack,  -- such as 'fgsm'; NULL: a clean image
  -- in the data set's test images, from 0; an adversarial image has its clean partner's
  image_index,
  true_label,  -- the image's class
  prediction,  -- the class with the highest mean logit over all passes
  deterministic_prediction,  -- the undefended network's class, dropout off
  softmax_std,  -- standard deviation of the softmax over the passes, mean over the classes
  logit_std,  -- the same of the logits
  predictive_entropy,  -- entropy of the mean softmax, in nats
  mutual_information,  -- predictive_entropy less the mean entropy of the passes, in nats
  max_probability,  -- largest value of the mean softmax, 0...1
  margin,  -- between the two largest mean logits
  deterministic_max_probability,  -- largest value of the softmax, dropout off, 0...1
  crop_top_left,  -- the class of each crop, dropout off
  crop_bottom_left,  -- likewise
  crop_top_right,  -- likewise
  crop_bottom_right,  -- likewise
  crop_centre,  -- likewise
  agreement,  -- how many of the five crops agree with prediction, 0...5
  attacked.uuid AS adversarial_set,  -- the image's; NULL: a clean image
  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  (SELECT part FROM selected_image
   WHERE selected_image.selection_id = measurement.selection_id
     AND selected_image.image_index = image_uncertainty.image_index) AS part,
  -- 1: the undefended network classifies the clean image correctly, so that the pair counts, or the
  -- image is adversarial without a partner
  iif(
    is_paired OR measurement.clean_measurement_id IS NULL,
    (SELECT clean.deterministic_prediction = clean.true_label
     FROM image_uncertainty AS clean
     WHERE clean.measurement_id
         = coalesce(measurement.clean_measurement_id, image_uncertainty.measurement_id)
       AND clean.image_index = image_uncertainty.image_index), 1) AS kept,
  model.uuid AS model  -- the network that looked at the image
FROM image_uncertainty
JOIN measurement ON measurement.run_id = image_uncertainty.measurement_id
JOIN run ON run.id = image_uncertainty.measurement_id
JOIN run AS model ON model.id = measurement.model_id
LEFT JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
LEFT JOIN run AS attacked ON attacked.id = measurement.adversarial_set_id;

-- What one measure says of one image of a measurement.
--
-- key: measurement, image_index, measure
CREATE VIEW image_scores AS
SELECT
  measurement,  -- the measurement, by its UUID
  attack,  -- such as 'fgsm'; NULL: a clean image
  part,  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  image_index,  -- in the data set's test images, from 0
  adversarial_set IS NOT NULL AS is_adversarial,  -- 1: adversarial, 0: clean
  -- 1: the undefended network classifies the clean image correctly, so that the pair counts, or the
  -- image is adversarial without a partner
  kept,
  measure,  -- the measure
  orientation,  -- whether 'high' or 'low' values of the measure mean adversarial
  value,  -- of the measure, in its unit
  -- the value, negated where low ones mean adversarial: the higher, the more suspect
  iif(orientation = 'low', -1.0, 1.0) * value AS score,
  agreement,  -- how many of the five crops agree with prediction, 0...5; NULL: there are no crops
  true_label,  -- the image's class
  prediction,  -- the class with the highest mean logit over all passes
  deterministic_prediction,  -- the undefended network's class, dropout off
  adversarial_set,  -- the image's; NULL: a clean image
  model,  -- the network that looked at the image
  measure_number  -- the measure's place in lists, from 0
FROM (
  SELECT
    run.uuid AS measurement, adversarial_set.attack, attacked.uuid AS adversarial_set,
    model.uuid AS model, image.image_index, image.agreement, image.true_label, image.prediction,
    image.deterministic_prediction, measure.name AS measure, orientation,
    measure.id AS measure_number,
    (SELECT part FROM selected_image
     WHERE selected_image.selection_id = measurement.selection_id
       AND selected_image.image_index = image.image_index) AS part,
    iif(
      is_paired OR measurement.clean_measurement_id IS NULL,
      (SELECT clean.deterministic_prediction = clean.true_label
       FROM image_uncertainty AS clean
       WHERE clean.measurement_id
           = coalesce(measurement.clean_measurement_id, image.measurement_id)
         AND clean.image_index = image.image_index), 1) AS kept,
    CASE measure.id
      WHEN 0 THEN softmax_std
      WHEN 1 THEN logit_std
      WHEN 2 THEN predictive_entropy
      WHEN 3 THEN mutual_information
      WHEN 4 THEN max_probability
      WHEN 5 THEN margin
      WHEN 6 THEN deterministic_max_probability
      ELSE image_score.value
    END AS value
  FROM measure
  CROSS JOIN measurement
  JOIN run ON run.id = measurement.run_id
  JOIN run AS model ON model.id = measurement.model_id
  LEFT JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
  LEFT JOIN run AS attacked ON attacked.id = measurement.adversarial_set_id
  LEFT JOIN scored_measure
    ON scored_measure.measurement_id = measurement.run_id
    AND scored_measure.measure_id = measure.id
  CROSS JOIN image_uncertainty AS image ON image.measurement_id = measurement.run_id
  LEFT JOIN image_score
    ON image_score.run_id = scored_measure.run_id AND image_score.measure_id = measure.id
    AND image_score.image_index = image.image_index
  WHERE iif(
    measure.kind = 'monte_carlo', measurement.passes IS NOT NULL,
    scored_measure.run_id IS NOT NULL)
);

-- How a voter classifies one image of a measurement. The five crops have columns in
-- image_uncertainties instead.
--
-- key: measurement, image_index, voter
CREATE VIEW image_votes AS
SELECT
  run.uuid AS measurement,  -- the measurement, by its UUID
  adversarial_set.attack,  -- such as 'fgsm'; NULL: a clean image
  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  (SELECT part FROM selected_image
   WHERE selected_image.selection_id = measurement.selection_id
     AND selected_image.image_index = image.image_index) AS part,
  image.image_index,  -- in the data set's test images, from 0
  voter.name AS voter,  -- the voter
  image_vote.class AS vote,  -- the network's class of the changed copy
  image_vote.class = image.prediction AS agrees,  -- 1: it is prediction, 0: it is not
  -- 1: the undefended network classifies the clean image correctly, so that the pair counts, or the
  -- image is adversarial without a partner
  iif(
    is_paired OR measurement.clean_measurement_id IS NULL,
    (SELECT clean.deterministic_prediction = clean.true_label
     FROM image_uncertainty AS clean
     WHERE clean.measurement_id = coalesce(measurement.clean_measurement_id, image.measurement_id)
       AND clean.image_index = image.image_index), 1) AS kept,
  image.true_label,  -- the image's class
  image.prediction,  -- the class with the highest mean logit over all passes
  image.deterministic_prediction,  -- the undefended network's class, dropout off
  attacked.uuid AS adversarial_set,  -- the image's; NULL: a clean image
  model.uuid AS model,  -- the network that looked at the image
  voter.id AS voter_number  -- the voter's place in lists, from 0
FROM voter
CROSS JOIN measurement
JOIN run ON run.id = measurement.run_id
JOIN run AS model ON model.id = measurement.model_id
LEFT JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
LEFT JOIN run AS attacked ON attacked.id = measurement.adversarial_set_id
CROSS JOIN recorded_voter
  ON recorded_voter.measurement_id = measurement.run_id AND recorded_voter.voter_id = voter.id
CROSS JOIN image_vote
  ON image_vote.run_id = recorded_voter.run_id AND image_vote.voter_id = voter.id
CROSS JOIN image_uncertainty AS image
  ON image.measurement_id = measurement.run_id AND image.image_index = image_vote.image_index;

-- How many voters of a set agree about one image of a measurement that has all of their votes.
--
-- key: measurement, voter_set, image_index
CREATE VIEW image_agreements AS
SELECT
  run.uuid AS measurement,  -- the measurement, by its UUID
  adversarial_set.attack,  -- such as 'fgsm'; NULL: a clean image
  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  (SELECT part FROM selected_image
   WHERE selected_image.selection_id = measurement.selection_id
     AND selected_image.image_index = image.image_index) AS part,
  image.image_index,  -- in the data set's test images, from 0
  voter_set.name AS voter_set,  -- the voter set
  -- how many of its voters agree with prediction
  iif(
    voter_set.id = 0, image.agreement,
    (SELECT sum(vote.class = image.prediction)
     FROM voter_set_member AS member
     CROSS JOIN recorded_voter AS recorded
       ON recorded.measurement_id = measurement.run_id AND recorded.voter_id = member.voter_id
     CROSS JOIN image_vote AS vote
       ON vote.run_id = recorded.run_id AND vote.voter_id = member.voter_id
       AND vote.image_index = image.image_index
     WHERE member.voter_set_id = voter_set.id)) AS agreement,
  -- how many there are
  iif(
    voter_set.id = 0, 5,
    (SELECT count(*) FROM voter_set_member WHERE voter_set_id = voter_set.id)) AS voters,
  image.true_label,  -- the image's class
  image.prediction,  -- the class with the highest mean logit over all passes
  attacked.uuid AS adversarial_set,  -- the image's; NULL: a clean image
  model.uuid AS model  -- the network that looked at the image
FROM voter_set
CROSS JOIN measurement
JOIN run ON run.id = measurement.run_id
JOIN run AS model ON model.id = measurement.model_id
LEFT JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
LEFT JOIN run AS attacked ON attacked.id = measurement.adversarial_set_id
CROSS JOIN image_uncertainty AS image ON image.measurement_id = measurement.run_id
WHERE iif(
  voter_set.id = 0, measurement.passes IS NOT NULL,
  NOT EXISTS (
    SELECT 1 FROM voter_set_member AS member
    WHERE member.voter_set_id = voter_set.id
      AND NOT EXISTS (
        SELECT 1 FROM recorded_voter AS recorded
        WHERE recorded.measurement_id = measurement.run_id
          AND recorded.voter_id = member.voter_id)));

-- An image of the mix that detectors are chosen and judged on, a column a measure.
--
-- The mix of an adversarial set's measurement is every clean image and its adversarial partner, or,
-- where images have no partners, every image of both halves. detection_scores has a row a measure
-- instead, and every measure. Where there was neither dropout nor crops, the columns of both are
-- NULL.
--
-- key: measurement, image_index, is_adversarial
CREATE VIEW detection_mixes AS
SELECT
  run.uuid AS measurement,  -- of the adversarial set, by its UUID
  adversarial_set.attack,  -- such as 'fgsm', of clean images too
  part,  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  selected_image.image_index,  -- in the data set's test images, from 0
  side.column1 AS is_adversarial,  -- 1: adversarial, 0: clean
  -- 1: the undefended network classifies the clean image correctly, so that the pair counts, or the
  -- image is adversarial without a partner
  iif(side.column1 > is_paired, 1, clean.deterministic_prediction = clean.true_label) AS kept,
  iif(side.column1, attacked.true_label, clean.true_label) AS true_label,  -- the image's class
  -- the class with the highest mean logit over all passes
  iif(side.column1, attacked.prediction, clean.prediction) AS prediction,
  -- the undefended network's class, dropout off
  iif(side.column1, attacked.deterministic_prediction, clean.deterministic_prediction)
    AS deterministic_prediction,
  -- standard deviation of the softmax over the passes, mean over the classes
  iif(side.column1, attacked.softmax_std, clean.softmax_std) AS softmax_std,
  iif(side.column1, attacked.logit_std, clean.logit_std) AS logit_std,  -- the same of the logits
  -- entropy of the mean softmax, in nats
  iif(side.column1, attacked.predictive_entropy, clean.predictive_entropy) AS predictive_entropy,
  -- predictive_entropy less the mean entropy of the passes, in nats
  iif(side.column1, attacked.mutual_information, clean.mutual_information) AS mutual_information,
  -- largest value of the mean softmax, 0...1
  iif(side.column1, attacked.max_probability, clean.max_probability) AS max_probability,
  iif(side.column1, attacked.margin, clean.margin) AS margin,  -- of the two largest mean logits
  -- largest value of the softmax, dropout off, 0...1
  iif(side.column1, attacked.deterministic_max_probability, clean.deterministic_max_probability)
    AS deterministic_max_probability,
  -- how many of the five crops agree with prediction, 0...5
  iif(side.column1, attacked.agreement, clean.agreement) AS agreement,
  attacked_run.uuid AS adversarial_set,  -- the attack or the import, by its UUID
  model.uuid AS model  -- the network that looked at the images
FROM measurement
JOIN run ON run.id = measurement.run_id
JOIN run AS model ON model.id = measurement.model_id
JOIN run AS attacked_run ON attacked_run.id = measurement.adversarial_set_id
JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
CROSS JOIN selected_image ON selected_image.selection_id = measurement.selection_id
LEFT JOIN image_uncertainty AS clean
  ON clean.measurement_id = measurement.clean_measurement_id
  AND clean.image_index = selected_image.image_index
LEFT JOIN image_uncertainty AS attacked
  ON attacked.measurement_id = measurement.run_id
  AND attacked.image_index = selected_image.image_index
CROSS JOIN (VALUES (0), (1)) AS side
WHERE
  (NOT is_paired OR (clean.true_label IS NOT NULL AND attacked.true_label IS NOT NULL))
  AND (is_paired OR iif(side.column1, attacked.true_label, clean.true_label) IS NOT NULL);

-- What one measure says of one image of the mix that detectors are chosen and judged on.
--
-- The mix of an adversarial set's measurement is every clean image and its adversarial partner, or,
-- where images have no partners, every image of both halves.
-- A measure has rows where both halves of the mix are scored. voted_scores has the votes of other
-- voters than the five crops.
--
-- key: measurement, image_index, is_adversarial, measure
CREATE VIEW detection_scores AS
SELECT
  measurement,  -- of the adversarial set, by its UUID
  attack,  -- such as 'fgsm', of clean images too
  part,  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  image_index,  -- in the data set's test images, from 0
  is_adversarial,  -- 1: adversarial, 0: clean
  -- 1: the undefended network classifies the clean image correctly, so that the pair counts, or the
  -- image is adversarial without a partner
  kept,
  measure,  -- the measure
  orientation,  -- whether 'high' or 'low' values of the measure mean adversarial
  value,  -- of the measure, in its unit
  -- the value, negated where low ones mean adversarial: the higher, the more suspect
  iif(orientation = 'low', -1.0, 1.0) * value AS score,
  agreement,  -- how many of the five crops agree with prediction, 0...5; NULL: there are no crops
  true_label,  -- the image's class
  prediction,  -- the class with the highest mean logit over all passes
  deterministic_prediction,  -- the undefended network's class, dropout off
  adversarial_set,  -- the attack or the import, of clean images too
  model,  -- the network that looked at the images
  measure_number  -- the measure's place in lists, from 0
FROM (
  SELECT
    run.uuid AS measurement, adversarial_set.attack, part, selected_image.image_index,
    side.column1 AS is_adversarial,
    iif(side.column1 > is_paired, 1, clean.deterministic_prediction = clean.true_label) AS kept,
    measure.name AS measure, orientation,
    CASE measure.id
      WHEN 0 THEN iif(side.column1, attacked.softmax_std, clean.softmax_std)
      WHEN 1 THEN iif(side.column1, attacked.logit_std, clean.logit_std)
      WHEN 2 THEN iif(side.column1, attacked.predictive_entropy, clean.predictive_entropy)
      WHEN 3 THEN iif(side.column1, attacked.mutual_information, clean.mutual_information)
      WHEN 4 THEN iif(side.column1, attacked.max_probability, clean.max_probability)
      WHEN 5 THEN iif(side.column1, attacked.margin, clean.margin)
      WHEN 6 THEN iif(
        side.column1, attacked.deterministic_max_probability, clean.deterministic_max_probability)
      ELSE image_score.value
    END AS value,
    iif(side.column1, attacked.agreement, clean.agreement) AS agreement,
    iif(side.column1, attacked.true_label, clean.true_label) AS true_label,
    iif(side.column1, attacked.prediction, clean.prediction) AS prediction,
    iif(side.column1, attacked.deterministic_prediction, clean.deterministic_prediction)
      AS deterministic_prediction,
    attacked_run.uuid AS adversarial_set, model.uuid AS model, measure.id AS measure_number
  FROM measure
  CROSS JOIN measurement
  JOIN run ON run.id = measurement.run_id
  JOIN run AS model ON model.id = measurement.model_id
  JOIN run AS attacked_run ON attacked_run.id = measurement.adversarial_set_id
  JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
  LEFT JOIN scored_measure AS clean_score
    ON clean_score.measurement_id = measurement.clean_measurement_id
    AND clean_score.measure_id = measure.id
  LEFT JOIN scored_measure AS attacked_score
    ON attacked_score.measurement_id = measurement.run_id
    AND attacked_score.measure_id = measure.id
  CROSS JOIN selected_image ON selected_image.selection_id = measurement.selection_id
  LEFT JOIN image_uncertainty AS clean
    ON clean.measurement_id = measurement.clean_measurement_id
    AND clean.image_index = selected_image.image_index
  LEFT JOIN image_uncertainty AS attacked
    ON attacked.measurement_id = measurement.run_id
    AND attacked.image_index = selected_image.image_index
  CROSS JOIN (VALUES (0), (1)) AS side
  -- Measures that have columns of their own have no such row, and none is looked for.
  LEFT JOIN image_score
    ON image_score.run_id = iif(side.column1, attacked_score.run_id, clean_score.run_id)
    AND image_score.measure_id = measure.id
    AND image_score.image_index = selected_image.image_index
  WHERE
    iif(
      measure.kind = 'monte_carlo', measurement.passes IS NOT NULL,
      clean_score.run_id IS NOT NULL AND attacked_score.run_id IS NOT NULL)
    AND (NOT is_paired OR (clean.true_label IS NOT NULL AND attacked.true_label IS NOT NULL))
    AND (is_paired OR iif(side.column1, attacked.true_label, clean.true_label) IS NOT NULL)
);

-- What one measure and one voter set say of one image of the mix that detectors are chosen and
-- judged on: all that Algorithm 1 asks.
--
-- The mix of an adversarial set's measurement is every clean image and its adversarial partner, or,
-- where images have no partners, every image of both halves.
-- A measure has rows where both halves of the mix are scored.
--
-- key: measurement, image_index, is_adversarial, measure, voter_set
CREATE VIEW voted_scores AS
SELECT
  measurement,  -- of the adversarial set, by its UUID
  attack,  -- such as 'fgsm', of clean images too
  part,  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  image_index,  -- in the data set's test images, from 0
  is_adversarial,  -- 1: adversarial, 0: clean
  -- 1: the undefended network classifies the clean image correctly, so that the pair counts, or the
  -- image is adversarial without a partner
  kept,
  measure,  -- the measure
  orientation,  -- whether 'high' or 'low' values of the measure mean adversarial
  value,  -- of the measure, in its unit
  -- the value, negated where low ones mean adversarial: the higher, the more suspect
  iif(orientation = 'low', -1.0, 1.0) * value AS score,
  voter_set,  -- the voter set
  -- how many voters of the set agree with prediction; NULL: some of their votes are not recorded
  agreement,
  true_label,  -- the image's class
  prediction,  -- the class with the highest mean logit over all passes
  deterministic_prediction,  -- the undefended network's class, dropout off
  adversarial_set,  -- the attack or the import, of clean images too
  model,  -- the network that looked at the images
  measure_number  -- the measure's place in lists, from 0
FROM (
  SELECT
    run.uuid AS measurement, adversarial_set.attack, part, selected_image.image_index,
    side.column1 AS is_adversarial,
    iif(side.column1 > is_paired, 1, clean.deterministic_prediction = clean.true_label) AS kept,
    measure.name AS measure, orientation,
    CASE measure.id
      WHEN 0 THEN iif(side.column1, attacked.softmax_std, clean.softmax_std)
      WHEN 1 THEN iif(side.column1, attacked.logit_std, clean.logit_std)
      WHEN 2 THEN iif(side.column1, attacked.predictive_entropy, clean.predictive_entropy)
      WHEN 3 THEN iif(side.column1, attacked.mutual_information, clean.mutual_information)
      WHEN 4 THEN iif(side.column1, attacked.max_probability, clean.max_probability)
      WHEN 5 THEN iif(side.column1, attacked.margin, clean.margin)
      WHEN 6 THEN iif(
        side.column1, attacked.deterministic_max_probability, clean.deterministic_max_probability)
      ELSE image_score.value
    END AS value,
    CASE
      WHEN voter_set.id = 0 THEN iif(side.column1, attacked.agreement, clean.agreement)
      WHEN whole_set.id IS NOT NULL THEN (
        SELECT sum(vote.class = iif(side.column1, attacked.prediction, clean.prediction))
        FROM voter_set_member AS member
        CROSS JOIN recorded_voter AS recorded
          ON recorded.measurement_id
              = iif(side.column1, measurement.run_id, measurement.clean_measurement_id)
          AND recorded.voter_id = member.voter_id
        CROSS JOIN image_vote AS vote
          ON vote.run_id = recorded.run_id AND vote.voter_id = member.voter_id
          AND vote.image_index = selected_image.image_index
        WHERE member.voter_set_id = voter_set.id)
    END AS agreement,
    voter_set.name AS voter_set,
    iif(side.column1, attacked.true_label, clean.true_label) AS true_label,
    iif(side.column1, attacked.prediction, clean.prediction) AS prediction,
    iif(side.column1, attacked.deterministic_prediction, clean.deterministic_prediction)
      AS deterministic_prediction,
    attacked_run.uuid AS adversarial_set, model.uuid AS model, measure.id AS measure_number
  FROM measure
  CROSS JOIN voter_set
  CROSS JOIN measurement
  JOIN run ON run.id = measurement.run_id
  JOIN run AS model ON model.id = measurement.model_id
  JOIN run AS attacked_run ON attacked_run.id = measurement.adversarial_set_id
  JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
  LEFT JOIN scored_measure AS clean_score
    ON clean_score.measurement_id = measurement.clean_measurement_id
    AND clean_score.measure_id = measure.id
  LEFT JOIN scored_measure AS attacked_score
    ON attacked_score.measurement_id = measurement.run_id
    AND attacked_score.measure_id = measure.id
  -- Whether all voters of the set are recorded is asked once for a mix, not for every image.
  LEFT JOIN voter_set AS whole_set
    ON whole_set.id = voter_set.id
    AND NOT EXISTS (
      SELECT 1 FROM voter_set_member AS member
      WHERE member.voter_set_id = voter_set.id
        AND (
          NOT EXISTS (
            SELECT 1 FROM recorded_voter AS recorded
            WHERE recorded.measurement_id = measurement.run_id
              AND recorded.voter_id = member.voter_id)
          OR NOT EXISTS (
            SELECT 1 FROM recorded_voter AS recorded
            WHERE recorded.measurement_id = measurement.clean_measurement_id
              AND recorded.voter_id = member.voter_id)))
  CROSS JOIN selected_image ON selected_image.selection_id = measurement.selection_id
  LEFT JOIN image_uncertainty AS clean
    ON clean.measurement_id = measurement.clean_measurement_id
    AND clean.image_index = selected_image.image_index
  LEFT JOIN image_uncertainty AS attacked
    ON attacked.measurement_id = measurement.run_id
    AND attacked.image_index = selected_image.image_index
  CROSS JOIN (VALUES (0), (1)) AS side
  -- Measures that have columns of their own have no such row, and none is looked for.
  LEFT JOIN image_score
    ON image_score.run_id = iif(side.column1, attacked_score.run_id, clean_score.run_id)
    AND image_score.measure_id = measure.id
    AND image_score.image_index = selected_image.image_index
  WHERE
    iif(
      measure.kind = 'monte_carlo', measurement.passes IS NOT NULL,
      clean_score.run_id IS NOT NULL AND attacked_score.run_id IS NOT NULL)
    AND (NOT is_paired OR (clean.true_label IS NOT NULL AND attacked.true_label IS NOT NULL))
    AND (is_paired OR iif(side.column1, attacked.true_label, clean.true_label) IS NOT NULL)
);

-- How many voters of a set agree about an image of the mix that detectors are chosen and judged on.
--
-- Both halves of the mix have all of their votes.
--
-- key: measurement, voter_set, image_index, is_adversarial
CREATE VIEW detection_agreements AS
SELECT
  run.uuid AS measurement,  -- of the adversarial set, by its UUID
  adversarial_set.attack,  -- such as 'fgsm', of clean images too
  part,  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  selected_image.image_index,  -- in the data set's test images, from 0
  side.column1 AS is_adversarial,  -- 1: adversarial, 0: clean
  -- 1: the undefended network classifies the clean image correctly, so that the pair counts, or the
  -- image is adversarial without a partner
  iif(side.column1 > is_paired, 1, clean.deterministic_prediction = clean.true_label) AS kept,
  voter_set.name AS voter_set,  -- the voter set
  -- how many of its voters agree with the prediction
  iif(
    voter_set.id = 0, iif(side.column1, attacked.agreement, clean.agreement),
    (SELECT sum(vote.class = iif(side.column1, attacked.prediction, clean.prediction))
     FROM voter_set_member AS member
     CROSS JOIN recorded_voter AS recorded
       ON recorded.measurement_id
           = iif(side.column1, measurement.run_id, measurement.clean_measurement_id)
       AND recorded.voter_id = member.voter_id
     CROSS JOIN image_vote AS vote
       ON vote.run_id = recorded.run_id AND vote.voter_id = member.voter_id
       AND vote.image_index = selected_image.image_index
     WHERE member.voter_set_id = voter_set.id)) AS agreement,
  -- how many there are
  iif(
    voter_set.id = 0, 5,
    (SELECT count(*) FROM voter_set_member WHERE voter_set_id = voter_set.id)) AS voters,
  attacked_run.uuid AS adversarial_set,  -- the attack or the import, of clean images too
  model.uuid AS model  -- the network that looked at the images
FROM voter_set
CROSS JOIN measurement
JOIN run ON run.id = measurement.run_id
JOIN run AS model ON model.id = measurement.model_id
JOIN run AS attacked_run ON attacked_run.id = measurement.adversarial_set_id
JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
CROSS JOIN selected_image ON selected_image.selection_id = measurement.selection_id
LEFT JOIN image_uncertainty AS clean
  ON clean.measurement_id = measurement.clean_measurement_id
  AND clean.image_index = selected_image.image_index
LEFT JOIN image_uncertainty AS attacked
  ON attacked.measurement_id = measurement.run_id
  AND attacked.image_index = selected_image.image_index
CROSS JOIN (VALUES (0), (1)) AS side
WHERE
  iif(
    voter_set.id = 0, measurement.passes IS NOT NULL,
    NOT EXISTS (
      SELECT 1 FROM voter_set_member AS member
      WHERE member.voter_set_id = voter_set.id
        AND (
          NOT EXISTS (
            SELECT 1 FROM recorded_voter AS recorded
            WHERE recorded.measurement_id = measurement.run_id
              AND recorded.voter_id = member.voter_id)
          OR NOT EXISTS (
            SELECT 1 FROM recorded_voter AS recorded
            WHERE recorded.measurement_id = measurement.clean_measurement_id
              AND recorded.voter_id = member.voter_id))))
  AND (NOT is_paired OR (clean.true_label IS NOT NULL AND attacked.true_label IS NOT NULL))
  AND (is_paired OR iif(side.column1, attacked.true_label, clean.true_label) IS NOT NULL);

-- How a voter classifies one image of the mix that detectors are chosen and judged on.
--
-- A voter has rows where it has voted about both halves of the mix.
--
-- key: measurement, voter, image_index, is_adversarial
CREATE VIEW detection_votes AS
SELECT
  run.uuid AS measurement,  -- of the adversarial set, by its UUID
  adversarial_set.attack,  -- such as 'fgsm', of clean images too
  part,  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  selected_image.image_index,  -- in the data set's test images, from 0
  side.column1 AS is_adversarial,  -- 1: adversarial, 0: clean
  -- 1: the undefended network classifies the clean image correctly, so that the pair counts, or the
  -- image is adversarial without a partner
  iif(side.column1 > is_paired, 1, clean.deterministic_prediction = clean.true_label) AS kept,
  voter.name AS voter,  -- the voter
  image_vote.class AS vote,  -- the network's class of the changed copy
  -- 1: it is prediction, 0: it is not
  image_vote.class = iif(side.column1, attacked.prediction, clean.prediction) AS agrees,
  iif(side.column1, attacked.true_label, clean.true_label) AS true_label,  -- the image's class
  -- the class with the highest mean logit over all passes
  iif(side.column1, attacked.prediction, clean.prediction) AS prediction,
  -- the undefended network's class, dropout off
  iif(side.column1, attacked.deterministic_prediction, clean.deterministic_prediction)
    AS deterministic_prediction,
  attacked_run.uuid AS adversarial_set,  -- the attack or the import, of clean images too
  model.uuid AS model,  -- the network that looked at the images
  voter.id AS voter_number  -- the voter's place in lists, from 0
FROM voter
CROSS JOIN measurement
JOIN run ON run.id = measurement.run_id
JOIN run AS model ON model.id = measurement.model_id
JOIN run AS attacked_run ON attacked_run.id = measurement.adversarial_set_id
JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
CROSS JOIN recorded_voter AS clean_votes
  ON clean_votes.measurement_id = measurement.clean_measurement_id
  AND clean_votes.voter_id = voter.id
CROSS JOIN recorded_voter AS attacked_votes
  ON attacked_votes.measurement_id = measurement.run_id AND attacked_votes.voter_id = voter.id
CROSS JOIN selected_image ON selected_image.selection_id = measurement.selection_id
LEFT JOIN image_uncertainty AS clean
  ON clean.measurement_id = measurement.clean_measurement_id
  AND clean.image_index = selected_image.image_index
LEFT JOIN image_uncertainty AS attacked
  ON attacked.measurement_id = measurement.run_id
  AND attacked.image_index = selected_image.image_index
CROSS JOIN (VALUES (0), (1)) AS side
CROSS JOIN image_vote
  ON image_vote.run_id = iif(side.column1, attacked_votes.run_id, clean_votes.run_id)
  AND image_vote.voter_id = voter.id
  AND image_vote.image_index = selected_image.image_index
WHERE
  (NOT is_paired OR (clean.true_label IS NOT NULL AND attacked.true_label IS NOT NULL))
  AND (is_paired OR iif(side.column1, attacked.true_label, clean.true_label) IS NOT NULL);

-- A detector with its thresholds, and what it declared of the selection's images.
--
-- A detector is of the measure and, between L and H, of a voter set, such as the crops (Algorithm
-- 1). Its score is the measure, negated where low values mean adversarial: score < L is declared
-- clean, score > H adversarial, and between them an image is declared clean if at least C of the
-- set's voters agree with the prediction.
-- Only pairs whose clean image the undefended network classifies correctly count.
--
-- key: thresholds, protocol, method, detector, measure
CREATE VIEW detection_results AS
SELECT
  run,  -- the same as thresholds
  measurement,  -- of the adversarial set
  model,  -- the network that is defended
  adversarial_set,  -- the attack or the import
  dataset,  -- such as 'mnist'
  attack,  -- such as 'fgsm'
  epsilon,  -- the attack's largest change of a pixel, in 0...1; NULL: has none, or imported
  passes,  -- how often the network looked at an image with dropout on; NULL: no dropout, no crops
  crop_side,  -- of the five crops, in pixels; NULL likewise
  protocol,  -- thresholds chosen on 'paper': the selection itself; 'heldout': the other half
  method,  -- how they were chosen: 'exact', 'information_gain' or 'given'
  detector,  -- 'hybrid'; 'uncertainty': L = H; 'crops': every image goes to the voters
  measure,  -- the measure
  orientation,  -- whether 'high' or 'low' values of the measure mean adversarial
  low_threshold,  -- L, on the score; may be infinite
  high_threshold,  -- H, on the score, not below L; may be infinite
  agreement_threshold,  -- C, from 0 to the number of voters
  clean_declared_clean_correct,  -- clean images declared clean, and the prediction is right
  clean_declared_clean_incorrect,  -- clean images declared clean, and the prediction is wrong
  -- clean images declared adversarial: Table 2's false negatives, for there positive means clean
  clean_declared_adversarial,
  adversarial_declared_clean_correct,  -- adversarial ones declared clean, the prediction is right
  adversarial_declared_clean_incorrect,  -- adversarial ones declared clean, the prediction is wrong
  -- adversarial images declared adversarial: Table 2's true negatives
  adversarial_declared_adversarial,
  sent_to_crops,  -- images with a score from L to H
  clean_declared_clean,  -- clean images declared clean: Table 2's true positives
  adversarial_declared_clean,  -- adversarial images declared clean: Table 2's false positives
  CAST(detected AS REAL) / nullif(images, 0) AS detection_accuracy,  -- detected / images, 0...1
  -- of the images declared clean those whose prediction is right, 0...1; NULL: none was
  CAST(classified AS REAL) / nullif(declared_clean, 0) AS classification_accuracy,
  run AS thresholds,  -- the choice of thresholds, by its UUID
  images,  -- clean and adversarial images that were judged
  detected,  -- images declared what they are
  -- lower end of detection_accuracy's 95% confidence interval, by Wilson's score
  max(0.0, (detected + 1.920729410347062
    - 1.959963984540054 * sqrt(1.0 * detected * (images - detected) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS detection_accuracy_low,
  -- its upper end
  min(1.0, (detected + 1.920729410347062
    + 1.959963984540054 * sqrt(1.0 * detected * (images - detected) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS detection_accuracy_high,
  -- lower end of classification_accuracy's 95% confidence interval, by Wilson's score; NULL: none
  -- was declared clean
  max(0.0, (classified + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * classified * (declared_clean - classified) / declared_clean + 0.960364705173531))
    / (declared_clean + 3.841458820694124)) AS classification_accuracy_low,
  -- its upper end
  min(1.0, (classified + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * classified * (declared_clean - classified) / declared_clean + 0.960364705173531))
    / (declared_clean + 3.841458820694124)) AS classification_accuracy_high,
  voter_set  -- whose votes count from L to H
FROM (
  SELECT
    *,
    clean_declared_clean + adversarial_declared_adversarial AS detected,
    clean_declared_clean + clean_declared_adversarial + adversarial_declared_clean
      + adversarial_declared_adversarial AS images,
    clean_declared_clean_correct + adversarial_declared_clean_correct AS classified,
    clean_declared_clean + adversarial_declared_clean AS declared_clean
  FROM (
    SELECT
      run.uuid AS run, measured.uuid AS measurement, model.uuid AS model,
      attacked.uuid AS adversarial_set, training_run.dataset, adversarial_set.attack,
      adversarial_set.epsilon, measurement.passes, measurement.crop_side, threshold_result.*,
      clean_declared_clean_correct + clean_declared_clean_incorrect AS clean_declared_clean,
      adversarial_declared_clean_correct + adversarial_declared_clean_incorrect
        AS adversarial_declared_clean
    FROM threshold_result
    JOIN run ON run.id = threshold_result.run_id
    JOIN measurement ON measurement.run_id = threshold_result.measurement_id
    JOIN run AS measured ON measured.id = measurement.run_id
    JOIN run AS model ON model.id = measurement.model_id
    JOIN run AS attacked ON attacked.id = measurement.adversarial_set_id
    JOIN training_run ON training_run.run_id = measurement.model_id
    JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
  )
);

-- What a detector decides about one image of its mix (Algorithm 1).
--
-- detection_results has the detector's thresholds, and counts the kept images of the selection.
--
-- key: thresholds, protocol, method, detector, measure, image_index, is_adversarial
CREATE VIEW detection_decisions AS
SELECT
  thresholds,  -- the choice of thresholds, by its UUID
  measurement,  -- of the adversarial set
  attack,  -- such as 'fgsm', of clean images too
  protocol,  -- thresholds chosen on 'paper': the selection itself; 'heldout': the other half
  method,  -- how they were chosen: 'exact', 'information_gain' or 'given'
  detector,  -- 'hybrid'; 'uncertainty': L = H; 'crops': every image goes to the voters
  measure,  -- the measure
  part,  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  image_index,  -- in the data set's test images, from 0
  is_adversarial,  -- 1: adversarial, 0: clean
  -- 1: the undefended network classifies the clean image correctly, so that the pair counts
  kept,
  true_label,  -- the image's class
  prediction,  -- the class with the highest mean logit over all passes
  score,  -- the measure's value, negated where low ones mean adversarial
  -- how many voters of the set agree with prediction; NULL: some of their votes are not recorded
  agreement,
  -- how it was decided: 'below L' and 'crops agree' declare it clean, 'crops differ' and 'above H'
  -- adversarial
  CASE
    WHEN score < low_threshold THEN 'below L'
    WHEN score > high_threshold THEN 'above H'
    WHEN agreement >= agreement_threshold THEN 'crops agree'
    ELSE 'crops differ'
  END AS route,
  -- 1: it is declared clean, 0: adversarial
  score < low_threshold OR (score <= high_threshold AND agreement >= agreement_threshold)
    AS declared_clean,
  -- 1: it is declared what it is, 0: not
  is_adversarial
  <> (score < low_threshold OR (score <= high_threshold AND agreement >= agreement_threshold))
    AS is_detected,
  adversarial_set,  -- the attack or the import, of clean images too
  model,  -- the network that is defended
  voter_set  -- whose votes count from L to H; 'crops' in route stands for any
FROM (
  SELECT
    detector.thresholds, detector.measurement, detector.attack, detector.protocol, detector.method,
    detector.detector, detector.measure, detector.low_threshold, detector.high_threshold,
    detector.agreement_threshold, detector.adversarial_set, detector.model, detector.voter_set,
    image.part,
    image.image_index, image.is_adversarial, image.kept, image.true_label, image.prediction,
    image.agreement, iif(detector.orientation = 'low', -1.0, 1.0) * image.value AS score
  FROM detection_results AS detector
  JOIN voted_scores AS image
    ON image.measurement = detector.measurement AND image.measure = detector.measure
    AND image.voter_set = detector.voter_set
);

-- A learned detector: what it was fitted to and on.
--
-- key: detector_name
CREATE VIEW detectors AS
SELECT
  run.uuid AS run,  -- the fit, by its UUID
  run.state,  -- 'queued', 'running', 'finished', 'failed' or 'interrupted'
  detector.name AS detector_name,  -- the user's name for it
  measure.name AS measure,  -- its score
  learner,  -- what was fitted, such as 'logistic'
  model.uuid AS model,  -- the network that it defends
  -- the images of its mixes that it was fitted on: 'selection', 'heldout', or 'all': both
  detector.part AS fitted_part,
  -- the attacks that it was fitted on, as a sorted JSON array
  (SELECT json_group_array(attack)
   FROM (
     SELECT DISTINCT adversarial_set.attack
     FROM detector_mix
     JOIN measurement ON measurement.run_id = detector_mix.measurement_id
     JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
     WHERE detector_mix.run_id = detector.run_id
     ORDER BY adversarial_set.attack)) AS fitted_attacks,
  threshold,  -- a score above it declares an image adversarial; chosen on the images of the fit
  clean_images,  -- clean and noisy images that it was fitted on
  adversarial_images,  -- adversarial images that it was fitted on
  (SELECT count(*) FROM detector_input WHERE detector_input.run_id = detector.run_id)
    AS inputs,  -- how many measures and votes it looks at
  -- how the fit is put aside, or its model: 'archived', or 'deleted' until db vacuum; NULL: is not
  (SELECT max(how) FROM hidden_run WHERE hidden_run.run_id IN (run.id, model.id)) AS hidden
FROM detector
JOIN run ON run.id = detector.run_id
JOIN run AS model ON model.id = detector.model_id
JOIN measure ON measure.id = detector.measure_id;

-- What a learned detector looks at: a measure, or whether a voter differs from the prediction.
--
-- key: detector_name, input
CREATE VIEW detector_inputs AS
SELECT
  run.uuid AS run,  -- the fit, by its UUID
  detector.name AS detector_name,  -- the detector
  place,  -- counts the detector's inputs from 0
  input,  -- a measure's name, or 'vote:' and a voter's
  weight,  -- of the standardised input, or how much it matters, as the learner has it
  iif(input GLOB 'vote:*', NULL, input) AS measure,  -- the measure; NULL: is a vote
  iif(input GLOB 'vote:*', substr(input, 6), NULL) AS voter  -- the voter; NULL: is a measure
FROM detector_input
JOIN detector ON detector.run_id = detector_input.run_id
JOIN run ON run.id = detector.run_id;

-- How a learned detector judges the images of a mix by its own threshold.
--
-- Only kept images count. A detector is fair to images that it was not fitted on alone: fitted_on
-- says of a row whether it was.
--
-- key: detector_name, measurement, part
CREATE VIEW detector_results AS
SELECT
  run,  -- the fit, by its UUID
  detector_name,  -- the detector
  measurement,  -- of the adversarial set, by its UUID
  attack,  -- such as 'fgsm'
  part,  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  -- 1: the detector was fitted on these very images; 0: was not, though maybe on the clean ones
  fitted_on,
  threshold,  -- a score above it declares an image adversarial
  clean,  -- clean images
  false_positives,  -- clean images declared adversarial
  adversarial,  -- adversarial images
  true_positives,  -- adversarial images declared so
  detected,  -- images declared what they are
  images,  -- clean and adversarial images together
  CAST(detected AS REAL) / images AS detection_accuracy,  -- detected / images, 0...1
  -- lower end of detection_accuracy's 95% confidence interval, by Wilson's score
  max(0.0, (detected + 1.920729410347062
    - 1.959963984540054 * sqrt(1.0 * detected * (images - detected) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS detection_accuracy_low,
  -- its upper end
  min(1.0, (detected + 1.920729410347062
    + 1.959963984540054 * sqrt(1.0 * detected * (images - detected) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS detection_accuracy_high,
  adversarial_set,  -- the attack or the import, by its UUID
  model,  -- the network that it defends
  measure  -- its score
FROM (
  SELECT
    detector.*, counted.value ->> 0 AS clean, counted.value ->> 1 AS false_positives,
    counted.value ->> 2 AS adversarial, counted.value ->> 3 AS true_positives,
    (counted.value ->> 0) - (counted.value ->> 1) + (counted.value ->> 3) AS detected,
    (counted.value ->> 0) + (counted.value ->> 2) AS images
  FROM (
    SELECT
      run.uuid AS run, detector.name AS detector_name, measured.uuid AS measurement,
      adversarial_set.attack, half.column1 AS part, threshold, attacked.uuid AS adversarial_set,
      model.uuid AS model, measure.name AS measure,
      detector.part IN (half.column1, 'all') AND EXISTS (
        SELECT 1 FROM detector_mix
        WHERE detector_mix.run_id = detector.run_id
          AND detector_mix.measurement_id = measurement.run_id) AS fitted_on
    FROM detector
    JOIN run ON run.id = detector.run_id
    JOIN run AS model ON model.id = detector.model_id
    JOIN measure ON measure.id = detector.measure_id
    CROSS JOIN measurement ON measurement.model_id = detector.model_id
    JOIN run AS measured ON measured.id = measurement.run_id
    JOIN run AS attacked ON attacked.id = measurement.adversarial_set_id
    JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
    CROSS JOIN scored_measure
      ON scored_measure.measurement_id = measurement.run_id
      AND scored_measure.measure_id = detector.measure_id
    CROSS JOIN (VALUES ('selection'), ('heldout')) AS half
  ) AS detector
  -- A function's table is made once for each row on its left.
  CROSS JOIN json_each(json_array((
    SELECT
      json_array(
        sum(NOT is_adversarial), sum(NOT is_adversarial AND score > detector.threshold),
        sum(is_adversarial), sum(is_adversarial AND score > detector.threshold))
    FROM detection_scores AS image
    WHERE image.measurement = detector.measurement AND image.measure = detector.measure
      AND image.part = detector.part AND image.kept))) AS counted
  WHERE counted.value ->> 0 IS NOT NULL
);

-- A run that a study used, directly or not, or the study itself: its stages with their times.
--
-- A study is a run of kind 'reproduce' or 'study', or a model that stands for all of its sets.
--
-- key: study, run
CREATE VIEW study_runs AS
SELECT
  study,  -- the study or the model, by its UUID
  study_kind,  -- 'reproduce' or 'study' for a study, 'train' for a model
  -- what ran, and on what, such as 'train', 'select', 'attack fgsm', 'measure clean',
  -- 'thresholds fgsm' or 'reproduce'
  kind || coalesce(' ' || label, iif(kind IN ('measure', 'score'), ' clean', '')) AS stage,
  run,  -- the run, by its UUID
  kind,  -- what ran
  label,  -- what tables call the adversarial set that it is about; NULL: all of them use it
  state,  -- 'queued', 'running', 'finished', 'failed' or 'interrupted'
  created,  -- when it was recorded, UTC
  -- when the first process began to work on it, UTC; NULL: none has yet
  (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', min(started_ms) / 1000.0, 'unixepoch')
   FROM execution WHERE run_id = record_number) AS started,
  finished,  -- when it finished, UTC; NULL: has not finished
  duration_seconds,  -- how long all processes together worked on it, in seconds; NULL: none has yet
  record_number  -- counts the file's runs in the order in which they were recorded
FROM (
  SELECT
    study.uuid AS study, study.kind AS study_kind, runs.*,
    iif(
      study.kind = 'study',
      -- The attack, or the noise, that the run made, measured or scored.
      (SELECT attack FROM adversarial_set
       WHERE run_id IN (
         runs.record_number,
         (SELECT adversarial_set_id FROM measurement
          WHERE run_id IN (
            runs.record_number,
            (SELECT measurement_id FROM score_run WHERE run_id = runs.record_number))))),
      (SELECT label FROM studies
       WHERE studies.study = study.uuid
         AND runs.run IN (studies.adversarial_set, studies.measurement, studies.thresholds)
       LIMIT 1)) AS label
  FROM run AS study
  CROSS JOIN json_each((
    WITH RECURSIVE
    used (id) AS (
      SELECT study.id
      UNION
      SELECT run.id FROM reported_sets JOIN run ON run.uuid = reported_sets.thresholds
      WHERE reported_sets.model = study.uuid
      UNION
      SELECT lineage.parent_run_id FROM used JOIN lineage ON lineage.run_id = used.id
    )
    SELECT json_group_array(id) FROM used)) AS used
  CROSS JOIN runs ON runs.record_number = used.value
  WHERE study.kind IN ('reproduce', 'train', 'study')
    AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = study.id AND how = 'deleted')
);

-- A measurement of an adversarial set by the name that a study's tables have for it, with the
-- choices of thresholds that the study made by it.
--
-- Where study is NULL, the row is about no study: every measurement has such rows, by the name of
-- its attack, one for each choice of thresholds that was ever made by it. So "study IS :study"
-- takes a study's measurements, or all there are. Noisy sets and
-- what was deleted are left out.
--
-- key: study, measurement, thresholds
CREATE VIEW study_measurements AS
SELECT
  study,  -- the study or the model, by its UUID; NULL: no study
  measurement,  -- of the adversarial set
  thresholds,  -- the choice of thresholds; NULL: none was made
  attack,  -- such as 'fgsm', or what an imported set is called
  label  -- what tables call the adversarial set
FROM studies
UNION ALL
SELECT NULL, measurement, lineages.run, attack, attack
FROM measurements
LEFT JOIN lineages
  ON lineages.parent = measurement AND lineages.role = 'measurement'
  AND lineages.kind = 'thresholds'
WHERE adversarial_set IS NOT NULL AND NOT is_noisy AND hidden IS NOT 'deleted'
UNION ALL
-- A run of kind 'study' judges all adversarial sets that it used.
SELECT study_runs.study, measurement, NULL, attack, attack
FROM study_runs
JOIN measurements ON measurements.measurement = study_runs.run
WHERE study_runs.study_kind = 'study' AND adversarial_set IS NOT NULL AND NOT is_noisy;

-- A detector of a study, with all that detection_results says of it.
--
-- key: study, thresholds, protocol, method, detector, measure
CREATE VIEW study_results AS
SELECT
  studies.study,  -- the study or the model, by its UUID
  studies.kind AS study_kind,  -- 'reproduce' for a study, 'train' for a model
  studies.is_default,  -- 1: queries that name no study mean it; 0: not
  studies.label,  -- what tables call the adversarial set
  studies.published_attack,  -- the attack whose published numbers may stand beside it; NULL: none
  detection_results.measure = studies.measure AS is_tabled,  -- 1: tables are about this measure
  detection_results.thresholds,  -- the choice of thresholds
  detection_results.measurement,  -- of the adversarial set
  detection_results.model,  -- the network that is defended
  detection_results.adversarial_set,  -- the attack or the import
  detection_results.dataset,  -- such as 'mnist'
  detection_results.attack,  -- such as 'fgsm'
  detection_results.epsilon,  -- the attack's largest change of a pixel; NULL: has none, or imported
  -- how often the network looked at an image with dropout on; NULL: no dropout, no crops
  detection_results.passes,
  detection_results.crop_side,  -- of the five crops, in pixels; NULL likewise
  detection_results.protocol,  -- 'paper' or 'heldout': where the thresholds were chosen
  detection_results.method,  -- how they were chosen: 'exact', 'information_gain' or 'given'
  detection_results.detector,  -- 'hybrid', 'uncertainty' or 'crops'
  detection_results.measure,  -- the measure of uncertainty
  detection_results.orientation,  -- whether 'high' or 'low' values mean adversarial
  detection_results.low_threshold,  -- L, on the score
  detection_results.high_threshold,  -- H, on the score
  detection_results.agreement_threshold,  -- C, from 0 to the number of voters
  detection_results.images,  -- clean and adversarial images that were judged
  detection_results.detected,  -- images declared what they are
  detection_results.clean_declared_clean,  -- clean images declared clean
  detection_results.clean_declared_adversarial,  -- clean images declared adversarial
  detection_results.adversarial_declared_clean,  -- adversarial images declared clean
  detection_results.adversarial_declared_adversarial,  -- adversarial images declared adversarial
  detection_results.clean_declared_clean_correct,  -- of them, the prediction is right
  detection_results.clean_declared_clean_incorrect,  -- of them, the prediction is wrong
  detection_results.adversarial_declared_clean_correct,  -- of them, the prediction is right
  detection_results.adversarial_declared_clean_incorrect,  -- of them, the prediction is wrong
  detection_results.sent_to_crops,  -- images with a score from L to H
  detection_results.detection_accuracy,  -- detected / images, 0...1
  detection_results.detection_accuracy_low,  -- 95% confidence interval by Wilson's score
  detection_results.detection_accuracy_high,  -- its upper end
  -- of the images declared clean those whose prediction is right, 0...1; NULL: none was
  detection_results.classification_accuracy,
  detection_results.classification_accuracy_low,  -- 95% interval by Wilson's score; NULL as before
  detection_results.classification_accuracy_high,  -- its upper end
  detection_results.voter_set  -- whose votes count from L to H
FROM studies
JOIN detection_results ON detection_results.run = studies.thresholds;

-- A number that one of the papers behind the studies published, to stand beside ours.
--
-- key: published_study, table_name, row, attack, dataset, quantity
CREATE VIEW published_values AS
SELECT
  study AS published_study,  -- 'feinman', 'graese', 'guo' or 'distillation'
  table_name,  -- of the study's report
  row,  -- what the number is of, such as a detector
  attack,  -- such as 'fgsm'; '' for all or none
  dataset,  -- such as 'mnist'; '' for none
  quantity,  -- what it is, such as 'auroc'
  unit,  -- 'fraction', 0...1, or as it says
  value,  -- as published
  -- 'S': read in the paper itself; 'C': in its authors' code or files; '2': in a second source
  certainty,
  place  -- where it stands
FROM published_value;

PRAGMA user_version = 13;
