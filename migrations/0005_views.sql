-- The public reading interface of a study. Runs are named by UUID, never by row number; a later
-- migration may change the tables under these views, but not their columns.

-- Trained classifiers, one a row.
CREATE VIEW training_runs AS
SELECT
  run.uuid AS run, run.state, run.seed, dataset, dataset_sha256, architecture, weight_count,
  dropout_rate, dropout_sites, optimizer, learning_rate, batch_size, epochs, training_images,
  test_images, test_correct, test_accuracy
FROM training_run
JOIN run ON run.id = training_run.run_id;

-- Which test images are reported ('selection') and which are held out, by drawn selection.
CREATE VIEW selected_images AS
SELECT run.uuid AS selection, image_selection.dataset, image_selection.method, image_index, part
FROM selected_image
JOIN image_selection ON image_selection.run_id = selected_image.selection_id
JOIN run ON run.id = selected_image.selection_id;

-- Adversarial sets, one a row, with their parameters, success rate and mean norms.
CREATE VIEW adversarial_sets AS
SELECT
  run.uuid AS run, run.state, model.uuid AS model, selection.uuid AS selection,
  training_run.dataset, attack, parameters, epsilon, step_size, iterations, theta, gamma,
  image_count, success_count, success_rate, mean_l0, mean_l2, mean_linf
FROM adversarial_set
JOIN run ON run.id = adversarial_set.run_id
JOIN run AS model ON model.id = adversarial_set.model_id
JOIN run AS selection ON selection.id = adversarial_set.selection_id
JOIN training_run ON training_run.run_id = adversarial_set.model_id;

-- Adversarial images, one a row; the pixels are in adversarial_image_pixels.
CREATE VIEW adversarial_images AS
SELECT
  run.uuid AS run, attack, image_index, true_label, target_label, prediction, success,
  adversarial_image.iterations, l0, l2, linf
FROM adversarial_image
JOIN adversarial_set ON adversarial_set.run_id = adversarial_image.adversarial_set_id
JOIN run ON run.id = adversarial_image.adversarial_set_id;

CREATE VIEW adversarial_image_pixels AS
SELECT run.uuid AS run, attack, image_index, pixels
FROM adversarial_pixels
JOIN adversarial_set ON adversarial_set.run_id = adversarial_pixels.adversarial_set_id
JOIN run ON run.id = adversarial_pixels.adversarial_set_id;

-- Measurements, one a row; attack is NULL for the clean images.
CREATE VIEW measurements AS
SELECT
  run.uuid AS run, run.state, model.uuid AS model, selection.uuid AS selection,
  attacked.uuid AS adversarial_set, clean.uuid AS clean_measurement, training_run.dataset,
  adversarial_set.attack, passes, crop_side, measurement.image_count
FROM measurement
JOIN run ON run.id = measurement.run_id
JOIN run AS model ON model.id = measurement.model_id
JOIN run AS selection ON selection.id = measurement.selection_id
JOIN training_run ON training_run.run_id = measurement.model_id
LEFT JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
LEFT JOIN run AS attacked ON attacked.id = measurement.adversarial_set_id
LEFT JOIN run AS clean ON clean.id = measurement.clean_measurement_id;

-- What the detector's instruments said of every image, one image a row.
CREATE VIEW image_uncertainties AS
SELECT
  run.uuid AS measurement, adversarial_set.attack, image_index, true_label, prediction,
  deterministic_prediction, softmax_std, logit_std, predictive_entropy, mutual_information,
  max_probability, margin, deterministic_max_probability, crop_top_left, crop_bottom_left,
  crop_top_right, crop_bottom_right, crop_centre, agreement
FROM image_uncertainty
JOIN measurement ON measurement.run_id = image_uncertainty.measurement_id
JOIN run ON run.id = image_uncertainty.measurement_id
LEFT JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id;

-- The mixes that detectors are chosen and judged on: for each measurement of an adversarial set,
-- every clean image and its adversarial partner. kept = 1 where the undefended network classifies
-- the clean image correctly; the defence is judged on those pairs alone.
CREATE VIEW detection_mixes AS
SELECT
  run.uuid AS measurement, adversarial_set.attack, selected_image.part, clean.image_index,
  0 AS is_adversarial,
  clean.deterministic_prediction = clean.true_label AS kept,
  clean.true_label, clean.prediction, clean.deterministic_prediction, clean.softmax_std,
  clean.logit_std, clean.predictive_entropy, clean.mutual_information, clean.max_probability,
  clean.margin, clean.deterministic_max_probability, clean.agreement
FROM measurement
JOIN run ON run.id = measurement.run_id
JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
JOIN image_uncertainty AS clean ON clean.measurement_id = measurement.clean_measurement_id
JOIN selected_image
  ON selected_image.selection_id = measurement.selection_id
  AND selected_image.image_index = clean.image_index
UNION ALL
SELECT
  run.uuid, adversarial_set.attack, selected_image.part, attacked.image_index,
  1,
  clean.deterministic_prediction = clean.true_label,
  attacked.true_label, attacked.prediction, attacked.deterministic_prediction, attacked.softmax_std,
  attacked.logit_std, attacked.predictive_entropy, attacked.mutual_information,
  attacked.max_probability, attacked.margin, attacked.deterministic_max_probability,
  attacked.agreement
FROM measurement
JOIN run ON run.id = measurement.run_id
JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
JOIN image_uncertainty AS attacked ON attacked.measurement_id = measurement.run_id
JOIN image_uncertainty AS clean
  ON clean.measurement_id = measurement.clean_measurement_id
  AND clean.image_index = attacked.image_index
JOIN selected_image
  ON selected_image.selection_id = measurement.selection_id
  AND selected_image.image_index = attacked.image_index;

-- Detectors with their thresholds and how they did on the selection, one a row.
CREATE VIEW detection_results AS
SELECT
  run.uuid AS run, measured.uuid AS measurement, model.uuid AS model,
  attacked.uuid AS adversarial_set, training_run.dataset, adversarial_set.attack,
  adversarial_set.epsilon, measurement.passes, measurement.crop_side, protocol, method, detector,
  measure, orientation, low_threshold, high_threshold, agreement_threshold,
  clean_declared_clean_correct, clean_declared_clean_incorrect, clean_declared_adversarial,
  adversarial_declared_clean_correct, adversarial_declared_clean_incorrect,
  adversarial_declared_adversarial, sent_to_crops,
  clean_declared_clean_correct + clean_declared_clean_incorrect AS clean_declared_clean,
  adversarial_declared_clean_correct + adversarial_declared_clean_incorrect
    AS adversarial_declared_clean,
  CAST(clean_declared_clean_correct + clean_declared_clean_incorrect
      + adversarial_declared_adversarial AS REAL)
    / nullif(clean_declared_clean_correct + clean_declared_clean_incorrect
      + clean_declared_adversarial + adversarial_declared_clean_correct
      + adversarial_declared_clean_incorrect + adversarial_declared_adversarial, 0)
    AS detection_accuracy,
  CAST(clean_declared_clean_correct + adversarial_declared_clean_correct AS REAL)
    / nullif(clean_declared_clean_correct + clean_declared_clean_incorrect
      + adversarial_declared_clean_correct + adversarial_declared_clean_incorrect, 0)
    AS classification_accuracy  -- of the images declared clean; NULL where there are none
FROM threshold_result
JOIN run ON run.id = threshold_result.run_id
JOIN measurement ON measurement.run_id = threshold_result.measurement_id
JOIN run AS measured ON measured.id = measurement.run_id
JOIN run AS model ON model.id = measurement.model_id
JOIN run AS attacked ON attacked.id = measurement.adversarial_set_id
JOIN training_run ON training_run.run_id = measurement.model_id
JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id;

-- Measures of uncertainty with the area under their ROC curve on the selection, one a row.
CREATE VIEW measure_results AS
SELECT
  run.uuid AS run, measured.uuid AS measurement, adversarial_set.attack, measure, orientation, auroc
FROM measure_result
JOIN run ON run.id = measure_result.run_id
JOIN measurement ON measurement.run_id = measure_result.measurement_id
JOIN run AS measured ON measured.id = measurement.run_id
JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id;

-- The numbers of the original paper and of its reproduction.
CREATE VIEW published_results AS
SELECT source, table_number, attack, quantity, unit, value FROM published_result;

-- Sweeps with the numbers of their trials by state.
CREATE VIEW sweeps AS
SELECT
  sweep.uuid AS sweep, name, sweep.state, configuration, search_space, sampler, objective, budget,
  seed,
  (SELECT count(*) FROM trial WHERE sweep_id = sweep.id) AS trials,
  (SELECT count(*) FROM trial WHERE sweep_id = sweep.id AND trial.state = 'finished') AS finished,
  (SELECT count(*) FROM trial WHERE sweep_id = sweep.id AND trial.state = 'failed') AS failed
FROM sweep;

-- Trials, one a row.
CREATE VIEW trials AS
SELECT
  sweep.name AS sweep, trial.number, trial.state, trial.parameters, trial.error,
  (SELECT count(*) FROM trial_attempt WHERE trial_id = trial.id) AS attempts
FROM trial
JOIN sweep ON sweep.id = trial.sweep_id;

-- The objectives' values of finished trials, one value a row.
CREATE VIEW trial_values AS
SELECT sweep.name AS sweep, trial.number, objective, value
FROM trial_value
JOIN trial ON trial.id = trial_value.trial_id
JOIN sweep ON sweep.id = trial.sweep_id;

PRAGMA user_version = 5;
