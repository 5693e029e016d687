-- Records that can be relied on: who is alive, how long work took, what was recorded last, and
-- whether finished rows are still what was written.

-- Two containers may share a host name and count their processes apart: a process is known by its
-- number only within the same namespace. Clocks are set forth and back: how long something took,
-- and when a holder was last heard of by another process of the same boot, is told by a clock that
-- nobody sets.
ALTER TABLE execution ADD COLUMN pid_namespace TEXT;  -- such as 'pid:[4026531836]'; NULL: not known
-- The host's uptime at the last heartbeat, in milliseconds; NULL: not known.
ALTER TABLE execution ADD COLUMN heartbeat_uptime_ms INTEGER;
-- How long it has worked, at the last heartbeat; NULL: was recorded before this was.
ALTER TABLE execution ADD COLUMN duration_ms INTEGER CHECK (duration_ms >= 0);

ALTER TABLE trial_attempt ADD COLUMN pid_namespace TEXT;  -- as in execution
ALTER TABLE trial_attempt ADD COLUMN expires_uptime_ms INTEGER;  -- expires_ms by the host's uptime
ALTER TABLE trial_attempt ADD COLUMN duration_ms INTEGER CHECK (duration_ms >= 0);

DROP INDEX execution_times;
CREATE INDEX execution_times
ON execution (run_id, duration_ms, started_ms, ended_ms, heartbeat_ms);

-- Runs are listed in the order in which they were recorded, which is that of their numbers.
DROP INDEX run_created;

-- What a finished run left, by part, such as 'measurement': so many rows of this digest. A run that
-- was finished by a version before this one has none until they are asked for.
CREATE TABLE row_digest (
  run_id     INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  part       TEXT    NOT NULL,
  row_count  INTEGER NOT NULL CHECK (row_count > 0),
  sha256     TEXT    NOT NULL CHECK (length(sha256) = 64),
  PRIMARY KEY (run_id, part)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER row_digest_is_final BEFORE UPDATE ON row_digest
BEGIN SELECT RAISE(ABORT, 'a digest is taken once: row_digest'); END;

-- The same of trials that were finished or pruned.
CREATE TABLE trial_digest (
  trial_id   INTEGER PRIMARY KEY REFERENCES trial (id) ON DELETE CASCADE,
  row_count  INTEGER NOT NULL CHECK (row_count > 0),
  sha256     TEXT    NOT NULL CHECK (length(sha256) = 64)
) STRICT;

CREATE TRIGGER trial_digest_is_final BEFORE UPDATE ON trial_digest
BEGIN SELECT RAISE(ABORT, 'a digest is taken once: trial_digest'); END;

-- Views keep their columns; new ones are at the end.
DROP VIEW runs;
DROP VIEW executions;
DROP VIEW sweeps;
DROP VIEW trials;
DROP VIEW trial_attempts;

-- Runs, one a row, with the newest execution's provenance; of two runs, the one with the higher
-- number under recorded was recorded later, whatever the clock said.
CREATE VIEW runs AS
SELECT
  run.uuid AS run, kind, name, state, key, configuration, seed,
  strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') AS created,
  strftime('%Y-%m-%dT%H:%M:%fZ', finished_ms / 1000.0, 'unixepoch') AS finished,
  (SELECT
     sum(coalesce(duration_ms, max(coalesce(ended_ms, heartbeat_ms) - started_ms, 0))) / 1000.0
   FROM execution WHERE run_id = run.id) AS duration_seconds,
  progress_done, progress_total, error,
  (SELECT count(*) FROM execution WHERE run_id = run.id) AS executions,
  latest.host, latest.git_commit, latest.git_dirty, latest.threads,
  (SELECT max(peak_memory_bytes) FROM execution WHERE run_id = run.id) AS peak_memory_bytes,
  run.id AS recorded
FROM run
LEFT JOIN execution AS latest
  ON latest.run_id = run.id
  AND latest.number = (SELECT max(number) FROM execution WHERE run_id = run.id);

-- Executions, one a row: who worked on a run, when, with what, and for how long.
CREATE VIEW executions AS
SELECT
  run.uuid AS run, run.kind, execution.number, execution.outcome,
  strftime('%Y-%m-%dT%H:%M:%fZ', started_ms / 1000.0, 'unixepoch') AS started,
  strftime('%Y-%m-%dT%H:%M:%fZ', heartbeat_ms / 1000.0, 'unixepoch') AS heartbeat,
  strftime('%Y-%m-%dT%H:%M:%fZ', ended_ms / 1000.0, 'unixepoch') AS ended,
  host, process_id, git_commit, git_dirty, command_line, operating_system, processor,
  program_version, swift_version, sqlite_version, blas, threads, peak_memory_bytes,
  coalesce(duration_ms, max(coalesce(ended_ms, heartbeat_ms) - started_ms, 0)) / 1000.0
    AS duration_seconds
FROM execution
JOIN run ON run.id = execution.run_id;

-- Sweeps with the numbers of their trials by state; recorded as for runs.
CREATE VIEW sweeps AS
SELECT
  uuid AS sweep, name, state, definition ->> '$.configuration' AS configuration,
  definition ->> '$.space' AS search_space, definition ->> '$.sampler' AS sampler,
  definition ->> '$.objectives' AS objective, budget, seed, created_trials AS trials,
  finished_trials AS finished, failed_trials AS failed, pruned_trials AS pruned,
  (SELECT count(*) FROM trial WHERE sweep_id = sweep.id AND trial.state = 'running') AS running,
  (SELECT count(*) FROM trial WHERE sweep_id = sweep.id AND trial.state = 'queued') AS queued,
  definition, trial_limit, attempt_limit, kept_pixels, kept_models,
  strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') AS created,
  sweep.id AS recorded
FROM sweep;

-- Trials, one a row; proposed_after says how many trials had been judged when it was proposed.
CREATE VIEW trials AS
SELECT
  sweep.name AS sweep, trial.number, trial.state, trial.parameters, trial.error,
  (SELECT count(*) FROM trial_attempt WHERE trial_id = trial.id) AS attempts,
  strftime('%Y-%m-%dT%H:%M:%fZ', trial.created_ms / 1000.0, 'unixepoch') AS created,
  strftime('%Y-%m-%dT%H:%M:%fZ', trial.ended_ms / 1000.0, 'unixepoch') AS ended,
  (SELECT
     sum(coalesce(duration_ms, max(coalesce(trial_attempt.ended_ms, started_ms) - started_ms, 0)))
       / 1000.0
   FROM trial_attempt WHERE trial_id = trial.id) AS duration_seconds,
  trial.judged_number, trial.proposed_after
FROM trial
JOIN sweep ON sweep.id = trial.sweep_id;

-- Attempts at trials, one a row: who held a trial, when, for how long, and what came of it.
CREATE VIEW trial_attempts AS
SELECT
  sweep.name AS sweep, trial.number, trial_attempt.number AS attempt, outcome, host, process_id,
  strftime('%Y-%m-%dT%H:%M:%fZ', started_ms / 1000.0, 'unixepoch') AS started,
  strftime('%Y-%m-%dT%H:%M:%fZ', trial_attempt.ended_ms / 1000.0, 'unixepoch') AS ended,
  coalesce(duration_ms, max(coalesce(trial_attempt.ended_ms, started_ms) - started_ms, 0)) / 1000.0
    AS duration_seconds
FROM trial_attempt
JOIN trial ON trial.id = trial_attempt.trial_id
JOIN sweep ON sweep.id = trial.sweep_id;

-- The adversarial sets that the reports of models are about, with the newest thresholds that were
-- chosen for them. What trials of a sweep computed is no part of a report, unless the model itself
-- is a trial's.
CREATE VIEW reported_sets AS
SELECT
  model.uuid AS model, attacked.uuid AS adversarial_set, thresholds.uuid AS thresholds,
  measured.uuid AS measurement, adversarial_set.attack, adversarial_set.parameters,
  adversarial_set.image_count
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

DROP VIEW studies;

-- The adversarial sets that a report is about with the thresholds that its numbers are of, one set
-- of thresholds a row. A report is about a study (a run of kind 'reproduce'), whose own runs these
-- are, or about a model (a run of kind 'train', trained here or imported): then about each of its
-- sets, attacked here or imported, whose thresholds were chosen, by the newest that were.
CREATE VIEW studies AS
SELECT
  study.uuid AS study, study.kind, thresholds.uuid AS thresholds, measured.uuid AS measurement,
  model.uuid AS model, attacked.uuid AS adversarial_set, adversarial_set.attack,
  -- What tables call the set.
  adversarial_set.attack AS label,
  -- The measure of uncertainty that tables are about.
  study.configuration ->> '$.detection.measures[0]' AS measure,
  -- The trial that computed the study; NULL for a study that was run as such.
  (SELECT sweep.name
   FROM trial_run
   JOIN trial ON trial.id = trial_run.trial_id
   JOIN sweep ON sweep.id = trial.sweep_id
   WHERE trial_run.run_id = study.id AND trial_run.computed = 1
   ORDER BY trial.id LIMIT 1) AS sweep,
  (SELECT trial.number
   FROM trial_run
   JOIN trial ON trial.id = trial_run.trial_id
   WHERE trial_run.run_id = study.id AND trial_run.computed = 1
   ORDER BY trial.id LIMIT 1) AS trial,
  -- The attack whose published numbers may stand beside the study's: those are of MNIST, whose
  -- files have this digest under any name. NULL: none may.
  CASE training_run.dataset_sha256
    WHEN '6437e967bba6b893657eb1dbfb361556306c1d83a5ecef165f18c4338bab7b6b'
      THEN adversarial_set.attack
  END AS published_attack
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
  thresholds.configuration ->> '$.measures[0]', NULL, NULL, NULL
FROM reported_sets AS own
CROSS JOIN run AS thresholds ON thresholds.uuid = own.thresholds;

-- The studies whose seeds a study is compared with, itself among them: finished ones whose
-- configurations, which name the data by SHA-256, differ in nothing but the seed. Of studies with
-- the same seed, the newest counts. place counts a configuration's studies from 1.
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
SELECT own.uuid AS study, own.place, member.uuid AS member, member.seed
FROM study AS own
JOIN study AS member ON member.configuration = own.configuration
WHERE member.age = 1;

PRAGMA user_version = 10;
