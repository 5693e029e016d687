-- Files whose records were merged into this one, and what was taken from which.

-- A file that rows were taken from.
CREATE TABLE merged_file (
  id              INTEGER PRIMARY KEY,
  uuid            TEXT    NOT NULL CHECK (length(uuid) = 36),  -- that file's own; copies share it
  path            TEXT    NOT NULL,  -- where it was
  schema_version  INTEGER NOT NULL CHECK (schema_version > 0),
  merged_ms       INTEGER NOT NULL,  -- when the first rows were taken from it
  UNIQUE (uuid, path)
) STRICT;

-- A run that was taken from a file, or that is there too, recorded by its own process.
CREATE TABLE merged_run (
  run_id          INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  merged_file_id  INTEGER NOT NULL REFERENCES merged_file (id),
  uuid            TEXT    NOT NULL CHECK (length(uuid) = 36),  -- of the run in that file
  PRIMARY KEY (run_id, merged_file_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX merged_run_file ON merged_run (merged_file_id);

-- A trial that was taken from a file.
CREATE TABLE merged_trial (
  trial_id        INTEGER NOT NULL REFERENCES trial (id) ON DELETE CASCADE,
  merged_file_id  INTEGER NOT NULL REFERENCES merged_file (id),
  PRIMARY KEY (trial_id, merged_file_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX merged_trial_file ON merged_trial (merged_file_id);

-- A run that was merged into this file, with a file that it came from.
--
-- A run that went through several files has a row for each.
--
-- key: run, merged_file, merged_path
CREATE VIEW merged_runs AS
SELECT
  run.uuid AS run,  -- the run, by its UUID
  merged_file.uuid AS merged_file,  -- the file, by its own UUID, which copies of it share
  path AS merged_path,  -- where the file was
  merged_run.uuid AS merged_run,  -- the run in that file; another one: it has the same key
  schema_version AS merged_schema_version,  -- the file's
  -- when the first rows were taken from the file, UTC
  strftime('%Y-%m-%dT%H:%M:%fZ', merged_ms / 1000.0, 'unixepoch') AS merged
FROM merged_run
JOIN run ON run.id = merged_run.run_id
JOIN merged_file ON merged_file.id = merged_run.merged_file_id;

-- A trial that was merged into this file, with a file that it came from.
--
-- key: sweep_name, trial, merged_file, merged_path
CREATE VIEW merged_trials AS
SELECT
  sweep.name AS sweep_name,  -- the sweep, by its name
  trial.number AS trial,  -- the trial's number in it
  merged_file.uuid AS merged_file,  -- the file, by its own UUID, which copies of it share
  path AS merged_path,  -- where the file was
  schema_version AS merged_schema_version,  -- the file's
  -- when the first rows were taken from the file, UTC
  strftime('%Y-%m-%dT%H:%M:%fZ', merged_ms / 1000.0, 'unixepoch') AS merged
FROM merged_trial
JOIN trial ON trial.id = merged_trial.trial_id
JOIN sweep ON sweep.id = trial.sweep_id
JOIN merged_file ON merged_file.id = merged_trial.merged_file_id;

PRAGMA user_version = 18;
