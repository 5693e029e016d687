-- Which runs are the user's own, said once: what trials of sweeps computed is left out wherever
-- nobody names a run, unless a command outside of sweeps asked for it too. And sets of a model that
-- differ in their seed alone are called by it, no longer by their run.

-- A run that a command outside of sweeps began, reused or went on with.
--
-- A run without a row is the user's own as well unless a trial computed it: other programs record
-- runs, and so did earlier versions. Like other words about runs, a row may come at any time.
CREATE TABLE asked_run (
  run_id  INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE
) STRICT;

-- A run that is the user's own: no trial of a sweep computed it, or a command outside of sweeps
-- asked for it too.
--
-- Commands and reports choose among these where nobody names a run, and lists show these alone
-- unless they are asked for all.
--
-- key: run
CREATE VIEW own_runs AS
SELECT
  run.uuid AS run,  -- the run, by its UUID
  run.id AS record_number  -- counts the file's runs in the order in which they were recorded
FROM run
WHERE NOT EXISTS (SELECT 1 FROM trial_run WHERE run_id = run.id AND computed = 1)
  OR EXISTS (SELECT 1 FROM asked_run WHERE run_id = run.id);

-- Views keep their columns, in order, and have new ones at the end.
DROP VIEW reported_sets;
DROP VIEW studies;
DROP VIEW seed_studies;

-- An adversarial set that the report of a model is about, with the newest thresholds chosen for it.
--
-- What is not the user's own is no part of a report, unless the model itself is not: own_runs.
--
-- key: adversarial_set
CREATE VIEW reported_sets AS
SELECT
  model.uuid AS model,  -- the network
  attacked.uuid AS adversarial_set,  -- the attack or the import, by its UUID
  thresholds.uuid AS thresholds,  -- the choice of thresholds that numbers are of
  measured.uuid AS measurement,  -- of the set
  adversarial_set.attack,  -- such as 'fgsm', or what an imported set is called
  adversarial_set.parameters,  -- the attack's, as JSON; none of an imported set
  adversarial_set.image_count  -- images, held-out half included
FROM run AS model
CROSS JOIN adversarial_set ON adversarial_set.model_id = model.id
CROSS JOIN run AS attacked ON attacked.id = adversarial_set.run_id
CROSS JOIN run AS thresholds
  ON thresholds.id = (
    -- Thresholds that were given name a measure; those that were chosen name measures.
    SELECT chosen.id
    FROM measurement AS own
    CROSS JOIN lineage ON lineage.parent_run_id = own.run_id AND lineage.role = 'measurement'
    CROSS JOIN run AS chosen ON chosen.id = lineage.run_id
    WHERE own.adversarial_set_id = adversarial_set.run_id
      AND chosen.kind = 'thresholds' AND chosen.state = 'finished'
      AND chosen.configuration ->> '$.measures[0]' IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = chosen.id AND how = 'deleted')
      AND (
        EXISTS (SELECT 1 FROM own_runs WHERE record_number = chosen.id)
        OR NOT EXISTS (SELECT 1 FROM own_runs WHERE record_number = attacked.id))
    ORDER BY chosen.id DESC
    LIMIT 1)
CROSS JOIN lineage AS judged ON judged.run_id = thresholds.id AND judged.role = 'measurement'
CROSS JOIN run AS measured ON measured.id = judged.parent_run_id
WHERE model.kind = 'train'
  AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = model.id AND how = 'deleted')
  AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = attacked.id AND how = 'deleted')
  AND (
    EXISTS (SELECT 1 FROM own_runs WHERE record_number = attacked.id)
    OR NOT EXISTS (SELECT 1 FROM own_runs WHERE record_number = model.id));

-- An adversarial set that a report is about, with the thresholds that the report's numbers are of.
--
-- A report is about a study (a run of kind 'reproduce'), whose own runs these are, or about a model
-- (a run of kind 'train', trained here or imported): then about each of its sets, attacked here or
-- imported, whose thresholds were chosen, by the newest that were.
--
-- key: study, thresholds
CREATE VIEW studies AS
SELECT
  study.uuid AS study,  -- the study or the model, by its UUID
  study.kind,  -- 'reproduce' for a study, 'train' for a model
  thresholds.uuid AS thresholds,  -- the choice of thresholds
  measured.uuid AS measurement,  -- of the adversarial set
  model.uuid AS model,  -- the network
  attacked.uuid AS adversarial_set,  -- the attack or the import
  adversarial_set.attack,  -- such as 'fgsm', or what an imported set is called
  -- what tables call the set: the attack, and of a model's sets of one name what differs
  adversarial_set.attack AS label,
  -- the measure of uncertainty that tables are about
  study.configuration ->> '$.detection.measures[0]' AS measure,
  -- older name of sweep_name
  (SELECT sweep.name
   FROM trial_run
   JOIN trial ON trial.id = trial_run.trial_id
   JOIN sweep ON sweep.id = trial.sweep_id
   WHERE trial_run.run_id = study.id AND trial_run.computed = 1
   ORDER BY trial.id LIMIT 1) AS sweep,
  -- the trial that computed the study; NULL: none did
  (SELECT trial.number
   FROM trial_run
   JOIN trial ON trial.id = trial_run.trial_id
   WHERE trial_run.run_id = study.id AND trial_run.computed = 1
   ORDER BY trial.id LIMIT 1) AS trial,
  -- the attack whose published numbers may stand beside the study's: those are of MNIST, whose
  -- files have this digest under any name; NULL: none may
  CASE training_run.dataset_sha256
    WHEN '6437e967bba6b893657eb1dbfb361556306c1d83a5ecef165f18c4338bab7b6b'
      THEN adversarial_set.attack
  END AS published_attack,
  -- the sweep whose trial computed the study; NULL: none did
  (SELECT sweep.name
   FROM trial_run
   JOIN trial ON trial.id = trial_run.trial_id
   JOIN sweep ON sweep.id = trial.sweep_id
   WHERE trial_run.run_id = study.id AND trial_run.computed = 1
   ORDER BY trial.id LIMIT 1) AS sweep_name,
  -- 1: queries that name no study mean it, as they mean every study of the user's own; 0: not
  EXISTS (SELECT 1 FROM own_runs WHERE record_number = study.id) AS is_default
FROM run AS study
CROSS JOIN lineage ON lineage.run_id = study.id
CROSS JOIN run AS thresholds
  ON thresholds.id = lineage.parent_run_id AND thresholds.kind = 'thresholds'
CROSS JOIN lineage AS judged ON judged.run_id = thresholds.id AND judged.role = 'measurement'
CROSS JOIN measurement ON measurement.run_id = judged.parent_run_id
CROSS JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
CROSS JOIN run AS measured ON measured.id = measurement.run_id
CROSS JOIN run AS model ON model.id = measurement.model_id
CROSS JOIN training_run ON training_run.run_id = model.id
CROSS JOIN run AS attacked ON attacked.id = adversarial_set.run_id
WHERE study.kind = 'reproduce'
  AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = study.id AND how = 'deleted')
UNION ALL
SELECT
  own.model, 'train', own.thresholds, own.measurement, own.model, own.adversarial_set, own.attack,
  -- Sets of the same name are told apart by the parameters that differ; where they do not, by the
  -- number of images, by the seed, or else by the run.
  own.attack
  || coalesce(
    (SELECT
       group_concat(
         ' ' || iif(name = 'epsilon', '', replace(name, '_', ' ') || ' ') || setting, '')
     FROM (
       SELECT parameter.key AS name, parameter.value AS setting
       FROM json_each(own.parameters) AS parameter
       WHERE EXISTS (
         SELECT 1 FROM reported_sets AS other
         WHERE other.model = own.model AND other.attack = own.attack
           AND json_extract(other.parameters, parameter.fullkey) IS NOT parameter.value)
       ORDER BY parameter.key <> 'epsilon', parameter.key)), '')
  || CASE
    WHEN NOT EXISTS (
      SELECT 1 FROM reported_sets AS other
      WHERE other.model = own.model AND other.attack = own.attack
        AND other.parameters = own.parameters AND other.adversarial_set <> own.adversarial_set)
      THEN ''
    WHEN NOT EXISTS (
      SELECT 1 FROM reported_sets AS other
      WHERE other.model = own.model AND other.attack = own.attack
        AND other.parameters = own.parameters AND other.image_count = own.image_count
        AND other.adversarial_set <> own.adversarial_set)
      THEN ' ' || own.image_count || ' images'
    -- An imported set has no seed.
    WHEN attacked.seed IS NULL OR EXISTS (
      SELECT 1 FROM reported_sets AS other
      JOIN run AS other_run ON other_run.uuid = other.adversarial_set
      WHERE other.model = own.model AND other.attack = own.attack
        AND other.parameters = own.parameters AND other.image_count = own.image_count
        AND other_run.seed IS attacked.seed AND other.adversarial_set <> own.adversarial_set)
      THEN ' ' || substr(own.adversarial_set, 1, 8)
    -- Another set may have this seed, of another number of images.
    WHEN EXISTS (
      SELECT 1 FROM reported_sets AS other
      WHERE other.model = own.model AND other.attack = own.attack
        AND other.parameters = own.parameters AND other.image_count <> own.image_count)
      THEN ' ' || own.image_count || ' images seed ' || attacked.seed
    ELSE ' seed ' || attacked.seed
  END,
  thresholds.configuration ->> '$.measures[0]', NULL, NULL, NULL, NULL, 0
FROM reported_sets AS own
CROSS JOIN run AS thresholds ON thresholds.uuid = own.thresholds
CROSS JOIN run AS attacked ON attacked.uuid = own.adversarial_set;

-- Two studies that differ in nothing but the seed: one that is asked about, and one that counts.
--
-- Both are finished, and a study is a member of its own comparison. Their configurations name the
-- data by SHA-256. Of studies with the same seed, the newest counts. Studies of the user's own are
-- compared with each other alone; a trial's with all of them.
--
-- key: study, member
CREATE VIEW seed_studies AS
WITH
study AS (
  SELECT
    id, uuid, seed, json_remove(configuration, '$.seed') AS configuration,
    EXISTS (SELECT 1 FROM own_runs WHERE record_number = run.id) AS is_own
  FROM run
  WHERE kind = 'reproduce' AND state = 'finished' AND seed IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = run.id AND how = 'deleted')
),
aged AS (
  SELECT
    *, row_number() OVER (PARTITION BY configuration, is_own ORDER BY id) AS place,
    row_number() OVER (PARTITION BY configuration, seed ORDER BY id DESC) AS age,
    row_number() OVER (PARTITION BY configuration, seed, is_own ORDER BY id DESC) AS own_age
  FROM study
)
SELECT
  own.uuid AS study,  -- the study that is asked about, by its UUID
  -- counts the configuration's studies from 1, in the order of their recording: the user's own, and
  -- those of trials apart from them
  own.place,
  member.uuid AS member,  -- a study that is compared with it
  member.seed,  -- the member's
  -- 1: queries that name no study mean it, as they mean every study of the user's own; 0: not
  own.is_own AS is_default
FROM aged AS own
JOIN aged AS member ON member.configuration = own.configuration
WHERE iif(own.is_own, member.is_own AND member.own_age = 1, member.age = 1);

PRAGMA user_version = 22;
