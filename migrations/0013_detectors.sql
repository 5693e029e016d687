-- Measures, votes and learned detectors as rows, so that anything can be added without a column.
--
-- A measure is a number an image, a voter a class an image; a learned detector is a measure whose
-- values are its scores. The Monte Carlo measures and the five crops stay wide in
-- image_uncertainty, since one pass gives them all; every other value is a narrow row. Models and
-- scores that were made elsewhere have their place, too: what is not known of them is NULL.

-- What views are made of changes first. The views follow at the end.

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
  targets          TEXT    NOT NULL DEFAULT 'labels',  -- what it learnt: 'labels', 'soft_labels'
  temperature      REAL    NOT NULL DEFAULT 1 CHECK (temperature > 0),  -- of the softmax in training
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
-- The detector scores an image by a measure, negated where low values mean adversarial: score < low:
-- clean; score > high: adversarial; between them clean exactly if at least agreement_threshold of a
-- voter set's voters agree with the prediction. Infinite thresholds are stored as infinities.
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
  part                TEXT    NOT NULL CHECK (part IN ('selection', 'heldout')),  -- fitted on it
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

-- Numbers that papers published, to print beside ours. Only what was read in the paper ('S'), in its
-- authors' code or files ('C'), or in a second source ('2').
CREATE TABLE published_value (
  study       TEXT NOT NULL,  -- 'feinman', 'graese', 'guo', 'distillation'
  table_name  TEXT NOT NULL,  -- of the study's report
  row         TEXT NOT NULL,  -- what the number is of, such as a detector
  attack      TEXT NOT NULL,  -- '' for all or none
  dataset     TEXT NOT NULL,  -- 'mnist'
  quantity    TEXT NOT NULL,  -- 'auroc'
  unit        TEXT NOT NULL,  -- 'fraction', 'images', 'pixels'
  value       REAL NOT NULL,
  certainty   TEXT NOT NULL CHECK (certainty IN ('S', 'C', '2')),
  place       TEXT NOT NULL,  -- where it stands in the source
  PRIMARY KEY (study, table_name, row, attack, dataset, quantity)
) STRICT, WITHOUT ROWID;

-- Views keep their columns, in order, and have new ones at the end.

DROP VIEW measures;

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

PRAGMA user_version = 13;
