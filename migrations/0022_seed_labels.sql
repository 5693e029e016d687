-- Sets of a model that differ in their seed alone are called by it, no longer by their run.

DROP VIEW studies;

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
  -- 1: queries that name no study mean it, as they mean every study that no trial computed; 0: not
  NOT EXISTS (SELECT 1 FROM trial_run WHERE run_id = study.id AND computed = 1) AS is_default
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

PRAGMA user_version = 22;
