-- The tracker's own records: runs of any experiment, with what they were given and what they gave.
--
-- Times are UTC, in milliseconds since 1970. What leaves the file is named by UUID or SHA-256,
-- never by row number, so that files can be merged. Tables are internal; the views at the end are
-- what to read.

PRAGMA application_id = 1095979865;  -- 'ASSY'

-- This file's own identity, one row.
CREATE TABLE database_identity (
  id          INTEGER PRIMARY KEY CHECK (id = 1),
  uuid        TEXT    NOT NULL CHECK (length(uuid) = 36),
  created_ms  INTEGER NOT NULL
) STRICT;

-- One execution of one stage, from its configuration to its end.
CREATE TABLE run (
  id              INTEGER PRIMARY KEY,
  uuid            TEXT    NOT NULL UNIQUE CHECK (length(uuid) = 36),
  kind            TEXT    NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),  -- such as 'train'
  name            TEXT,                           -- the user's own; NULL: has none
  state           TEXT    NOT NULL DEFAULT 'queued'
                    CHECK (state IN ('queued', 'running', 'finished', 'failed', 'interrupted')),
  key             TEXT UNIQUE CHECK (length(key) = 64),  -- what it depends on; NULL: never reused
  configuration   TEXT    NOT NULL CHECK (json_valid(configuration)),      -- canonical JSON
  seed            INTEGER,                        -- NULL: nothing random
  created_ms      INTEGER NOT NULL,
  finished_ms     INTEGER,                        -- NULL until finished
  progress_done   INTEGER NOT NULL DEFAULT 0 CHECK (progress_done >= 0),   -- the cursor of its work
  progress_total  INTEGER,                        -- NULL until known
  error           TEXT,                           -- one line; NULL unless failed
  token           TEXT,  -- of the execution that may write; NULL: nobody may
  CHECK ((state = 'running') = (token IS NOT NULL)),
  CHECK ((state = 'finished') = (finished_ms IS NOT NULL))
) STRICT;
CREATE INDEX run_kind_created ON run (kind, created_ms);
CREATE INDEX run_created ON run (created_ms);

-- One process's part in a run: a run that was interrupted and continued has several.
CREATE TABLE execution (
  run_id              INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  number              INTEGER NOT NULL CHECK (number >= 1),
  token               TEXT    NOT NULL UNIQUE,
  host                TEXT    NOT NULL,
  boot_id             TEXT    NOT NULL,       -- tells one boot of the host from the next
  process_id          INTEGER NOT NULL,
  process_started     TEXT    NOT NULL,       -- tells processes with the same number apart
  started_ms          INTEGER NOT NULL,
  heartbeat_ms        INTEGER NOT NULL,
  ended_ms            INTEGER,                -- NULL while it runs
  outcome             TEXT    NOT NULL DEFAULT 'running'
                        CHECK (outcome IN ('running', 'finished', 'failed', 'interrupted', 'lost')),
  git_commit          TEXT,                   -- of the working directory; NULL: is no repository
  git_dirty           INTEGER CHECK (git_dirty IN (0, 1)),  -- NULL: is no repository
  command_line        TEXT    NOT NULL CHECK (json_valid(command_line)),   -- an array of words
  operating_system    TEXT    NOT NULL,
  processor           TEXT    NOT NULL,
  program_version     TEXT    NOT NULL,
  swift_version       TEXT    NOT NULL,
  sqlite_version      TEXT    NOT NULL,
  blas                TEXT    NOT NULL,       -- '' where the program has none
  threads             INTEGER NOT NULL CHECK (threads >= 1),
  peak_memory_bytes   INTEGER,                -- NULL while it runs, or where it was lost
  PRIMARY KEY (run_id, number),
  CHECK ((outcome = 'running') = (ended_ms IS NULL))
) STRICT, WITHOUT ROWID;

-- The runs whose results a run used, by the role that they had in it.
CREATE TABLE lineage (
  run_id         INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  role           TEXT    NOT NULL CHECK (length(role) > 0),
  parent_run_id  INTEGER NOT NULL REFERENCES run (id) ON DELETE RESTRICT,
  PRIMARY KEY (run_id, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX lineage_parent ON lineage (parent_run_id);

-- The values of a run's configuration, one a row, by their path, such as 'training.epochs'.
CREATE TABLE parameter (
  run_id  INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  name    TEXT    NOT NULL,
  value   ANY,                  -- integer, real, text, or 0 and 1 for false and true; NULL: is null
  PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX parameter_name ON parameter (name, value);

-- What a run measured of itself as it went on.
CREATE TABLE metric (
  run_id       INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  name         TEXT    NOT NULL CHECK (length(name) > 0),
  step         INTEGER NOT NULL,
  value        REAL,              -- NULL means NaN, and only that
  recorded_ms  INTEGER NOT NULL,
  PRIMARY KEY (run_id, name, step)
) STRICT, WITHOUT ROWID;

-- Contents of artifacts, each stored once.
CREATE TABLE blob (
  id       INTEGER PRIMARY KEY,
  sha256   TEXT    NOT NULL UNIQUE CHECK (length(sha256) = 64),
  size     INTEGER NOT NULL CHECK (size >= 0),
  content  BLOB    NOT NULL CHECK (length(content) = size)
) STRICT;

-- Named outputs of runs.
CREATE TABLE artifact (
  run_id      INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  name        TEXT    NOT NULL CHECK (length(name) > 0),
  blob_id     INTEGER NOT NULL REFERENCES blob (id),
  media_type  TEXT    NOT NULL,
  created_ms  INTEGER NOT NULL,
  PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX artifact_blob ON artifact (blob_id);

-- The state machine. A failed run may be tried again: it is the same run.
CREATE TRIGGER run_starts_queued BEFORE INSERT ON run WHEN NEW.state NOT IN ('queued', 'running')
BEGIN SELECT RAISE(ABORT, 'a run starts queued or running'); END;

CREATE TRIGGER run_state_changes BEFORE UPDATE OF state ON run
WHEN OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
  VALUES ('queued', 'running'), ('running', 'finished'), ('running', 'failed'),
    ('running', 'interrupted'), ('interrupted', 'running'), ('failed', 'running'))
BEGIN SELECT RAISE(ABORT, 'a run cannot change state that way'); END;

CREATE TRIGGER run_is_final BEFORE UPDATE ON run WHEN OLD.state = 'finished'
BEGIN SELECT RAISE(ABORT, 'a finished run never changes: run'); END;

CREATE TRIGGER run_identity_is_final BEFORE UPDATE OF uuid, kind, key, configuration, seed ON run
BEGIN SELECT RAISE(ABORT, 'what a run is never changes'); END;

-- What belongs to a finished run never changes; only deleting the run as a whole removes it.
CREATE TRIGGER lineage_insert BEFORE INSERT ON lineage
WHEN (SELECT state FROM run WHERE id = NEW.run_id) = 'finished'
BEGIN SELECT RAISE(ABORT, 'a finished run never changes: lineage'); END;

CREATE TRIGGER lineage_update BEFORE UPDATE ON lineage
BEGIN SELECT RAISE(ABORT, 'lineage is written once'); END;

CREATE TRIGGER parameter_insert BEFORE INSERT ON parameter
WHEN (SELECT state FROM run WHERE id = NEW.run_id) = 'finished'
BEGIN SELECT RAISE(ABORT, 'a finished run never changes: parameter'); END;

CREATE TRIGGER parameter_update BEFORE UPDATE ON parameter
BEGIN SELECT RAISE(ABORT, 'parameters are written once'); END;

CREATE TRIGGER metric_insert BEFORE INSERT ON metric
WHEN (SELECT state FROM run WHERE id = NEW.run_id) = 'finished'
BEGIN SELECT RAISE(ABORT, 'a finished run never changes: metric'); END;

CREATE TRIGGER metric_update BEFORE UPDATE ON metric
WHEN (SELECT state FROM run WHERE id = OLD.run_id) = 'finished'
BEGIN SELECT RAISE(ABORT, 'a finished run never changes: metric'); END;

CREATE TRIGGER artifact_insert BEFORE INSERT ON artifact
WHEN (SELECT state FROM run WHERE id = NEW.run_id) = 'finished'
BEGIN SELECT RAISE(ABORT, 'a finished run never changes: artifact'); END;

CREATE TRIGGER artifact_update BEFORE UPDATE ON artifact
WHEN (SELECT state FROM run WHERE id = OLD.run_id) = 'finished'
BEGIN SELECT RAISE(ABORT, 'a finished run never changes: artifact'); END;

CREATE TRIGGER blob_update BEFORE UPDATE ON blob
BEGIN SELECT RAISE(ABORT, 'a blob is named by its content, which never changes'); END;

-- The public reading interface. A later migration may change the tables, but not these columns.

-- Runs, one a row, with the newest execution's provenance.
CREATE VIEW runs AS
SELECT
  run.uuid AS run, kind, name, state, key, configuration, seed,
  strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') AS created,
  strftime('%Y-%m-%dT%H:%M:%fZ', finished_ms / 1000.0, 'unixepoch') AS finished,
  (SELECT sum(coalesce(ended_ms, heartbeat_ms) - started_ms) / 1000.0
   FROM execution WHERE run_id = run.id) AS duration_seconds,
  progress_done, progress_total, error,
  (SELECT count(*) FROM execution WHERE run_id = run.id) AS executions,
  latest.host, latest.git_commit, latest.git_dirty, latest.threads,
  (SELECT max(peak_memory_bytes) FROM execution WHERE run_id = run.id) AS peak_memory_bytes
FROM run
LEFT JOIN execution AS latest
  ON latest.run_id = run.id
  AND latest.number = (SELECT max(number) FROM execution WHERE run_id = run.id);

-- Executions, one a row: who worked on a run, when, with what.
CREATE VIEW executions AS
SELECT
  run.uuid AS run, run.kind, execution.number, execution.outcome,
  strftime('%Y-%m-%dT%H:%M:%fZ', started_ms / 1000.0, 'unixepoch') AS started,
  strftime('%Y-%m-%dT%H:%M:%fZ', heartbeat_ms / 1000.0, 'unixepoch') AS heartbeat,
  strftime('%Y-%m-%dT%H:%M:%fZ', ended_ms / 1000.0, 'unixepoch') AS ended,
  host, process_id, git_commit, git_dirty, command_line, operating_system, processor,
  program_version, swift_version, sqlite_version, blas, threads, peak_memory_bytes
FROM execution
JOIN run ON run.id = execution.run_id;

CREATE VIEW parameters AS
SELECT run.uuid AS run, run.kind, parameter.name, parameter.value
FROM parameter JOIN run ON run.id = parameter.run_id;

-- Metrics, one value a row; value is NULL for a NaN.
CREATE VIEW metrics AS
SELECT
  run.uuid AS run, run.kind, metric.name, step, value,
  strftime('%Y-%m-%dT%H:%M:%fZ', recorded_ms / 1000.0, 'unixepoch') AS recorded
FROM metric JOIN run ON run.id = metric.run_id;

CREATE VIEW artifacts AS
SELECT
  run.uuid AS run, run.kind, artifact.name, blob.sha256, blob.size, artifact.media_type,
  strftime('%Y-%m-%dT%H:%M:%fZ', artifact.created_ms / 1000.0, 'unixepoch') AS created
FROM artifact
JOIN blob ON blob.id = artifact.blob_id
JOIN run ON run.id = artifact.run_id;

-- Which run used which, and as what.
CREATE VIEW lineages AS
SELECT run.uuid AS run, run.kind, lineage.role, parent.uuid AS parent, parent.kind AS parent_kind
FROM lineage
JOIN run ON run.id = lineage.run_id
JOIN run AS parent ON parent.id = lineage.parent_run_id;

PRAGMA user_version = 1;
