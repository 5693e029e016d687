-- Evaluations: what attacks of many kinds leave of a model and of the detection system around it.
--
-- One more word of the vocabulary at the head of 0013_detectors.sql:
--
--   evaluation        a run of kind 'evaluation', which joins attacks and verdicts

-- Verdicts may be of clean images, and say how far each image is from the thresholds. A NULL and a
-- NOT NULL change only with their tables.

CREATE TEMP TABLE kept_verdict AS
SELECT
  verdict.run_id, adversarial_set_id, model_id, selection_id, detector, verdict.image_count,
  flagged_count, evading_count
FROM verdict JOIN adversarial_set ON adversarial_set.run_id = adversarial_set_id;

CREATE TEMP TABLE kept_image AS
SELECT
  verdict_id, adversarial_verdict.image_index, true_label, adversarial_verdict.prediction, score,
  agreement, is_flagged, is_evading
FROM adversarial_verdict
JOIN verdict ON verdict.run_id = verdict_id
JOIN adversarial_image USING (adversarial_set_id, image_index);

DROP TABLE adversarial_verdict;
DROP TABLE verdict;

-- What a whole detection system says of the images of a selection, clean or attacked, by draws that
-- no attack has seen.
CREATE TABLE verdict (
  run_id              INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  adversarial_set_id  INTEGER REFERENCES adversarial_set (run_id),  -- NULL: the clean images
  model_id            INTEGER NOT NULL REFERENCES training_run (run_id),
  selection_id        INTEGER NOT NULL REFERENCES image_selection (run_id),
  detector            TEXT    NOT NULL CHECK (length(detector) > 0),
  image_count         INTEGER CHECK (image_count >= 0),  -- NULL: not all images are judged yet
  flagged_count       INTEGER CHECK (flagged_count BETWEEN 0 AND image_count),
  evading_count       INTEGER CHECK (evading_count BETWEEN 0 AND image_count - flagged_count)
) STRICT;

INSERT INTO verdict SELECT * FROM kept_verdict;
DROP TABLE kept_verdict;
CREATE INDEX verdict_adversarial_set ON verdict (adversarial_set_id);
CREATE INDEX verdict_model ON verdict (model_id);
CREATE INDEX verdict_selection ON verdict (selection_id);

-- What it says of one image, clean or adversarial.
CREATE TABLE adversarial_verdict (
  verdict_id        INTEGER NOT NULL REFERENCES verdict (run_id) ON DELETE CASCADE,
  image_index       INTEGER NOT NULL CHECK (image_index >= 0),
  true_label        INTEGER NOT NULL CHECK (true_label >= 0),
  prediction        INTEGER NOT NULL CHECK (prediction >= 0),
  score             REAL    NOT NULL,
  -- How far the score is above the threshold that applies to the image; NULL: not recorded before
  -- version 16.
  excess            REAL    CHECK (is_flagged = (excess > 0)),
  agreement         INTEGER CHECK (agreement >= 0),  -- voters of the same class; NULL: no voters
  is_flagged        INTEGER NOT NULL CHECK (is_flagged IN (0, 1)),
  -- 1: another class than the true one, or that which the attack aimed at; NULL likewise.
  is_misclassified  INTEGER CHECK (is_misclassified IN (0, 1)),
  is_evading        INTEGER NOT NULL CHECK (is_evading BETWEEN 0 AND 1 - is_flagged),
  PRIMARY KEY (verdict_id, image_index),
  CHECK (is_evading = (is_misclassified AND NOT is_flagged))
) STRICT, WITHOUT ROWID;

INSERT INTO adversarial_verdict (
  verdict_id, image_index, true_label, prediction, score, agreement, is_flagged, is_evading
)
SELECT
  verdict_id, image_index, true_label, prediction, score, agreement, is_flagged, is_evading
FROM kept_image;
DROP TABLE kept_image;

CREATE TRIGGER verdict_is_final BEFORE UPDATE ON verdict WHEN old.image_count IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a result is written once: verdict'); END;

CREATE TRIGGER adversarial_verdict_is_final BEFORE UPDATE ON adversarial_verdict
BEGIN SELECT RAISE(ABORT, 'a result is written once: adversarial_verdict'); END;

-- An evaluation: the run that joins its parts, written when all of them are finished.
CREATE TABLE evaluation (
  run_id                   INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  model_id                 INTEGER NOT NULL REFERENCES training_run (run_id),
  selection_id             INTEGER NOT NULL REFERENCES image_selection (run_id),
  detector                 TEXT    CHECK (length(detector) > 0),  -- NULL: the network alone
  baseline_id              INTEGER REFERENCES training_run (run_id),  -- NULL: there is none
  norm                     TEXT    NOT NULL CHECK (norm IN ('linf', 'l2')),
  epsilon                  REAL    NOT NULL CHECK (epsilon >= 0),  -- the main one
  -- The classes of the clean images by the network alone, and by the baseline.
  measurement_id           INTEGER NOT NULL REFERENCES measurement (run_id),
  baseline_measurement_id  INTEGER REFERENCES measurement (run_id)
) STRICT;
CREATE INDEX evaluation_model ON evaluation (model_id);
CREATE INDEX evaluation_baseline ON evaluation (baseline_id);
CREATE INDEX evaluation_selection ON evaluation (selection_id);
CREATE INDEX evaluation_measurement ON evaluation (measurement_id);
CREATE INDEX evaluation_baseline_measurement ON evaluation (baseline_measurement_id);

-- A part of an evaluation: attacked images, or the clean ones, and what the detector said of them.
CREATE TABLE evaluation_part (
  evaluation_id       INTEGER NOT NULL REFERENCES evaluation (run_id) ON DELETE CASCADE,
  part_number         INTEGER NOT NULL CHECK (part_number > 0),  -- from 1
  part_role           TEXT    NOT NULL
    CHECK (part_role IN ('clean', 'attack', 'doubled', 'restarted', 'baseline')),
  is_adaptive         INTEGER NOT NULL CHECK (is_adaptive IN (0, 1)),
  adversarial_set_id  INTEGER REFERENCES adversarial_set (run_id),  -- NULL: the clean images
  verdict_id          INTEGER REFERENCES verdict (run_id),  -- NULL: no detector judged
  repeats             INTEGER CHECK (repeats > 0),  -- the part whose effort it raises; NULL: none
  PRIMARY KEY (evaluation_id, part_number),
  FOREIGN KEY (evaluation_id, repeats) REFERENCES evaluation_part (evaluation_id, part_number),
  CHECK ((part_role = 'clean') = (adversarial_set_id IS NULL)),
  CHECK ((part_role IN ('doubled', 'restarted')) = (repeats IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX evaluation_part_set ON evaluation_part (adversarial_set_id);
CREATE INDEX evaluation_part_verdict ON evaluation_part (verdict_id);
CREATE INDEX evaluation_part_repeats ON evaluation_part (evaluation_id, repeats);

CREATE TRIGGER evaluation_is_final BEFORE UPDATE ON evaluation
BEGIN SELECT RAISE(ABORT, 'a result is written once: evaluation'); END;

CREATE TRIGGER evaluation_part_is_final BEFORE UPDATE ON evaluation_part
BEGIN SELECT RAISE(ABORT, 'a result is written once: evaluation_part'); END;

-- What adversarially trained networks and others keep of MNIST within L-infinity 0.3.
INSERT INTO published_value (
  study, table_name, row, attack, dataset, quantity, unit, value, certainty, place
) VALUES
  ('evaluation', 'robust_accuracy', 'madry-mnist', '', 'mnist', 'clean_accuracy', 'fraction',
   0.9853, 'S', 'AutoAttack README, MNIST, L-infinity 0.3'),
  ('evaluation', 'robust_accuracy', 'madry-mnist', 'autoattack', 'mnist', 'robust_accuracy',
   'fraction', 0.885, 'S', 'AutoAttack README, MNIST, L-infinity 0.3'),
  ('evaluation', 'robust_accuracy', 'madry-mnist', 'fgsm', 'mnist', 'robust_accuracy',
   'fraction', 0.9636, 'S', 'README of the MNIST challenge, epsilon 0.3'),
  ('evaluation', 'robust_accuracy', 'madry-mnist', 'pgd', 'mnist', 'robust_accuracy',
   'fraction', 0.9252, 'S', 'README of the MNIST challenge: 100 steps, epsilon 0.3'),
  ('evaluation', 'robust_accuracy', 'madry-mnist', 'pgd-restarts', 'mnist', 'robust_accuracy',
   'fraction', 0.8962, 'S', 'README of the MNIST challenge: 100 steps, 50 restarts'),
  ('evaluation', 'robust_accuracy', 'madry-mnist', 'best', 'mnist', 'robust_accuracy',
   'fraction', 0.88, 'S', 'README of the MNIST challenge: best known attack'),
  ('evaluation', 'robust_accuracy', 'trades', 'autoattack', 'mnist', 'robust_accuracy',
   'fraction', 0.9281, 'S', 'AutoAttack README, MNIST, L-infinity 0.3'),
  ('evaluation', 'robust_accuracy', 'gowal-2020', 'autoattack', 'mnist', 'robust_accuracy',
   'fraction', 0.9634, 'S', 'AutoAttack README, MNIST, L-infinity 0.3'),
  ('evaluation', 'robust_accuracy', 'taghanaki-2019', 'autoattack', 'mnist', 'robust_accuracy',
   'fraction', 0.0, 'S', 'AutoAttack README: a defence without adversarial training');

-- Views keep their columns, in order, and have new ones at the end.

DROP VIEW published_values;

-- A number that one of the papers behind the studies published, to stand beside ours.
--
-- key: published_study, table_name, row, attack, dataset, quantity
CREATE VIEW published_values AS
SELECT
  study AS published_study,  -- 'feinman', 'graese', 'guo', 'distillation' or 'evaluation'
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

DROP VIEW study_runs;

-- A run that a study used, directly or not, or the study itself: its stages with their times.
--
-- A study is a run of kind 'reproduce', 'study' or 'evaluation', or a model that stands for all of
-- its sets.
--
-- key: study, run
CREATE VIEW study_runs AS
SELECT
  study,  -- the study or the model, by its UUID
  study_kind,  -- 'reproduce', 'study' or 'evaluation', or 'train' for a model
  -- what ran, and on what, such as 'train', 'select', 'attack fgsm', 'measure clean',
  -- 'thresholds fgsm' or 'reproduce'
  kind || coalesce(' ' || label, iif(kind IN ('measure', 'score', 'verdict'), ' clean', ''))
    AS stage,
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
      study.kind IN ('study', 'evaluation'),
      -- The attack, or the noise, that the run made, measured, scored or judged.
      (SELECT attack FROM adversarial_set
       WHERE run_id IN (
         runs.record_number,
         (SELECT adversarial_set_id FROM verdict WHERE run_id = runs.record_number),
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
  WHERE study.kind IN ('reproduce', 'train', 'study', 'evaluation')
    AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = study.id AND how = 'deleted')
);

DROP VIEW verdicts;

-- What a detection system as a whole made of the images of a selection, attacked or clean.
--
-- key: verdict
CREATE VIEW verdicts AS
SELECT
  run.uuid AS verdict,  -- the run that judged, by its UUID
  run.uuid AS run,  -- the same
  run.state,  -- 'queued', 'running', 'finished', 'failed' or 'interrupted'
  attacked.uuid AS adversarial_set,  -- the set that was judged; NULL: the clean images
  model.uuid AS model,  -- the network that the detector defends
  adversarial_set.attack,  -- by which the set was made, such as 'selective'; NULL: the clean images
  -- a learned detector, a measure with its thresholds, or 'wang-zhang'
  verdict.detector,
  -- 1: the attack knew this detector; 0: it knew none, or another
  coalesce(
    run.configuration -> '$.detector' = attacked.configuration -> '$.detector', 0) AS is_adaptive,
  verdict.image_count,  -- images that were judged; NULL: not all are yet
  flagged_count,  -- images that the detector declared adversarial; NULL likewise
  evading_count,  -- images that were misclassified and declared clean; NULL likewise
  1.0 * evading_count / verdict.image_count AS evading_rate,  -- their share, 0...1; NULL likewise
  -- lower end of evading_rate's 95% confidence interval, by Wilson's score; NULL as before
  max(0.0, (evading_count + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * evading_count * (verdict.image_count - evading_count) / verdict.image_count
        + 0.960364705173531))
    / (verdict.image_count + 3.841458820694124)) AS evading_rate_low,
  -- its upper end
  min(1.0, (evading_count + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * evading_count * (verdict.image_count - evading_count) / verdict.image_count
        + 0.960364705173531))
    / (verdict.image_count + 3.841458820694124)) AS evading_rate_high,
  -- how the set or its model is put aside: 'archived', or 'deleted' until db vacuum; NULL: is not
  (SELECT max(how) FROM hidden_run
   WHERE hidden_run.run_id IN (run.id, attacked.id, model.id)) AS hidden,
  iif(attacked.id IS NULL, 'clean', 'adversarial') AS judged_images,  -- what was judged
  selection.uuid AS selection  -- the images, or those that were attacked
FROM verdict
JOIN run ON run.id = verdict.run_id
JOIN run AS model ON model.id = verdict.model_id
JOIN run AS selection ON selection.id = verdict.selection_id
LEFT JOIN adversarial_set ON adversarial_set.run_id = verdict.adversarial_set_id
LEFT JOIN run AS attacked ON attacked.id = adversarial_set.run_id;

DROP VIEW adversarial_verdicts;

-- What a detection system as a whole said of an adversarial image.
--
-- key: verdict, image_index
CREATE VIEW adversarial_verdicts AS
SELECT
  run.uuid AS verdict,  -- the run that judged, by its UUID
  attacked.uuid AS adversarial_set,  -- the set that was judged
  image_index,  -- of the clean image, in the data set's test images, from 0
  -- the class by the mean logits of all passes; that without dropout for a model that has none
  adversarial_verdict.prediction,
  score,  -- the detector's; high means adversarial
  agreement,  -- voters of the same class as the prediction; NULL: there are no voters
  is_flagged,  -- 1: declared adversarial; 0: declared clean
  is_evading,  -- 1: misclassified, or as the attack aimed at, and declared clean; 0: not
  -- how far the score is above the threshold that applies to the image, in the score's units: above
  -- 0 where it is declared adversarial; NULL: not recorded before version 16
  excess,
  is_misclassified  -- 1: misclassified, or as the attack aimed at; 0: not; NULL likewise
FROM adversarial_verdict
JOIN verdict ON verdict.run_id = adversarial_verdict.verdict_id
JOIN run ON run.id = verdict.run_id
JOIN run AS attacked ON attacked.id = verdict.adversarial_set_id;

-- What a detection system as a whole said of an image, clean or adversarial.
--
-- A detector is one number an image: with a threshold t on excess instead of 0, an image evades it
-- where is_misclassified and excess <= t.
--
-- key: verdict, image_index
CREATE VIEW image_verdicts AS
SELECT
  run.uuid AS verdict,  -- the run that judged, by its UUID
  image_index,  -- of the clean image, in the data set's test images, from 0
  -- the class by the mean logits of all passes; that without dropout for a model that has none
  prediction,
  true_label,  -- the image's class
  score,  -- the detector's; high means adversarial
  -- how far the score is above the threshold that applies to the image, in the score's units: above
  -- 0 where it is declared adversarial; NULL: not recorded before version 16
  excess,
  agreement,  -- voters of the same class as the prediction; NULL: there are no voters
  is_flagged,  -- 1: declared adversarial; 0: declared clean
  is_misclassified,  -- 1: misclassified, or as the attack aimed at; 0: not; NULL likewise
  is_evading  -- 1: misclassified, or as the attack aimed at, and declared clean; 0: not
FROM adversarial_verdict
JOIN run ON run.id = verdict_id;

-- An evaluation: a model, and a detector if there is one, under many attacks on the same images.
--
-- key: evaluation
CREATE VIEW evaluations AS
SELECT
  run.uuid AS evaluation,  -- its run, by its UUID
  run.uuid AS run,  -- the same
  run.state,  -- 'queued', 'running', 'finished', 'failed' or 'interrupted'
  model.uuid AS model,  -- the network that is attacked
  -- a learned detector, a measure with its thresholds, or 'wang-zhang'; NULL: the network alone
  detector,
  baseline.uuid AS baseline,  -- the network under the same attacks beside it; NULL: there is none
  selection.uuid AS selection,  -- the images that are attacked
  training_run.dataset,  -- such as 'mnist'
  norm,  -- that the attacks with a budget keep small: 'linf' or 'l2'
  evaluation.epsilon,  -- the main budget, in that norm, pixels in 0...1
  (SELECT count(*) FROM selected_image
   WHERE selected_image.selection_id = evaluation.selection_id) AS image_count,  -- images
  -- how it or a model is put aside: 'archived', or 'deleted' until db vacuum; NULL: is not
  (SELECT max(how) FROM hidden_run
   WHERE hidden_run.run_id IN (run.id, model.id, baseline.id)) AS hidden
FROM evaluation
JOIN run ON run.id = evaluation.run_id
JOIN run AS model ON model.id = model_id
JOIN run AS selection ON selection.id = selection_id
JOIN training_run ON training_run.run_id = model_id
LEFT JOIN run AS baseline ON baseline.id = baseline_id;

-- A part of an evaluation: the images of one attack, or the clean ones, and who judged them.
--
-- key: evaluation, part_number
CREATE VIEW evaluation_parts AS
SELECT
  run.uuid AS evaluation,  -- its run, by its UUID
  part_number,  -- from 1
  -- 'clean': the images themselves; 'attack'; 'doubled': an attack with twice the iterations;
  -- 'restarted': with more restarts; 'baseline': an attack on the baseline
  part_role,
  attack.name AS attack,  -- such as 'pgd'; NULL: the clean images
  is_adaptive,  -- 1: the attack knows the detector, or how it draws; 0: it knows the network alone
  -- that the attack keeps small: 'linf', 'l2', 'l0' or 'none'; NULL: the clean images
  coalesce(adversarial_set.parameters ->> '$.norm', attack.norm) AS norm,
  -- the most of it that was allowed; NULL: as little as the attack finds, or the clean images
  iif(attack.budget = 'epsilon', adversarial_set.parameters ->> '$.epsilon', NULL) AS epsilon,
  adversarial_set.parameters,  -- the attack's, as JSON; NULL: the clean images
  -- what the attack asks of the network: 'white-box' (gradients), 'scores' (logits), 'decision'
  -- (classes) or 'none'; NULL: the clean images
  attack.knowledge,
  -- 1: many steps, each by what the last one gave; 0: one; NULL: the clean images
  attack.is_iterative,
  model.uuid AS model,  -- the network that is attacked: the evaluation's, or its baseline
  attacked.uuid AS adversarial_set,  -- the attacked images; NULL: the clean ones
  verdict.uuid AS verdict,  -- what the detector said; NULL: there is none, or it is the baseline's
  repeats  -- the number of the part whose effort this one raises; NULL: none
FROM evaluation_part
JOIN evaluation ON evaluation.run_id = evaluation_id
JOIN run ON run.id = evaluation_id
LEFT JOIN adversarial_set ON adversarial_set.run_id = adversarial_set_id
LEFT JOIN attack ON attack.name = adversarial_set.attack
LEFT JOIN run AS attacked ON attacked.id = adversarial_set_id
JOIN run AS model ON model.id = coalesce(adversarial_set.model_id, evaluation.model_id)
LEFT JOIN run AS verdict ON verdict.id = verdict_id;

-- A clean image of an evaluation: its classes by the networks alone, without dropout.
--
-- key: evaluation, image_index
CREATE VIEW evaluation_images AS
SELECT
  run.uuid AS evaluation,  -- its run, by its UUID
  clean.image_index,  -- in the data set's test images, from 0
  clean.true_label,  -- the image's class
  clean.deterministic_prediction,  -- the undefended network's class, dropout off
  baseline.deterministic_prediction AS baseline_prediction  -- the baseline's; NULL: there is none
FROM evaluation
JOIN run ON run.id = evaluation.run_id
JOIN image_uncertainty AS clean ON clean.measurement_id = evaluation.measurement_id
LEFT JOIN image_uncertainty AS baseline
  ON baseline.measurement_id = baseline_measurement_id AND baseline.image_index = clean.image_index;

PRAGMA user_version = 16;
