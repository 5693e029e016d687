-- Sweeps as they are run: objectives, leases, reports for pruning, retention, and counts that need
-- no counting.
--
-- No version before this one wrote a sweep, so its tables are made anew. The views keep the columns
-- that they had and have new ones.

DROP VIEW sweeps;
DROP VIEW trials;
DROP VIEW trial_values;
DROP TABLE trial_run;
DROP TABLE trial_value;
DROP TABLE trial_attempt;
DROP TABLE trial;
DROP TABLE sweep;

CREATE TABLE sweep (
  id               INTEGER PRIMARY KEY,
  uuid             TEXT    NOT NULL UNIQUE CHECK (length(uuid) = 36),
  name             TEXT    NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
  state            TEXT    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'stopped', 'finished')),
  definition       TEXT    NOT NULL CHECK (json_valid(definition)),  -- what its trials depend on
  seed             INTEGER NOT NULL,
  budget           INTEGER NOT NULL CHECK (budget > 0),         -- in finished trials
  trial_limit      INTEGER NOT NULL CHECK (trial_limit > 0),    -- in trials of any state
  attempt_limit    INTEGER NOT NULL CHECK (attempt_limit > 0),  -- in attempts at one trial
  kept_pixels      TEXT    NOT NULL CHECK (kept_pixels IN ('all', 'best', 'none')),
  kept_models      TEXT    NOT NULL CHECK (kept_models IN ('all', 'best', 'none')),
  created_ms       INTEGER NOT NULL,
  -- How many trials there are; triggers keep these.
  created_trials   INTEGER NOT NULL DEFAULT 0,
  finished_trials  INTEGER NOT NULL DEFAULT 0,
  pruned_trials    INTEGER NOT NULL DEFAULT 0,
  failed_trials    INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What a sweep searches for; with several, for the trials that none other beats in all of them.
CREATE TABLE sweep_objective (
  sweep_id  INTEGER NOT NULL REFERENCES sweep (id) ON DELETE CASCADE,
  number    INTEGER NOT NULL CHECK (number >= 0),
  name      TEXT    NOT NULL CHECK (length(name) > 0),
  goal      TEXT    NOT NULL CHECK (goal IN ('minimise', 'maximise')),
  PRIMARY KEY (sweep_id, number),
  UNIQUE (sweep_id, name)
) STRICT, WITHOUT ROWID;

-- A trial's parameters are a function of the sweep's seed, the trial's number and the trials judged
-- before it was proposed; they are stored so that SQL can ask for them.
CREATE TABLE trial (
  id                 INTEGER PRIMARY KEY,
  sweep_id           INTEGER NOT NULL REFERENCES sweep (id) ON DELETE CASCADE,
  number             INTEGER NOT NULL CHECK (number >= 0),
  state              TEXT    NOT NULL DEFAULT 'queued'
                       CHECK (state IN ('queued', 'running', 'finished', 'failed', 'pruned')),
  parameters         TEXT    NOT NULL CHECK (json_valid(parameters)),
  proposed_after     INTEGER NOT NULL CHECK (proposed_after >= 0),  -- so many trials were judged
  token              TEXT,     -- of the attempt that may write; NULL unless running
  error              TEXT,     -- one line; NULL unless failed
  created_ms         INTEGER NOT NULL,
  ended_ms           INTEGER,  -- NULL until finished, failed or pruned
  -- Counts finished and pruned trials in the order in which they were; NULL for all others.
  judged_number      INTEGER,
  attempts_forgiven  INTEGER NOT NULL DEFAULT 0,  -- how many of them no limit counts any more
  UNIQUE (sweep_id, number),
  UNIQUE (sweep_id, judged_number),
  CHECK ((state = 'running') = (token IS NOT NULL)),
  CHECK ((state = 'failed') = (error IS NOT NULL)),
  CHECK ((state IN ('finished', 'pruned')) = (judged_number IS NOT NULL)),
  CHECK ((state IN ('finished', 'pruned', 'failed')) = (ended_ms IS NOT NULL))
) STRICT;
CREATE INDEX trial_state ON trial (sweep_id, state, number);

-- The objectives' values of a finished trial.
CREATE TABLE trial_value (
  trial_id   INTEGER NOT NULL REFERENCES trial (id) ON DELETE CASCADE,
  objective  INTEGER NOT NULL,  -- its number in sweep_objective
  sweep_id   INTEGER NOT NULL REFERENCES sweep (id) ON DELETE CASCADE,
  value      REAL,              -- NULL means NaN, and only that
  PRIMARY KEY (trial_id, objective),
  FOREIGN KEY (sweep_id, objective) REFERENCES sweep_objective (sweep_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX trial_value_best ON trial_value (sweep_id, objective, value);

-- What trials report on their way, which pruning goes by.
CREATE TABLE trial_report (
  sweep_id  INTEGER NOT NULL REFERENCES sweep (id) ON DELETE CASCADE,
  step      INTEGER NOT NULL,
  trial_id  INTEGER NOT NULL REFERENCES trial (id) ON DELETE CASCADE,
  value     REAL,  -- NULL means NaN, and only that
  PRIMARY KEY (sweep_id, step, trial_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX trial_report_trial ON trial_report (trial_id);

-- The runs whose results a trial used; several trials may share one.
CREATE TABLE trial_run (
  trial_id  INTEGER NOT NULL REFERENCES trial (id) ON DELETE CASCADE,
  run_id    INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  computed  INTEGER NOT NULL CHECK (computed IN (0, 1)),  -- by this trial; 0: found finished
  PRIMARY KEY (trial_id, run_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX trial_run_run ON trial_run (run_id);

-- One worker's hold on a trial. A worker that is thought dead loses its token and with it the right
-- to write; the trial goes on as the next attempt.
CREATE TABLE trial_attempt (
  trial_id         INTEGER NOT NULL REFERENCES trial (id) ON DELETE CASCADE,
  number           INTEGER NOT NULL CHECK (number >= 1),
  token            TEXT    NOT NULL UNIQUE,
  host             TEXT    NOT NULL,
  boot_id          TEXT    NOT NULL,  -- tells one boot of the host from the next
  process_id       INTEGER NOT NULL,
  process_started  TEXT    NOT NULL,  -- tells processes with the same number apart
  started_ms       INTEGER NOT NULL,
  expires_ms       INTEGER NOT NULL,  -- when others may take over, unless a heartbeat moves it
  ended_ms         INTEGER,           -- NULL while it holds the trial
  outcome          TEXT    NOT NULL DEFAULT 'running'
    CHECK (outcome IN ('running', 'finished', 'failed', 'pruned', 'released', 'lost')),
  PRIMARY KEY (trial_id, number),
  CHECK ((outcome = 'running') = (ended_ms IS NULL))
) STRICT, WITHOUT ROWID;

-- What a retention policy dropped of a finished run. It can be computed again by the run's key, and
-- is taken back only as the same bits.
CREATE TABLE dropped_artifact (
  run_id      INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  name        TEXT    NOT NULL,
  sha256      TEXT    NOT NULL CHECK (length(sha256) = 64),
  dropped_ms  INTEGER NOT NULL,
  PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE dropped_pixels (
  adversarial_set_id  INTEGER PRIMARY KEY REFERENCES adversarial_set (run_id) ON DELETE CASCADE,
  sha256              TEXT    NOT NULL CHECK (length(sha256) = 64),  -- of all images in order
  dropped_ms          INTEGER NOT NULL
) STRICT;

DROP TRIGGER artifact_insert;
CREATE TRIGGER artifact_insert BEFORE INSERT ON artifact
WHEN (SELECT state FROM run WHERE id = NEW.run_id) = 'finished'
  AND NOT EXISTS (
    SELECT 1 FROM dropped_artifact
    JOIN blob ON blob.id = NEW.blob_id AND blob.sha256 = dropped_artifact.sha256
    WHERE dropped_artifact.run_id = NEW.run_id AND dropped_artifact.name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'a finished run never changes: artifact'); END;

-- The state machine, and the counts that follow from it.
CREATE TRIGGER trial_starts_queued BEFORE INSERT ON trial WHEN NEW.state <> 'queued'
BEGIN SELECT RAISE(ABORT, 'a trial starts queued'); END;

CREATE TRIGGER trial_is_counted AFTER INSERT ON trial
BEGIN UPDATE sweep SET created_trials = created_trials + 1 WHERE id = NEW.sweep_id; END;

CREATE TRIGGER trial_state_changes BEFORE UPDATE OF state ON trial
WHEN OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
  VALUES ('queued', 'running'), ('running', 'queued'), ('running', 'finished'),
    ('running', 'failed'), ('running', 'pruned'), ('failed', 'queued'))
BEGIN SELECT RAISE(ABORT, 'a trial cannot change state that way'); END;

CREATE TRIGGER trial_end_is_counted AFTER UPDATE OF state ON trial
WHEN OLD.state <> NEW.state
  AND (OLD.state = 'failed' OR NEW.state IN ('finished', 'failed', 'pruned'))
BEGIN
  UPDATE sweep SET
    finished_trials = finished_trials + (NEW.state = 'finished'),
    pruned_trials = pruned_trials + (NEW.state = 'pruned'),
    failed_trials = failed_trials + (NEW.state = 'failed') - (OLD.state = 'failed')
  WHERE id = NEW.sweep_id;
END;

CREATE TRIGGER trial_is_final BEFORE UPDATE ON trial WHEN OLD.state IN ('finished', 'pruned')
BEGIN SELECT RAISE(ABORT, 'a finished trial never changes: trial'); END;

CREATE TRIGGER trial_parameters_are_final
BEFORE UPDATE OF sweep_id, number, parameters, proposed_after ON trial
BEGIN SELECT RAISE(ABORT, 'a retried trial is the same trial: its parameters never change'); END;

CREATE TRIGGER trial_value_needs_running BEFORE INSERT ON trial_value
WHEN (SELECT state FROM trial WHERE id = NEW.trial_id) <> 'running'
BEGIN SELECT RAISE(ABORT, 'only a running trial records values'); END;

CREATE TRIGGER trial_value_is_final BEFORE UPDATE ON trial_value
BEGIN SELECT RAISE(ABORT, 'a result is written once: trial_value'); END;

CREATE TRIGGER sweep_definition_is_final BEFORE UPDATE OF uuid, name, definition, seed ON sweep
BEGIN SELECT RAISE(ABORT, 'what a sweep searches never changes'); END;

CREATE TRIGGER sweep_objective_is_final BEFORE UPDATE ON sweep_objective
BEGIN SELECT RAISE(ABORT, 'what a sweep searches never changes'); END;

-- Thresholds may also be given by the user instead of chosen ('given'). A CHECK can only be changed
-- with its table.
DROP VIEW detection_results;

CREATE TABLE new_threshold_result (
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
INSERT INTO new_threshold_result SELECT * FROM threshold_result;
DROP TABLE threshold_result;
ALTER TABLE new_threshold_result RENAME TO threshold_result;
CREATE INDEX threshold_result_measurement ON threshold_result (measurement_id);

CREATE TRIGGER threshold_result_is_final BEFORE UPDATE ON threshold_result
BEGIN SELECT RAISE(ABORT, 'a result is written once: threshold_result'); END;

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

-- Sweeps with the numbers of their trials by state.
CREATE VIEW sweeps AS
SELECT
  uuid AS sweep, name, state, definition ->> '$.configuration' AS configuration,
  definition ->> '$.space' AS search_space, definition ->> '$.sampler' AS sampler,
  definition ->> '$.objectives' AS objective, budget, seed, created_trials AS trials,
  finished_trials AS finished, failed_trials AS failed, pruned_trials AS pruned,
  (SELECT count(*) FROM trial WHERE sweep_id = sweep.id AND trial.state = 'running') AS running,
  (SELECT count(*) FROM trial WHERE sweep_id = sweep.id AND trial.state = 'queued') AS queued,
  definition, trial_limit, attempt_limit, kept_pixels, kept_models,
  strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') AS created
FROM sweep;

-- What sweeps search for, one objective a row; number 0 is the first one.
CREATE VIEW sweep_objectives AS
SELECT sweep.name AS sweep, sweep_objective.number, sweep_objective.name AS objective, goal
FROM sweep_objective
JOIN sweep ON sweep.id = sweep_objective.sweep_id;

-- Trials, one a row; proposed_after says how many trials had been judged when it was proposed.
CREATE VIEW trials AS
SELECT
  sweep.name AS sweep, trial.number, trial.state, trial.parameters, trial.error,
  (SELECT count(*) FROM trial_attempt WHERE trial_id = trial.id) AS attempts,
  strftime('%Y-%m-%dT%H:%M:%fZ', trial.created_ms / 1000.0, 'unixepoch') AS created,
  strftime('%Y-%m-%dT%H:%M:%fZ', trial.ended_ms / 1000.0, 'unixepoch') AS ended,
  (SELECT sum(coalesce(trial_attempt.ended_ms, started_ms) - started_ms) / 1000.0
   FROM trial_attempt WHERE trial_id = trial.id) AS duration_seconds,
  trial.judged_number, trial.proposed_after
FROM trial
JOIN sweep ON sweep.id = trial.sweep_id;

-- The parameters of trials, one value a row; a list is JSON.
CREATE VIEW trial_parameters AS
SELECT sweep.name AS sweep, trial.number, trial.state, entry.key AS parameter, entry.value
FROM trial
JOIN sweep ON sweep.id = trial.sweep_id
JOIN json_each(trial.parameters) AS entry;

-- The objectives' values of finished trials, one value a row; value is NULL for a NaN.
CREATE VIEW trial_values AS
SELECT
  sweep.name AS sweep, trial.number, sweep_objective.name AS objective, value,
  sweep_objective.goal, sweep_objective.number AS objective_number
FROM trial_value
JOIN trial ON trial.id = trial_value.trial_id
JOIN sweep ON sweep.id = trial.sweep_id
JOIN sweep_objective
  ON sweep_objective.sweep_id = trial_value.sweep_id
  AND sweep_objective.number = trial_value.objective;

-- What trials reported on their way, one value a row; value is NULL for a NaN.
CREATE VIEW trial_reports AS
SELECT sweep.name AS sweep, trial.number, step, value
FROM trial_report
JOIN trial ON trial.id = trial_report.trial_id
JOIN sweep ON sweep.id = trial_report.sweep_id;

-- Attempts at trials, one a row: who held a trial, when, and what came of it.
CREATE VIEW trial_attempts AS
SELECT
  sweep.name AS sweep, trial.number, trial_attempt.number AS attempt, outcome, host, process_id,
  strftime('%Y-%m-%dT%H:%M:%fZ', started_ms / 1000.0, 'unixepoch') AS started,
  strftime('%Y-%m-%dT%H:%M:%fZ', trial_attempt.ended_ms / 1000.0, 'unixepoch') AS ended
FROM trial_attempt
JOIN trial ON trial.id = trial_attempt.trial_id
JOIN sweep ON sweep.id = trial.sweep_id;

-- The runs whose results trials used, one pair a row; computed = 0 where a finished run was found.
CREATE VIEW trial_runs AS
SELECT sweep.name AS sweep, trial.number, run.uuid AS run, run.kind, run.state, computed
FROM trial_run
JOIN trial ON trial.id = trial_run.trial_id
JOIN sweep ON sweep.id = trial.sweep_id
JOIN run ON run.id = trial_run.run_id;

PRAGMA user_version = 6;
