-- The reading interface, made anew as one: every view with the meaning of every column.
--
-- One vocabulary of keys. A column of one name means one thing in every view, so two views join by
-- the columns that they share:
--
--   run               any run, by its UUID; each of these names a run of one kind:
--   study             a run of kind 'reproduce', or a model that stands for all of its sets
--   model             a training, or the import of a trained network
--   selection         a drawing of test images
--   adversarial_set   an attack, or the import of its images
--   measurement       a measurement of clean or of adversarial images
--   thresholds        a choice of thresholds
--   execution         the number of a process's part in a run, from 1
--   sweep_name        a sweep, by its unique name
--   trial, attempt    the number of a trial in its sweep, from 0; of an attempt at it, from 1
--   image_index       a test image of the data set, from 0
--   measure           a number that was read off every image, such as 'softmax_std'
--
-- Views keep the columns that they had, in order, and have new ones at the end. A column whose name
-- also meant something else stays for older queries and is marked as the older name of another one.

DROP VIEW runs;
DROP VIEW executions;
DROP VIEW parameters;
DROP VIEW metrics;
DROP VIEW artifacts;
DROP VIEW lineages;
DROP VIEW training_runs;
DROP VIEW selected_images;
DROP VIEW adversarial_sets;
DROP VIEW adversarial_images;
DROP VIEW adversarial_image_pixels;
DROP VIEW measurements;
DROP VIEW image_uncertainties;
DROP VIEW detection_mixes;
DROP VIEW detection_results;
DROP VIEW measure_results;
DROP VIEW published_results;
DROP VIEW sweeps;
DROP VIEW sweep_objectives;
DROP VIEW trials;
DROP VIEW trial_parameters;
DROP VIEW trial_values;
DROP VIEW trial_reports;
DROP VIEW trial_attempts;
DROP VIEW trial_runs;
DROP VIEW seed_studies;
DROP VIEW studies;
DROP VIEW reported_sets;

-- Runs of any program.

-- A run: one execution of one stage, or of any other program, from its configuration to its end.
--
-- Host, commit, threads and version are those of the newest process that worked on it.
--
-- key: run
CREATE VIEW runs AS
SELECT
  run.uuid AS run,  -- UUID
  kind,  -- what ran: 'train', 'attack', 'measure', 'thresholds', 'reproduce' or a name of your own
  name,  -- the user's own name for it; NULL: has none
  state,  -- 'queued', 'running', 'finished', 'failed' or 'interrupted'
  key,  -- SHA-256 over the configuration and the parents' keys; NULL: is never reused
  configuration,  -- canonical JSON
  seed,  -- of all its randomness; NULL: nothing is random
  -- when it was recorded, UTC
  strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') AS created,
  -- when it finished, UTC; NULL: has not finished
  strftime('%Y-%m-%dT%H:%M:%fZ', finished_ms / 1000.0, 'unixepoch') AS finished,
  -- how long all processes together worked on it, in seconds; NULL: none has yet
  (SELECT
     sum(coalesce(duration_ms, max(coalesce(ended_ms, heartbeat_ms) - started_ms, 0))) / 1000.0
   FROM execution WHERE run_id = run.id) AS duration_seconds,
  progress_done,  -- how much of its work is recorded, such as epochs or images
  progress_total,  -- how much work it has in all; NULL: not known yet
  error,  -- one line; NULL: has not failed
  -- how many processes have worked on it; more than one after an interruption
  (SELECT count(*) FROM execution WHERE run_id = run.id) AS executions,
  latest.host,  -- the computer's name; NULL: nothing has worked on it yet, as for those that follow
  latest.git_commit,  -- of the working directory; NULL: is no repository
  latest.git_dirty,  -- 1: files differed from that commit, 0: none did; NULL: is no repository
  latest.threads,  -- threads that the process was allowed
  -- the most memory that a process took, in bytes; NULL: runs still, or was lost
  (SELECT max(peak_memory_bytes) FROM execution WHERE run_id = run.id) AS peak_memory_bytes,
  run.id AS recorded,  -- older name of record_number
  -- counts the file's runs in the order in which they were recorded, whatever the clock said
  run.id AS record_number,
  latest.program_version  -- of the program that recorded it, such as Assay's
FROM run
LEFT JOIN execution AS latest
  ON latest.run_id = run.id
  AND latest.number = (SELECT max(number) FROM execution WHERE run_id = run.id);

-- One process's part in a run: who worked on it, when, with what, and for how long.
--
-- A run that was interrupted and resumed has several.
--
-- key: run, execution
CREATE VIEW executions AS
SELECT
  run.uuid AS run,  -- the run, by its UUID
  run.kind,  -- what ran
  execution.number,  -- older name of execution
  execution.outcome,  -- 'running', 'finished', 'failed', 'interrupted' or 'lost'
  -- when it began, UTC
  strftime('%Y-%m-%dT%H:%M:%fZ', started_ms / 1000.0, 'unixepoch') AS started,
  -- when it was last heard of, UTC
  strftime('%Y-%m-%dT%H:%M:%fZ', heartbeat_ms / 1000.0, 'unixepoch') AS heartbeat,
  -- when it ended, UTC; NULL: it runs
  strftime('%Y-%m-%dT%H:%M:%fZ', ended_ms / 1000.0, 'unixepoch') AS ended,
  host,  -- the computer's name
  process_id,  -- on that host
  git_commit,  -- of the working directory; NULL: is no repository
  git_dirty,  -- 1: files differed from that commit, 0: none did; NULL: is no repository
  command_line,  -- its words, as a JSON array
  operating_system,  -- name and version
  processor,  -- model, as the system reports it
  program_version,  -- of the program, such as Assay's
  swift_version,  -- of the compiler
  sqlite_version,  -- of the library
  blas,  -- the library that multiplies matrices; '' for the program's own
  threads,  -- threads that the process was allowed
  peak_memory_bytes,  -- the most memory that it took; NULL: runs, or was lost
  -- how long it worked, in seconds, by a clock that nobody sets
  coalesce(duration_ms, max(coalesce(ended_ms, heartbeat_ms) - started_ms, 0)) / 1000.0
    AS duration_seconds,
  execution.number AS execution  -- counts a run's processes from 1
FROM execution
JOIN run ON run.id = execution.run_id;

-- A value of a run's configuration.
--
-- key: run, parameter
CREATE VIEW parameters AS
SELECT
  run.uuid AS run,  -- the run, by its UUID
  run.kind,  -- what ran
  parameter.name,  -- older name of parameter
  parameter.value,  -- number or text; 0 and 1 for false and true; NULL: is null
  parameter.name AS parameter  -- the value's path in the configuration, such as 'training.epochs'
FROM parameter JOIN run ON run.id = parameter.run_id;

-- A number that a run recorded as it went on, at one step.
--
-- key: run, metric, step
CREATE VIEW metrics AS
SELECT
  run.uuid AS run,  -- the run, by its UUID
  run.kind,  -- what ran
  metric.name,  -- older name of metric
  step,  -- such as the epoch, from 1
  value,  -- the number; NULL: not a number (NaN)
  -- when it was recorded, UTC
  strftime('%Y-%m-%dT%H:%M:%fZ', recorded_ms / 1000.0, 'unixepoch') AS recorded,
  metric.name AS metric  -- the metric's name, such as 'train_loss'
FROM metric JOIN run ON run.id = metric.run_id;

-- A named output of a run, such as a network's weights.
--
-- key: run, artifact
CREATE VIEW artifacts AS
SELECT
  run.uuid AS run,  -- the run, by its UUID
  run.kind,  -- what ran
  artifact.name,  -- older name of artifact
  blob.sha256,  -- SHA-256 of the content, in hexadecimal
  blob.size,  -- of the content, in bytes
  artifact.media_type,  -- such as 'application/octet-stream'
  -- when it was recorded, UTC
  strftime('%Y-%m-%dT%H:%M:%fZ', artifact.created_ms / 1000.0, 'unixepoch') AS created,
  artifact.name AS artifact  -- the artifact's name, such as 'weights'
FROM artifact
JOIN blob ON blob.id = artifact.blob_id
JOIN run ON run.id = artifact.run_id;

-- A link between two runs: one used the result of the other.
--
-- key: run, role
CREATE VIEW lineages AS
SELECT
  run.uuid AS run,  -- the run that used the other
  run.kind,  -- what that run did
  lineage.role,  -- what it used the other as, such as 'model'
  parent.uuid AS parent,  -- the run that was used, by its UUID
  parent.kind AS parent_kind  -- what the parent did
FROM lineage
JOIN run ON run.id = lineage.run_id
JOIN run AS parent ON parent.id = lineage.parent_run_id;

-- Sweeps.

-- A sweep: a search for the best parameters, with the numbers of its trials by state.
--
-- key: sweep_name
CREATE VIEW sweeps AS
SELECT
  uuid AS sweep,  -- older name of sweep_uuid
  name,  -- older name of sweep_name
  state,  -- older name of sweep_state
  definition ->> '$.configuration' AS configuration,  -- what all trials share, as JSON
  definition ->> '$.space' AS search_space,  -- the parameters and their ranges, as JSON
  definition ->> '$.sampler' AS sampler,  -- how parameters are proposed, as JSON
  definition ->> '$.objectives' AS objective,  -- older name of objectives
  budget,  -- how many finished trials it is for
  seed,  -- of all its randomness
  created_trials AS trials,  -- older name of created_trials
  finished_trials AS finished,  -- older name of finished_trials
  failed_trials AS failed,  -- older name of failed_trials
  pruned_trials AS pruned,  -- older name of pruned_trials
  -- older name of running_trials
  (SELECT count(*) FROM trial WHERE sweep_id = sweep.id AND trial.state = 'running') AS running,
  -- older name of queued_trials
  (SELECT count(*) FROM trial WHERE sweep_id = sweep.id AND trial.state = 'queued') AS queued,
  definition,  -- all that its trials depend on, as canonical JSON
  trial_limit,  -- how many trials of any state it may have
  attempt_limit,  -- how many attempts at one trial it allows
  kept_pixels,  -- whose adversarial images stay: of 'all' trials, of the 'best' or of 'none'
  kept_models,  -- whose weights stay: of 'all' trials, of the 'best' or of 'none'
  -- when it was recorded, UTC
  strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') AS created,
  sweep.id AS recorded,  -- older name of record_number
  name AS sweep_name,  -- unique in the file
  uuid AS sweep_uuid,  -- UUID
  state AS sweep_state,  -- 'open', 'stopped' or 'finished'
  definition ->> '$.objectives' AS objectives,  -- what it searches for, as JSON
  created_trials,  -- trials of any state
  finished_trials,  -- trials with values of all objectives
  failed_trials,  -- trials that failed at every attempt
  pruned_trials,  -- trials that were ended early, for they would not have been good
  -- trials that a worker holds
  (SELECT count(*) FROM trial WHERE sweep_id = sweep.id AND trial.state = 'running')
    AS running_trials,
  -- trials that wait for a worker
  (SELECT count(*) FROM trial WHERE sweep_id = sweep.id AND trial.state = 'queued')
    AS queued_trials,
  -- counts the file's sweeps in the order in which they were recorded, whatever the clock said
  sweep.id AS record_number
FROM sweep;

-- An objective of a sweep: what its trials are judged by.
--
-- key: sweep_name, objective
CREATE VIEW sweep_objectives AS
SELECT
  sweep.name AS sweep,  -- older name of sweep_name
  sweep_objective.number,  -- older name of objective_number
  sweep_objective.name AS objective,  -- its name, such as 'detection_accuracy'
  goal,  -- 'minimise' or 'maximise'
  sweep.name AS sweep_name,  -- the sweep
  sweep_objective.number AS objective_number  -- counts a sweep's objectives from 0, the first one
FROM sweep_objective
JOIN sweep ON sweep.id = sweep_objective.sweep_id;

-- A trial: one choice of a sweep's parameters, and how far it got.
--
-- key: sweep_name, trial
CREATE VIEW trials AS
SELECT
  sweep.name AS sweep,  -- older name of sweep_name
  trial.number,  -- older name of trial
  trial.state,  -- older name of trial_state
  trial.parameters,  -- its parameters, as JSON; trial_parameters has one a row
  trial.error,  -- one line; NULL: has not failed
  (SELECT count(*) FROM trial_attempt WHERE trial_id = trial.id) AS attempts,  -- at it, so far
  -- when it was proposed, UTC
  strftime('%Y-%m-%dT%H:%M:%fZ', trial.created_ms / 1000.0, 'unixepoch') AS created,
  -- when it finished, failed or was pruned, UTC; NULL: has not ended
  strftime('%Y-%m-%dT%H:%M:%fZ', trial.ended_ms / 1000.0, 'unixepoch') AS ended,
  -- how long all attempts together took, in seconds; NULL: there was none yet
  (SELECT
     sum(coalesce(duration_ms, max(coalesce(trial_attempt.ended_ms, started_ms) - started_ms, 0)))
       / 1000.0
   FROM trial_attempt WHERE trial_id = trial.id) AS duration_seconds,
  -- counts the sweep's finished and pruned trials from 1, in the order in which they were;
  -- NULL: is neither
  trial.judged_number,
  trial.proposed_after,  -- how many trials had been judged when it was proposed
  sweep.name AS sweep_name,  -- the sweep
  trial.number AS trial,  -- counts the sweep's trials from 0
  trial.state AS trial_state  -- 'queued', 'running', 'finished', 'failed' or 'pruned'
FROM trial
JOIN sweep ON sweep.id = trial.sweep_id;

-- A parameter of a trial with its value.
--
-- key: sweep_name, trial, parameter
CREATE VIEW trial_parameters AS
SELECT
  sweep.name AS sweep,  -- older name of sweep_name
  trial.number,  -- older name of trial
  trial.state,  -- older name of trial_state
  entry.key AS parameter,  -- its path in the configuration, such as 'training.epochs'
  entry.value,  -- number or text; 0 and 1 for false and true; a list is JSON
  sweep.name AS sweep_name,  -- the sweep
  trial.number AS trial,  -- the trial
  trial.state AS trial_state  -- 'queued', 'running', 'finished', 'failed' or 'pruned'
FROM trial
JOIN sweep ON sweep.id = trial.sweep_id
JOIN json_each(trial.parameters) AS entry;

-- The value of an objective that a finished trial reached.
--
-- key: sweep_name, trial, objective
CREATE VIEW trial_values AS
SELECT
  sweep.name AS sweep,  -- older name of sweep_name
  trial.number,  -- older name of trial
  sweep_objective.name AS objective,  -- its name, such as 'detection_accuracy'
  value,  -- what the trial reached; NULL: not a number (NaN)
  sweep_objective.goal,  -- 'minimise' or 'maximise'
  sweep_objective.number AS objective_number,  -- counts a sweep's objectives from 0, the first one
  sweep.name AS sweep_name,  -- the sweep
  trial.number AS trial  -- the trial
FROM trial_value
JOIN trial ON trial.id = trial_value.trial_id
JOIN sweep ON sweep.id = trial.sweep_id
JOIN sweep_objective
  ON sweep_objective.sweep_id = trial_value.sweep_id
  AND sweep_objective.number = trial_value.objective;

-- A finished trial's parameter beside the value of an objective.
--
-- key: sweep_name, trial, objective, parameter
CREATE VIEW trial_results AS
SELECT
  sweep_name,  -- the sweep
  objective,  -- its name, such as 'detection_accuracy'
  objective_number,  -- counts a sweep's objectives from 0, the first one
  goal,  -- 'minimise' or 'maximise'
  trial,  -- the trial
  parameter,  -- its path in the configuration, such as 'training.epochs'
  trial_parameters.value AS setting,  -- of the parameter: number or text; a list is JSON
  trial_values.value  -- of the objective; NULL: not a number (NaN)
FROM trial_values
JOIN trial_parameters USING (sweep_name, trial);

-- A value that a trial reported on its way, by which pruning decides.
--
-- key: sweep_name, trial, step
CREATE VIEW trial_reports AS
SELECT
  sweep.name AS sweep,  -- older name of sweep_name
  trial.number,  -- older name of trial
  step,  -- such as the epoch, from 1
  value,  -- of the first objective; NULL: not a number (NaN)
  sweep.name AS sweep_name,  -- the sweep
  trial.number AS trial  -- the trial
FROM trial_report
JOIN trial ON trial.id = trial_report.trial_id
JOIN sweep ON sweep.id = trial_report.sweep_id;

-- An attempt at a trial: who held it, when, for how long, and what came of it.
--
-- key: sweep_name, trial, attempt
CREATE VIEW trial_attempts AS
SELECT
  sweep.name AS sweep,  -- older name of sweep_name
  trial.number,  -- older name of trial
  trial_attempt.number AS attempt,  -- counts the trial's attempts from 1
  outcome,  -- 'running', 'finished', 'failed', 'pruned', 'released' or 'lost'
  host,  -- the computer's name
  process_id,  -- on that host
  -- when it began, UTC
  strftime('%Y-%m-%dT%H:%M:%fZ', started_ms / 1000.0, 'unixepoch') AS started,
  -- when it ended, UTC; NULL: it holds the trial
  strftime('%Y-%m-%dT%H:%M:%fZ', trial_attempt.ended_ms / 1000.0, 'unixepoch') AS ended,
  -- how long it worked, in seconds
  coalesce(duration_ms, max(coalesce(trial_attempt.ended_ms, started_ms) - started_ms, 0)) / 1000.0
    AS duration_seconds,
  sweep.name AS sweep_name,  -- the sweep
  trial.number AS trial  -- the trial
FROM trial_attempt
JOIN trial ON trial.id = trial_attempt.trial_id
JOIN sweep ON sweep.id = trial.sweep_id;

-- A run whose result a trial used.
--
-- key: sweep_name, trial, run
CREATE VIEW trial_runs AS
SELECT
  sweep.name AS sweep,  -- older name of sweep_name
  trial.number,  -- older name of trial
  run.uuid AS run,  -- the run, by its UUID
  run.kind,  -- what ran
  run.state,  -- of the run: 'queued', 'running', 'finished', 'failed' or 'interrupted'
  computed,  -- 1: this trial computed it, 0: it was there already
  sweep.name AS sweep_name,  -- the sweep
  trial.number AS trial  -- the trial
FROM trial_run
JOIN trial ON trial.id = trial_run.trial_id
JOIN sweep ON sweep.id = trial.sweep_id
JOIN run ON run.id = trial_run.run_id;

-- Models and images.

-- A classifier: trained here, or trained elsewhere and imported.
--
-- key: model
CREATE VIEW training_runs AS
SELECT
  run.uuid AS run,  -- the training or the import, the same as model
  run.state,  -- 'queued', 'running', 'finished', 'failed' or 'interrupted'
  run.seed,  -- of its first weights, shuffling and dropout; NULL: was imported
  dataset,  -- what it classifies, such as 'mnist'
  dataset_sha256,  -- SHA-256 of the data themselves
  architecture,  -- such as 'lenet'
  weight_count,  -- weights and biases
  dropout_rate,  -- chance that dropout removes a value, 0...1
  dropout_sites,  -- where dropout is, names joined by commas; '' for no dropout
  optimizer,  -- 'adam' or 'sgd'; NULL: trained elsewhere
  learning_rate,  -- of the optimizer; NULL: trained elsewhere
  batch_size,  -- in images; NULL: trained elsewhere
  epochs,  -- passes over the training images; NULL: trained elsewhere
  training_images,  -- how many it learnt from; NULL: trained elsewhere
  test_images,  -- all test images of the data set
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
    / (test_images + 3.841458820694124)) AS test_accuracy_high
FROM training_run
JOIN run ON run.id = training_run.run_id;

-- A test image that a selection has drawn.
--
-- key: selection, image_index
CREATE VIEW selected_images AS
SELECT
  run.uuid AS selection,  -- the drawing, by its UUID
  image_selection.dataset,  -- such as 'mnist'
  image_selection.method,  -- older name of selection_method
  image_index,  -- in the data set's test images, from 0
  part,  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  -- how the images were chosen: 'random', 'first', 'last', 'range', or 'given' by an imported file
  image_selection.method AS selection_method
FROM selected_image
JOIN image_selection ON image_selection.run_id = selected_image.selection_id
JOIN run ON run.id = selected_image.selection_id;

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
    / (image_count + 3.841458820694124)) AS success_rate_high
FROM adversarial_set
JOIN run ON run.id = adversarial_set.run_id
JOIN run AS model ON model.id = adversarial_set.model_id
JOIN run AS selection ON selection.id = adversarial_set.selection_id
JOIN training_run ON training_run.run_id = adversarial_set.model_id;

-- An adversarial image: what the undefended network makes of it, and how far it was moved.
--
-- Its pixels are in adversarial_image_pixels.
--
-- key: adversarial_set, image_index
CREATE VIEW adversarial_images AS
SELECT
  run.uuid AS run,  -- the attack or the import, the same as adversarial_set
  attack,  -- 'fgsm', 'bim-a', 'bim-b', 'jsma', or what an imported set is called
  image_index,  -- of the clean image, in the data set's test images, from 0
  true_label,  -- the image's class
  target_label,  -- the class that the attack aimed at; NULL: it aimed at none
  prediction,  -- older name of deterministic_prediction
  success,  -- 1: the target was reached, or without one the true label lost; 0: not
  adversarial_image.iterations,  -- older name of steps
  l0,  -- pixels changed
  l2,  -- Euclidean length of the change, pixels in 0...1
  linf,  -- largest change of a pixel, in 0...1
  run.uuid AS adversarial_set,  -- the attack or the import, by its UUID
  -- the undefended network's class, dropout off
  adversarial_image.prediction AS deterministic_prediction,
  adversarial_image.iterations AS steps,  -- steps that this image was given
  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  (SELECT part FROM selected_image
   WHERE selected_image.selection_id = adversarial_set.selection_id
     AND selected_image.image_index = adversarial_image.image_index) AS part
FROM adversarial_image
JOIN adversarial_set ON adversarial_set.run_id = adversarial_image.adversarial_set_id
JOIN run ON run.id = adversarial_image.adversarial_set_id;

-- The pixels of an adversarial image, as long as they are kept.
--
-- key: adversarial_set, image_index
CREATE VIEW adversarial_image_pixels AS
SELECT
  run.uuid AS run,  -- the attack or the import, the same as adversarial_set
  attack,  -- 'fgsm', 'bim-a', 'bim-b', 'jsma', or what an imported set is called
  image_index,  -- of the clean image, in the data set's test images, from 0
  pixels,  -- little-endian 32-bit floats in 0...1, row by row
  run.uuid AS adversarial_set  -- the attack or the import, by its UUID
FROM adversarial_pixels
JOIN adversarial_set ON adversarial_set.run_id = adversarial_pixels.adversarial_set_id
JOIN run ON run.id = adversarial_pixels.adversarial_set_id;

-- Measurements and detection.

-- A measure of uncertainty: a number that is read off every image.
--
-- key: measure
CREATE VIEW measures AS
SELECT
  column1 AS measure,  -- its name
  column2 AS measure_number,  -- its place in lists, from 0
  column3 AS orientation,  -- whether 'high' or 'low' values mean adversarial, by itself
  column4 AS unit,  -- of its values
  column5 AS title  -- what people call it
FROM (VALUES
  ('softmax_std', 0, 'high', 'probability', 'softmax deviation'),
  ('logit_std', 1, 'low', 'logits', 'logit deviation'),
  ('predictive_entropy', 2, 'high', 'nats', 'predictive entropy'),
  ('mutual_information', 3, 'high', 'nats', 'mutual information'),
  ('max_probability', 4, 'low', 'probability', 'max. probability'),
  ('margin', 5, 'low', 'logits', 'margin'),
  ('deterministic_max_probability', 6, 'low', 'probability', 'max. probability, no dropout'));

-- A measurement: what the detector's instruments, dropout and crops, read off one set of images.
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
  passes,  -- how often the network looked at an image with dropout on
  crop_side,  -- of the five crops, in pixels
  measurement.image_count,  -- images, held-out half included; NULL: not all are measured yet
  run.uuid AS measurement  -- the measurement, by its UUID
FROM measurement
JOIN run ON run.id = measurement.run_id
JOIN run AS model ON model.id = measurement.model_id
JOIN run AS selection ON selection.id = measurement.selection_id
JOIN training_run ON training_run.run_id = measurement.model_id
LEFT JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
LEFT JOIN run AS attacked ON attacked.id = measurement.adversarial_set_id
LEFT JOIN run AS clean ON clean.id = measurement.clean_measurement_id;

-- All that a measurement says of one image, a column a measure.
--
-- image_scores has a row a measure instead.
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
  -- 1: the undefended network classifies the clean image correctly, so that the pair counts
  (SELECT clean.deterministic_prediction = clean.true_label
   FROM image_uncertainty AS clean
   WHERE clean.measurement_id
       = coalesce(measurement.clean_measurement_id, image_uncertainty.measurement_id)
     AND clean.image_index = image_uncertainty.image_index) AS kept,
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
  -- 1: the undefended network classifies the clean image correctly, so that the pair counts
  kept,
  measure,  -- the measure
  orientation,  -- whether 'high' or 'low' values of the measure mean adversarial
  value,  -- of the measure, in its unit
  -- the value, negated where low ones mean adversarial: the higher, the more suspect
  iif(orientation = 'low', -1.0, 1.0) * value AS score,
  agreement,  -- how many of the five crops agree with prediction, 0...5
  true_label,  -- the image's class
  prediction,  -- the class with the highest mean logit over all passes
  deterministic_prediction,  -- the undefended network's class, dropout off
  adversarial_set,  -- the image's; NULL: a clean image
  model,  -- the network that looked at the image
  measure_number  -- the measure's place in lists, from 0
FROM (
  SELECT
    *,
    CASE measure_number
      WHEN 0 THEN softmax_std
      WHEN 1 THEN logit_std
      WHEN 2 THEN predictive_entropy
      WHEN 3 THEN mutual_information
      WHEN 4 THEN max_probability
      WHEN 5 THEN margin
      WHEN 6 THEN deterministic_max_probability
    END AS value
  FROM measures
  CROSS JOIN image_uncertainties
);

-- An image of the mix that detectors are chosen and judged on, a column a measure.
--
-- The mix of an adversarial set's measurement is every clean image and its adversarial partner.
-- detection_scores has a row a measure instead.
--
-- key: measurement, image_index, is_adversarial
CREATE VIEW detection_mixes AS
SELECT
  run.uuid AS measurement,  -- of the adversarial set, by its UUID
  adversarial_set.attack,  -- such as 'fgsm', of clean images too
  part,  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  clean.image_index,  -- in the data set's test images, from 0
  side.column1 AS is_adversarial,  -- 1: adversarial, 0: clean
  -- 1: the undefended network classifies the clean image correctly, so that the pair counts
  clean.deterministic_prediction = clean.true_label AS kept,
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
CROSS JOIN image_uncertainty AS clean
  ON clean.measurement_id = measurement.clean_measurement_id
  AND clean.image_index = selected_image.image_index
CROSS JOIN image_uncertainty AS attacked
  ON attacked.measurement_id = measurement.run_id
  AND attacked.image_index = selected_image.image_index
CROSS JOIN (VALUES (0), (1)) AS side;

-- What one measure says of one image of the mix that detectors are chosen and judged on.
--
-- The mix of an adversarial set's measurement is every clean image and its adversarial partner.
--
-- key: measurement, image_index, is_adversarial, measure
CREATE VIEW detection_scores AS
SELECT
  measurement,  -- of the adversarial set, by its UUID
  attack,  -- such as 'fgsm', of clean images too
  part,  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  image_index,  -- in the data set's test images, from 0
  is_adversarial,  -- 1: adversarial, 0: clean
  -- 1: the undefended network classifies the clean image correctly, so that the pair counts
  kept,
  measure,  -- the measure
  orientation,  -- whether 'high' or 'low' values of the measure mean adversarial
  value,  -- of the measure, in its unit
  -- the value, negated where low ones mean adversarial: the higher, the more suspect
  iif(orientation = 'low', -1.0, 1.0) * value AS score,
  agreement,  -- how many of the five crops agree with prediction, 0...5
  true_label,  -- the image's class
  prediction,  -- the class with the highest mean logit over all passes
  deterministic_prediction,  -- the undefended network's class, dropout off
  adversarial_set,  -- the attack or the import, of clean images too
  model,  -- the network that looked at the images
  measure_number  -- the measure's place in lists, from 0
FROM (
  SELECT
    *,
    CASE measure_number
      WHEN 0 THEN softmax_std
      WHEN 1 THEN logit_std
      WHEN 2 THEN predictive_entropy
      WHEN 3 THEN mutual_information
      WHEN 4 THEN max_probability
      WHEN 5 THEN margin
      WHEN 6 THEN deterministic_max_probability
    END AS value
  FROM measures
  CROSS JOIN detection_mixes
);

-- How well the undefended network classifies the images of a mix, clean and adversarial together,
-- whatever it makes of the clean ones.
--
-- key: measurement, part
CREATE VIEW undefended_results AS
SELECT
  measurement,  -- of the adversarial set, by its UUID
  attack,  -- such as 'fgsm'
  part,  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  images,  -- clean and adversarial images together
  correct,  -- images that it classifies correctly, dropout off
  CAST(correct AS REAL) / images AS undefended_accuracy,  -- correct / images, 0...1
  -- lower end of undefended_accuracy's 95% confidence interval, by Wilson's score
  max(0.0, (correct + 1.920729410347062
    - 1.959963984540054 * sqrt(1.0 * correct * (images - correct) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS undefended_accuracy_low,
  -- its upper end
  min(1.0, (correct + 1.920729410347062
    + 1.959963984540054 * sqrt(1.0 * correct * (images - correct) / images + 0.960364705173531))
    / (images + 3.841458820694124)) AS undefended_accuracy_high,
  adversarial_set,  -- the attack or the import, by its UUID
  model  -- the network
FROM (
  SELECT
    measurement, attack, half.column1 AS part, counted.value ->> 0 AS images,
    counted.value ->> 1 AS correct, adversarial_set, model
  FROM measurements
  CROSS JOIN (VALUES ('selection'), ('heldout')) AS half
  -- A function's table is made once for each row on its left. A plain subquery would run once for
  -- each column that names what it counts.
  CROSS JOIN json_each(json_array((
    SELECT json_array(count(*), sum(image.deterministic_prediction = image.true_label))
    FROM detection_mixes AS image
    WHERE image.measurement = measurements.measurement AND image.part = half.column1))) AS counted
  WHERE adversarial_set IS NOT NULL
)
WHERE images > 0;

-- A detector with its thresholds, and what it declared of the selection's images.
--
-- A detector is of the measure and, between L and H, of the crops (Algorithm 1). Its score is the
-- measure, negated where low values mean adversarial: score < L is declared clean, score > H
-- adversarial, and between them an image is declared clean if at least C of its five crops agree.
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
  passes,  -- how often the network looked at an image with dropout on
  crop_side,  -- of the five crops, in pixels
  protocol,  -- thresholds chosen on 'paper': the selection itself; 'heldout': the other half
  method,  -- how they were chosen: 'exact', 'information_gain' or 'given'
  detector,  -- 'hybrid'; 'uncertainty': L = H; 'crops': every image goes to the crops
  measure,  -- the measure of uncertainty
  orientation,  -- whether 'high' or 'low' values of the measure mean adversarial
  low_threshold,  -- L, on the score; may be infinite
  high_threshold,  -- H, on the score, not below L; may be infinite
  agreement_threshold,  -- C, 0...5
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
    / (declared_clean + 3.841458820694124)) AS classification_accuracy_high
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
  detector,  -- 'hybrid'; 'uncertainty': L = H; 'crops': every image goes to the crops
  measure,  -- the measure of uncertainty
  part,  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  image_index,  -- in the data set's test images, from 0
  is_adversarial,  -- 1: adversarial, 0: clean
  -- 1: the undefended network classifies the clean image correctly, so that the pair counts
  kept,
  true_label,  -- the image's class
  prediction,  -- the class with the highest mean logit over all passes
  score,  -- the measure's value, negated where low ones mean adversarial
  agreement,  -- how many of the five crops agree with prediction, 0...5
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
  model  -- the network that is defended
FROM (
  SELECT
    detector.thresholds, detector.measurement, detector.attack, detector.protocol, detector.method,
    detector.detector, detector.measure, detector.low_threshold, detector.high_threshold,
    detector.agreement_threshold, detector.adversarial_set, detector.model, image.part,
    image.image_index, image.is_adversarial, image.kept, image.true_label, image.prediction,
    image.agreement, iif(detector.orientation = 'low', -1.0, 1.0) * image.value AS score
  FROM detection_results AS detector
  JOIN detection_scores AS image
    ON image.measurement = detector.measurement AND image.measure = detector.measure
);

-- How well a measure tells a mix's adversarial images from its clean ones, without thresholds, on
-- the selection.
--
-- key: thresholds, measure
CREATE VIEW measure_results AS
SELECT
  run.uuid AS run,  -- the same as thresholds
  measured.uuid AS measurement,  -- of the adversarial set
  adversarial_set.attack,  -- such as 'fgsm'
  measure,  -- the measure
  orientation,  -- whether 'high' or 'low' values of the measure mean adversarial
  auroc,  -- area under the ROC curve, 0...1; NULL: there are no images of a kind
  run.uuid AS thresholds,  -- the choice of thresholds that it was recorded with, by its UUID
  attacked.uuid AS adversarial_set  -- the attack or the import
FROM measure_result
JOIN run ON run.id = measure_result.run_id
JOIN measurement ON measurement.run_id = measure_result.measurement_id
JOIN run AS measured ON measured.id = measurement.run_id
JOIN run AS attacked ON attacked.id = measurement.adversarial_set_id
JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id;

-- A number that a paper published, to stand beside ours.
--
-- key: source, table_number, attack, quantity
CREATE VIEW published_results AS
SELECT
  -- 'original': Alshemali, Graham and Kalita; 'reproduction': Wang and Zhang
  source,
  table_number,  -- of both papers, 1...3
  attack,  -- 'fgsm', 'bim-a' or 'jsma'; both papers call bim-a BIM
  quantity,  -- such as 'detection_accuracy'; the names are those of columns here
  unit,  -- 'fraction', 0...1, or 'images'
  value  -- as published
FROM published_result;

-- Studies: what reports are about.

-- An adversarial set that the report of a model is about, with the newest thresholds chosen for it.
--
-- What trials of a sweep computed is no part of a report, unless the model itself is a trial's.
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
      AND (
        NOT EXISTS (SELECT 1 FROM trial_run WHERE run_id = chosen.id AND computed = 1)
        OR EXISTS (SELECT 1 FROM trial_run WHERE run_id = attacked.id AND computed = 1))
    ORDER BY chosen.id DESC
    LIMIT 1)
CROSS JOIN lineage AS judged ON judged.run_id = thresholds.id AND judged.role = 'measurement'
CROSS JOIN run AS measured ON measured.id = judged.parent_run_id
WHERE model.kind = 'train'
  AND (
    NOT EXISTS (SELECT 1 FROM trial_run WHERE run_id = attacked.id AND computed = 1)
    OR EXISTS (SELECT 1 FROM trial_run WHERE run_id = model.id AND computed = 1));

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
UNION ALL
SELECT
  own.model, 'train', own.thresholds, own.measurement, own.model, own.adversarial_set, own.attack,
  -- Sets of the same name are told apart by the parameters that differ; where they do not, by the
  -- number of images or else by the run.
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
    WHEN EXISTS (
      SELECT 1 FROM reported_sets AS other
      WHERE other.model = own.model AND other.attack = own.attack
        AND other.parameters = own.parameters AND other.image_count = own.image_count
        AND other.adversarial_set <> own.adversarial_set)
      THEN ' ' || substr(own.adversarial_set, 1, 8)
    ELSE ' ' || own.image_count || ' images'
  END,
  thresholds.configuration ->> '$.measures[0]', NULL, NULL, NULL, NULL, 0
FROM reported_sets AS own
CROSS JOIN run AS thresholds ON thresholds.uuid = own.thresholds;

-- A run that a study used, directly or not, or the study itself: its stages with their times.
--
-- key: study, run
CREATE VIEW study_runs AS
SELECT
  study,  -- the study or the model, by its UUID
  study_kind,  -- 'reproduce' for a study, 'train' for a model
  -- what ran, and on what: 'train', 'select', 'attack fgsm', 'measure clean', 'measure fgsm',
  -- 'thresholds fgsm' or 'reproduce'
  kind || coalesce(' ' || label, iif(kind = 'measure', ' clean', '')) AS stage,
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
    (SELECT label FROM studies
     WHERE studies.study = study.uuid
       AND runs.run IN (studies.adversarial_set, studies.measurement, studies.thresholds)
     LIMIT 1) AS label
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
  WHERE study.kind IN ('reproduce', 'train')
);

-- A measurement of an adversarial set by the name that a study's tables have for it, with the
-- choices of thresholds that the study made by it.
--
-- Where study is NULL, the row is about no study: every measurement has such rows, by the name of
-- its attack, one for each choice of thresholds that was ever made by it. So "study IS :study"
-- takes a study's measurements, or all there are.
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
WHERE adversarial_set IS NOT NULL;

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
  detection_results.passes,  -- how often the network looked at an image with dropout on
  detection_results.crop_side,  -- of the five crops, in pixels
  detection_results.protocol,  -- 'paper' or 'heldout': where the thresholds were chosen
  detection_results.method,  -- how they were chosen: 'exact', 'information_gain' or 'given'
  detection_results.detector,  -- 'hybrid', 'uncertainty' or 'crops'
  detection_results.measure,  -- the measure of uncertainty
  detection_results.orientation,  -- whether 'high' or 'low' values mean adversarial
  detection_results.low_threshold,  -- L, on the score
  detection_results.high_threshold,  -- H, on the score
  detection_results.agreement_threshold,  -- C, 0...5
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
  detection_results.classification_accuracy_high  -- its upper end
FROM studies
JOIN detection_results ON detection_results.run = studies.thresholds;

-- A number of the papers' tables 1 to 3: a study's own beside the published ones.
--
-- key: study, thresholds, table_number, protocol, detector, measure, quantity
CREATE VIEW table_numbers AS
WITH
number AS (
  SELECT
    study, is_default, label, published_attack, studies.thresholds, 1 AS table_number,
    NULL AS protocol, NULL AS detector, NULL AS measure, NULL AS is_tabled, 1 AS place,
    'undefended_accuracy' AS quantity, 'fraction' AS unit, correct AS part, images AS whole
  FROM studies
  JOIN undefended_results
    ON undefended_results.measurement = studies.measurement AND part = 'selection'
  UNION ALL
  SELECT
    study, is_default, label, published_attack, thresholds, item.column1, protocol, detector,
    measure, is_tabled, item.column2, item.column3, item.column4,
    CASE item.column3
      WHEN 'clean_declared_adversarial' THEN clean_declared_adversarial
      WHEN 'adversarial_declared_clean' THEN adversarial_declared_clean
      WHEN 'adversarial_declared_adversarial' THEN adversarial_declared_adversarial
      WHEN 'clean_declared_clean' THEN clean_declared_clean
      WHEN 'detection_accuracy' THEN detected
      WHEN 'clean_declared_clean_correct' THEN clean_declared_clean_correct
      WHEN 'clean_declared_clean_incorrect' THEN clean_declared_clean_incorrect
      WHEN 'adversarial_declared_clean_correct' THEN adversarial_declared_clean_correct
      WHEN 'adversarial_declared_clean_incorrect' THEN adversarial_declared_clean_incorrect
      WHEN 'classification_accuracy'
        THEN clean_declared_clean_correct + adversarial_declared_clean_correct
    END,
    CASE
      WHEN item.column4 = 'images' THEN NULL
      WHEN item.column1 = 2 THEN images
      ELSE clean_declared_clean + adversarial_declared_clean
    END
  FROM study_results
  CROSS JOIN (VALUES
    (2, 1, 'clean_declared_adversarial', 'images'),
    (2, 2, 'adversarial_declared_clean', 'images'),
    (2, 3, 'adversarial_declared_adversarial', 'images'),
    (2, 4, 'clean_declared_clean', 'images'),
    (2, 5, 'detection_accuracy', 'fraction'),
    (3, 1, 'clean_declared_clean_correct', 'fraction'),
    (3, 2, 'clean_declared_clean_incorrect', 'fraction'),
    (3, 3, 'adversarial_declared_clean_correct', 'fraction'),
    (3, 4, 'adversarial_declared_clean_incorrect', 'fraction'),
    (3, 5, 'classification_accuracy', 'fraction')) AS item
  WHERE method = 'exact'
)
SELECT
  study,  -- the study or the model, by its UUID
  is_default,  -- 1: queries that name no study mean it; 0: not
  label,  -- what tables call the adversarial set
  thresholds,  -- the choice of thresholds
  table_number,  -- of both papers, 1...3
  -- thresholds chosen on 'paper': the selection itself; 'heldout': the other half; NULL: no
  -- thresholds are involved
  protocol,
  detector,  -- 'hybrid', 'uncertainty' or 'crops'; NULL: no detector is involved
  measure,  -- the measure of uncertainty; NULL: none is involved
  is_tabled,  -- 1: tables are about this measure; NULL: no measure is involved
  place,  -- the number's line in the table, from 1
  quantity,  -- what the number is, such as 'detection_accuracy'
  unit,  -- 'fraction', 0...1, or 'images'
  -- the study's own number; NULL: is a fraction of no images
  iif(unit = 'images', part, CAST(part AS REAL) / nullif(whole, 0)) AS ours,
  -- lower end of the 95% confidence interval of ours, by Wilson's score; NULL: is a count
  max(0.0, (part + 1.920729410347062
    - 1.959963984540054 * sqrt(1.0 * part * (whole - part) / whole + 0.960364705173531))
    / (whole + 3.841458820694124)) AS ours_low,
  -- its upper end
  min(1.0, (part + 1.920729410347062
    + 1.959963984540054 * sqrt(1.0 * part * (whole - part) / whole + 0.960364705173531))
    / (whole + 3.841458820694124)) AS ours_high,
  -- as Wang and Zhang published it; NULL: they did not, or the study is of other data than theirs
  (SELECT value FROM published_result AS published
   WHERE published.source = 'reproduction' AND published.table_number = number.table_number
     AND published.attack = published_attack AND published.quantity = number.quantity)
    AS reproduction,
  -- as Alshemali, Graham and Kalita published it; NULL likewise
  (SELECT value FROM published_result AS published
   WHERE published.source = 'original' AND published.table_number = number.table_number
     AND published.attack = published_attack AND published.quantity = number.quantity)
    AS original
FROM number;

-- Two studies that differ in nothing but the seed: one that is asked about, and one that counts.
--
-- Both are finished, and a study is a member of its own comparison. Their configurations name the
-- data by SHA-256. Of studies with the same seed, the newest counts.
--
-- key: study, member
CREATE VIEW seed_studies AS
WITH
study AS (
  SELECT
    uuid, seed, json_remove(configuration, '$.seed') AS configuration,
    row_number() OVER (PARTITION BY json_remove(configuration, '$.seed') ORDER BY id) AS place,
    row_number() OVER (
      PARTITION BY json_remove(configuration, '$.seed'), seed ORDER BY id DESC) AS age
  FROM run
  WHERE kind = 'reproduce' AND state = 'finished' AND seed IS NOT NULL
)
SELECT
  own.uuid AS study,  -- the study that is asked about, by its UUID
  own.place,  -- counts the configuration's studies from 1, in the order of their recording
  member.uuid AS member,  -- a study that is compared with it
  member.seed  -- the member's
FROM study AS own
JOIN study AS member ON member.configuration = own.configuration
WHERE member.age = 1;

PRAGMA user_version = 11;
