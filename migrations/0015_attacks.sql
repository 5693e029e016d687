-- The catalogue of attacks, what attacks note of single images, and threat models of sets.

-- The attacks that sets were made by. A version that knows more attacks writes their rows when it
-- first makes a set by them.
CREATE TABLE attack (
  name          TEXT    PRIMARY KEY CHECK (length(name) > 0),  -- 'fgsm'
  title         TEXT    NOT NULL,  -- what people call it
  summary       TEXT    NOT NULL,  -- what it does, in a line
  source        TEXT    NOT NULL,  -- the paper that it is from; '' for none
  -- That the change is kept small in, unless a set's parameter `norm` says another.
  norm          TEXT    NOT NULL CHECK (norm IN ('linf', 'l2', 'l0', 'none')),
  budget        TEXT    CHECK (length(budget) > 0),  -- the parameter that bounds it; NULL: minimal
  goal          TEXT    NOT NULL CHECK (goal IN ('untargeted', 'targeted', 'either')),
  knowledge     TEXT    NOT NULL CHECK (knowledge IN ('white-box', 'scores', 'decision', 'none')),
  is_iterative  INTEGER NOT NULL CHECK (is_iterative IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER attack_is_final BEFORE UPDATE OF
  name, norm, budget, goal, knowledge, is_iterative
ON attack
BEGIN SELECT RAISE(ABORT, 'an attack means one thing: attack'); END;

-- Those of earlier versions.
INSERT INTO attack VALUES
  ('fgsm', 'Fast Gradient Sign Method', 'Fast Gradient Sign Method: one step of epsilon',
   'Goodfellow, Shlens, Szegedy: Explaining and Harnessing Adversarial Examples (2014)',
   'linf', 'epsilon', 'untargeted', 'white-box', 0),
  ('bim-a', 'Basic Iterative Method', 'Basic Iterative Method, the first misclassified iterate',
   'Kurakin, Goodfellow, Bengio: Adversarial Examples in the Physical World (2016)',
   'linf', 'epsilon', 'untargeted', 'white-box', 1),
  ('bim-b', 'Basic Iterative Method', 'Basic Iterative Method, the last iterate',
   'Kurakin, Goodfellow, Bengio: Adversarial Examples in the Physical World (2016)',
   'linf', 'epsilon', 'untargeted', 'white-box', 1),
  ('jsma', 'Jacobian-based Saliency Map Attack',
   'Jacobian-based Saliency Map Attack on pairs of pixels, targeted',
   'Papernot and others: The Limitations of Deep Learning in Adversarial Settings (2016)',
   'l0', 'gamma', 'targeted', 'white-box', 1);

-- What an attack notes of an image beside steps and norms, such as the number of its queries.
CREATE TABLE adversarial_detail (
  adversarial_set_id  INTEGER NOT NULL,
  image_index         INTEGER NOT NULL,
  name                TEXT    NOT NULL CHECK (length(name) > 0),  -- 'queries', 'constant'
  value               REAL    NOT NULL,
  PRIMARY KEY (adversarial_set_id, name, image_index),
  FOREIGN KEY (adversarial_set_id, image_index)
    REFERENCES adversarial_image (adversarial_set_id, image_index) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX adversarial_detail_image ON adversarial_detail (adversarial_set_id, image_index);

CREATE TRIGGER adversarial_detail_is_final BEFORE UPDATE ON adversarial_detail
BEGIN SELECT RAISE(ABORT, 'a result is written once: adversarial_detail'); END;

-- An attack: what it keeps small, aims at and knows.
--
-- key: attack
CREATE VIEW attacks AS
SELECT
  name AS attack,  -- its name, such as 'fgsm'
  title,  -- what people call it
  summary,  -- what it does, in a line
  source,  -- the paper that it is from; '' for none
  -- that the change is kept small in: 'linf', 'l2', 'l0' or 'none'; a parameter may say another
  norm AS default_norm,
  budget AS budget_parameter,  -- the one that bounds it; NULL: the attack makes it minimal
  goal,  -- 'untargeted': any class but the true one; 'targeted'; 'either': as a parameter says
  -- what it asks of the model: 'white-box' (gradients), 'scores' (logits), 'decision' or 'none'
  knowledge,
  is_iterative  -- 1: many steps, each by what the last one gave; 0: one
FROM attack;

-- What an attack noted of an image, such as the number of its queries.
--
-- key: adversarial_set, image_index, detail
CREATE VIEW adversarial_details AS
SELECT
  run.uuid AS adversarial_set,  -- the attack, by the UUID of its run
  image_index,  -- of the clean image, in the data set's test images, from 0
  adversarial_detail.name AS detail,  -- what was noted, such as 'queries'
  value  -- the number
FROM adversarial_detail
JOIN run ON run.id = adversarial_detail.adversarial_set_id;

-- Views keep their columns, in order, and have new ones at the end.

DROP VIEW adversarial_sets;

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
  adversarial_set.attack,  -- such as 'fgsm' (see attacks), or what an imported set is called
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
  (SELECT max(how) FROM hidden_run WHERE hidden_run.run_id IN (run.id, model.id)) AS hidden,
  -- that the attack keeps small: 'linf', 'l2', 'l0' or 'none'; NULL: imported, or noisy
  coalesce(parameters ->> '$.norm', attack.norm) AS norm,
  -- the most of it that was allowed; NULL: as little as the attack finds, or as before
  parameters ->> ('$.' || attack.budget) AS budget,
  -- 1: images have target classes; 0: any class but the true one will do; NULL: has no images yet
  (SELECT target_label IS NOT NULL FROM adversarial_image
   WHERE adversarial_image.adversarial_set_id = adversarial_set.run_id LIMIT 1) AS is_targeted,
  -- what the attacker asks of the model: 'white-box' (gradients), 'scores' (logits), 'decision'
  -- (classes) or 'none'; NULL: imported, or noisy
  attack.knowledge,
  attack.is_iterative  -- 1: many steps, each by what the last one gave; 0: one; NULL likewise
FROM adversarial_set
JOIN run ON run.id = adversarial_set.run_id
JOIN run AS model ON model.id = adversarial_set.model_id
JOIN run AS selection ON selection.id = adversarial_set.selection_id
JOIN training_run ON training_run.run_id = adversarial_set.model_id
LEFT JOIN attack
  ON attack.name = adversarial_set.attack AND run.configuration ->> '$.imported' IS NULL;

-- What a whole detection system says of an adversarial set, by draws that no attack has seen.
CREATE TABLE verdict (
  run_id              INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  adversarial_set_id  INTEGER NOT NULL REFERENCES adversarial_set (run_id),
  detector            TEXT    NOT NULL CHECK (length(detector) > 0),
  image_count         INTEGER CHECK (image_count >= 0),  -- NULL: not all images are judged yet
  flagged_count       INTEGER CHECK (flagged_count BETWEEN 0 AND image_count),
  evading_count       INTEGER CHECK (evading_count BETWEEN 0 AND image_count - flagged_count)
) STRICT;
CREATE INDEX verdict_adversarial_set ON verdict (adversarial_set_id);

-- What it says of one image.
CREATE TABLE adversarial_verdict (
  verdict_id   INTEGER NOT NULL REFERENCES verdict (run_id) ON DELETE CASCADE,
  image_index  INTEGER NOT NULL CHECK (image_index >= 0),
  prediction   INTEGER NOT NULL CHECK (prediction >= 0),
  score        REAL    NOT NULL,
  agreement    INTEGER CHECK (agreement >= 0),  -- voters of the same class; NULL: there are none
  is_flagged   INTEGER NOT NULL CHECK (is_flagged IN (0, 1)),
  is_evading   INTEGER NOT NULL CHECK (is_evading BETWEEN 0 AND 1 - is_flagged),
  PRIMARY KEY (verdict_id, image_index)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER verdict_is_final BEFORE UPDATE ON verdict WHEN old.image_count IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a result is written once: verdict'); END;

CREATE TRIGGER adversarial_verdict_is_final BEFORE UPDATE ON adversarial_verdict
BEGIN SELECT RAISE(ABORT, 'a result is written once: adversarial_verdict'); END;

-- What a detection system as a whole made of an adversarial set.
--
-- key: verdict
CREATE VIEW verdicts AS
SELECT
  run.uuid AS verdict,  -- the run that judged, by its UUID
  run.uuid AS run,  -- the same
  run.state,  -- 'queued', 'running', 'finished', 'failed' or 'interrupted'
  attacked.uuid AS adversarial_set,  -- the set that was judged
  model.uuid AS model,  -- the network that was attacked
  adversarial_set.attack,  -- by which the set was made, such as 'selective'
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
   WHERE hidden_run.run_id IN (run.id, attacked.id, model.id)) AS hidden
FROM verdict
JOIN run ON run.id = verdict.run_id
JOIN adversarial_set ON adversarial_set.run_id = verdict.adversarial_set_id
JOIN run AS attacked ON attacked.id = adversarial_set.run_id
JOIN run AS model ON model.id = adversarial_set.model_id;

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
  is_evading  -- 1: misclassified, or as the attack aimed at, and declared clean; 0: not
FROM adversarial_verdict
JOIN verdict ON verdict.run_id = adversarial_verdict.verdict_id
JOIN run ON run.id = verdict.run_id
JOIN run AS attacked ON attacked.id = verdict.adversarial_set_id;

PRAGMA user_version = 15;
