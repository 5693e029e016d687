-- Runs of any program: the command that ran, what it left, and what people say of runs.
--
-- A command is the child of a process that records it. The child appends events to a file, which
-- the recording process reads; what it has read and the cursor that says so are written in one
-- transaction, so nothing is recorded twice, and whoever comes next goes on where a killed
-- process stopped.

-- A process that ran a command, beside the execution that names it.
CREATE TABLE program_execution (
  run_id                   INTEGER NOT NULL,
  number                   INTEGER NOT NULL,
  directory                TEXT    NOT NULL,  -- where its events and files are until recorded
  working_directory        TEXT    NOT NULL,  -- of the command
  git_branch               TEXT,              -- NULL: is no repository, or on no branch
  git_remote               TEXT,              -- without a password; NULL: has none
  environment              TEXT    NOT NULL CHECK (json_valid(environment)),  -- an object
  gpus                     TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(gpus)),  -- their names
  child_process_id         INTEGER,           -- NULL until it is started
  child_process_started    TEXT,              -- tells processes with the same number apart
  exit_code                INTEGER,           -- NULL: runs, was ended by a signal, or was lost
  signal                   INTEGER,           -- that ended it; NULL: none did
  user_seconds             REAL CHECK (user_seconds >= 0),    -- of the command and its children
  system_seconds           REAL CHECK (system_seconds >= 0),  -- NULL: runs, or was lost
  child_peak_memory_bytes  INTEGER,           -- of the largest of its processes
  output_bytes             INTEGER,           -- that it wrote to standard output
  error_bytes              INTEGER,           -- that it wrote to standard error
  is_recorded              INTEGER NOT NULL DEFAULT 0 CHECK (is_recorded IN (0, 1)),
  PRIMARY KEY (run_id, number),
  FOREIGN KEY (run_id, number) REFERENCES execution (run_id, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
-- Finds at once what dead processes left unrecorded.
CREATE INDEX program_execution_open ON program_execution (run_id) WHERE is_recorded = 0;

-- How far a file that grows was read: the events of a command, or what another tool writes.
CREATE TABLE read_cursor (
  run_id      INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  source      TEXT    NOT NULL,  -- the file, such as 'events/1' for those of execution 1
  bytes_read  INTEGER NOT NULL CHECK (bytes_read >= 0),
  PRIMARY KEY (run_id, source)
) STRICT, WITHOUT ROWID;

-- A state that a run can go on from. Its content is the artifact of that name, which the next
-- checkpoint of the name replaces.
CREATE TABLE checkpoint (
  run_id         INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  number         INTEGER NOT NULL CHECK (number >= 1),  -- counts the run's checkpoints
  name           TEXT    NOT NULL CHECK (length(name) > 0),
  step           INTEGER,            -- such as the epoch; NULL: was not told
  progress_done  INTEGER,            -- how much work was done with it; NULL: was not told
  sha256         TEXT    NOT NULL CHECK (length(sha256) = 64),
  size           INTEGER NOT NULL CHECK (size >= 0),
  recorded_ms    INTEGER NOT NULL,
  PRIMARY KEY (run_id, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER checkpoint_is_final BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint is recorded once: checkpoint'); END;

CREATE TRIGGER checkpoint_insert BEFORE INSERT ON checkpoint
WHEN (SELECT state FROM run WHERE id = NEW.run_id) = 'finished'
BEGIN SELECT RAISE(ABORT, 'a finished run never changes: checkpoint'); END;

-- What people say of a run. Unlike results, all of it may change at any time.
CREATE TABLE run_label (
  run_id      INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  name        TEXT CHECK (length(name) > 0),        -- NULL: the name that it began with
  group_name  TEXT CHECK (length(group_name) > 0)   -- NULL: is in no group
) STRICT;
CREATE INDEX run_label_group ON run_label (group_name);

CREATE TABLE run_tag (
  run_id  INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  tag     TEXT    NOT NULL CHECK (length(tag) BETWEEN 1 AND 200),
  PRIMARY KEY (run_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_tag_tag ON run_tag (tag);

CREATE TABLE run_note (
  run_id       INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  number       INTEGER NOT NULL CHECK (number >= 1),
  text         TEXT    NOT NULL CHECK (length(text) > 0),
  recorded_ms  INTEGER NOT NULL,
  PRIMARY KEY (run_id, number)
) STRICT, WITHOUT ROWID;

-- Runs that lists leave out. A deleted one can be restored until db vacuum removes it.
CREATE TABLE hidden_run (
  run_id    INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  how       TEXT    NOT NULL CHECK (how IN ('archived', 'deleted')),
  since_ms  INTEGER NOT NULL
) STRICT;

-- Runs that another tool recorded, by the name that they have there, so that each comes in once.
CREATE TABLE imported_run (
  run_id       INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  tool         TEXT    NOT NULL CHECK (length(tool) > 0),  -- such as 'mlflow'
  source_id    TEXT    NOT NULL CHECK (length(source_id) > 0),  -- names it among all of the tool's
  imported_ms  INTEGER NOT NULL,
  UNIQUE (tool, source_id)
) STRICT;

-- Views keep their columns, in order, and have new ones at the end.
DROP VIEW runs;

-- A run: one execution of one stage, or of any other program, from its configuration to its end.
--
-- Host, commit, threads and version are those of the newest process that worked on it.
--
-- key: run
CREATE VIEW runs AS
SELECT
  run.uuid AS run,  -- UUID
  -- what ran: 'train', 'attack', 'measure', 'thresholds', 'reproduce', 'program' for a command, or
  -- a name of your own
  kind,
  -- the user's own name for it, as amended; NULL: has none
  coalesce(run_label.name, run.name) AS name,
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
  latest.program_version,  -- of the program that recorded it, such as Assay's
  run_label.group_name,  -- what the user put it together with others under; NULL: nothing
  -- the user's words for it, as a sorted JSON array; run_tags has one a row
  (SELECT json_group_array(tag) FROM (SELECT tag FROM run_tag WHERE run_id = run.id ORDER BY tag))
    AS tags,
  -- the newest note on it; run_notes has them all; NULL: there is none
  (SELECT text FROM run_note WHERE run_id = run.id ORDER BY number DESC LIMIT 1) AS note,
  -- how it is put aside: 'archived', or 'deleted' until db vacuum; NULL: is not
  (SELECT how FROM hidden_run WHERE run_id = run.id) AS hidden
FROM run
LEFT JOIN execution AS latest
  ON latest.run_id = run.id
  AND latest.number = (SELECT max(number) FROM execution WHERE run_id = run.id)
LEFT JOIN run_label ON run_label.run_id = run.id;

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
  child_peak_memory_bytes,  -- of the largest of its processes; NULL: runs, or was lost
  output_bytes,  -- that it wrote to standard output; NULL: runs, or was lost
  error_bytes  -- that it wrote to standard error; NULL: runs, or was lost
FROM program_execution
JOIN run ON run.id = program_execution.run_id
JOIN execution
  ON execution.run_id = program_execution.run_id
  AND execution.number = program_execution.number;

-- A metric of a run in one row.
--
-- key: run, metric
CREATE VIEW run_metrics AS
SELECT
  run.uuid AS run,  -- the run, by its UUID
  run.kind,  -- what ran
  metric.name AS metric,  -- the metric's name, such as 'train_loss'
  count(*) AS points,  -- values that were recorded
  min(step) AS first_step,  -- the smallest step
  max(step) AS last_step,  -- the largest step
  -- the value at the largest step; NULL: not a number (NaN)
  (SELECT newest.value FROM metric AS newest
   WHERE newest.run_id = metric.run_id AND newest.name = metric.name
   ORDER BY newest.step DESC LIMIT 1) AS last_value,
  min(value) AS lowest_value,  -- NULL: none is a number
  max(value) AS highest_value,  -- NULL: none is a number
  -- the value at the smallest step; NULL: not a number (NaN)
  (SELECT oldest.value FROM metric AS oldest
   WHERE oldest.run_id = metric.run_id AND oldest.name = metric.name
   ORDER BY oldest.step LIMIT 1) AS first_value
FROM metric
JOIN run ON run.id = metric.run_id
GROUP BY metric.run_id, metric.name;

-- A word that the user gave a run.
--
-- key: run, tag
CREATE VIEW run_tags AS
SELECT
  run.uuid AS run,  -- the run, by its UUID
  tag  -- such as 'baseline'
FROM run_tag JOIN run ON run.id = run_tag.run_id;

-- A note on a run, by the user or by the program.
--
-- key: run, note_number
CREATE VIEW run_notes AS
SELECT
  run.uuid AS run,  -- the run, by its UUID
  run_note.number AS note_number,  -- counts the run's notes from 1
  text,  -- what it says
  -- when it was recorded, UTC
  strftime('%Y-%m-%dT%H:%M:%fZ', recorded_ms / 1000.0, 'unixepoch') AS recorded
FROM run_note JOIN run ON run.id = run_note.run_id;

-- A state that a run could go on from.
--
-- key: run, checkpoint
CREATE VIEW checkpoints AS
SELECT
  run.uuid AS run,  -- the run, by its UUID
  checkpoint.number AS checkpoint,  -- counts the run's checkpoints from 1
  checkpoint.name AS artifact,  -- the artifact that holds its content, if it is still kept
  step,  -- such as the epoch; NULL: was not told
  checkpoint.progress_done,  -- how much work was done with it; NULL: was not told
  checkpoint.sha256,  -- SHA-256 of the content, in hexadecimal
  checkpoint.size,  -- of the content, in bytes
  -- when it was recorded, UTC
  strftime('%Y-%m-%dT%H:%M:%fZ', recorded_ms / 1000.0, 'unixepoch') AS recorded,
  -- 1: its content is in the file, 0: a later one replaced it, or it was pruned
  EXISTS (
    SELECT 1 FROM artifact JOIN blob ON blob.id = artifact.blob_id
    WHERE artifact.run_id = checkpoint.run_id AND artifact.name = checkpoint.name
      AND blob.sha256 = checkpoint.sha256) AS is_kept
FROM checkpoint JOIN run ON run.id = checkpoint.run_id;

-- A run that another tool recorded.
--
-- key: run
CREATE VIEW imported_runs AS
SELECT
  run.uuid AS run,  -- the run, by its UUID
  tool,  -- that recorded it, such as 'mlflow'
  source_id,  -- what names it there
  -- when it was taken in, UTC
  strftime('%Y-%m-%dT%H:%M:%fZ', imported_ms / 1000.0, 'unixepoch') AS imported
FROM imported_run JOIN run ON run.id = imported_run.run_id;

-- Reports, and what studies are compared with, leave out what was deleted.
DROP VIEW reported_sets;
DROP VIEW studies;
DROP VIEW study_runs;
DROP VIEW seed_studies;

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
      AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = chosen.id AND how = 'deleted')
      AND (
        NOT EXISTS (SELECT 1 FROM trial_run WHERE run_id = chosen.id AND computed = 1)
        OR EXISTS (SELECT 1 FROM trial_run WHERE run_id = attacked.id AND computed = 1))
    ORDER BY chosen.id DESC
    LIMIT 1)
CROSS JOIN lineage AS judged ON judged.run_id = thresholds.id AND judged.role = 'measurement'
CROSS JOIN run AS measured ON measured.id = judged.parent_run_id
WHERE model.kind = 'train'
  AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = model.id AND how = 'deleted')
  AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = attacked.id AND how = 'deleted')
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
  AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = study.id AND how = 'deleted')
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
    AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = study.id AND how = 'deleted')
);

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
    AND NOT EXISTS (SELECT 1 FROM hidden_run WHERE run_id = run.id AND how = 'deleted')
)
SELECT
  own.uuid AS study,  -- the study that is asked about, by its UUID
  own.place,  -- counts the configuration's studies from 1, in the order of their recording
  member.uuid AS member,  -- a study that is compared with it
  member.seed  -- the member's
FROM study AS own
JOIN study AS member ON member.configuration = own.configuration
WHERE member.age = 1;

PRAGMA user_version = 12;
