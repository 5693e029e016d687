-- What clients of an interface record that has more words for a run than a run has here: MLflow's.

-- A group of runs as clients name it. A group without a row is one too: its number is made of its name.
CREATE TABLE experiment (
  id          INTEGER PRIMARY KEY,
  number      TEXT    NOT NULL UNIQUE CHECK (length(number) > 0),  -- what clients call it
  name        TEXT    NOT NULL UNIQUE CHECK (length(name) > 0),    -- the group's
  created_ms  INTEGER NOT NULL,
  changed_ms  INTEGER NOT NULL,
  is_deleted  INTEGER NOT NULL DEFAULT 0 CHECK (is_deleted IN (0, 1))
) STRICT;

CREATE TABLE experiment_tag (
  experiment_id  INTEGER NOT NULL REFERENCES experiment (id) ON DELETE CASCADE,
  name           TEXT    NOT NULL CHECK (length(name) > 0),
  value          TEXT    NOT NULL,
  PRIMARY KEY (experiment_id, name)
) STRICT, WITHOUT ROWID;

-- What a client says of a run by names. Like other words about runs, it may change at any time.
CREATE TABLE run_attribute (
  run_id  INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  kind    TEXT    NOT NULL CHECK (kind IN ('tag', 'dataset', 'model')),
  name    TEXT    NOT NULL CHECK (length(name) > 0),
  value   TEXT    NOT NULL,  -- of a data set or a model, an object of JSON
  PRIMARY KEY (run_id, kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_attribute_name ON run_attribute (kind, name);

-- Values of a metric beside the one that counts for its step, which is the last one there.
CREATE TABLE earlier_metric (
  run_id       INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  name         TEXT    NOT NULL CHECK (length(name) > 0),
  step         INTEGER NOT NULL,
  recorded_ms  INTEGER NOT NULL,
  number       INTEGER NOT NULL CHECK (number >= 1),  -- tells those of one moment apart
  value        REAL,                                  -- NULL means NaN, and only that
  PRIMARY KEY (run_id, name, step, recorded_ms, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER earlier_metric_insert BEFORE INSERT ON earlier_metric
WHEN (SELECT state FROM run WHERE id = NEW.run_id) = 'finished'
BEGIN SELECT RAISE(ABORT, 'a finished run never changes: earlier_metric'); END;

CREATE TRIGGER earlier_metric_update BEFORE UPDATE ON earlier_metric
BEGIN SELECT RAISE(ABORT, 'a replaced value is written once: earlier_metric'); END;

-- A group of runs that a client made: an experiment.
--
-- key: experiment
CREATE VIEW experiments AS
SELECT
  number AS experiment,  -- what clients call it
  name AS group_name,  -- the group's name, as in runs
  -- when it was made, UTC
  strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') AS created,
  is_deleted,  -- 1: a client deleted it, 0: it is there
  -- what clients say of it by names, as a JSON object
  (SELECT json_group_object(experiment_tag.name, experiment_tag.value)
   FROM experiment_tag WHERE experiment_id = experiment.id) AS attributes
FROM experiment;

-- What a client says of a run by a name: its tags with their values, its data sets, its models.
--
-- key: run, attribute_kind, attribute
CREATE VIEW run_attributes AS
SELECT
  run.uuid AS run,  -- the run, by its UUID
  run_attribute.kind AS attribute_kind,  -- 'tag', 'dataset' or 'model'
  run_attribute.name AS attribute,  -- such as 'mlflow.user'
  value  -- the text; of a data set or a model, a JSON object
FROM run_attribute JOIN run ON run.id = run_attribute.run_id;

-- A value of a metric, each that was recorded: metrics has the last one of each step.
--
-- key: run, metric, step, recorded, point_number
CREATE VIEW metric_points AS
SELECT
  run.uuid AS run,  -- the run, by its UUID
  point.name AS metric,  -- the metric's name, such as 'train_loss'
  step,  -- such as the epoch
  value,  -- NULL: not a number (NaN)
  -- when it was recorded, UTC
  strftime('%Y-%m-%dT%H:%M:%fZ', recorded_ms / 1000.0, 'unixepoch') AS recorded,
  point.number AS point_number  -- 0: the value that counts for its step; else tells others apart
FROM (
  SELECT run_id, name, step, value, recorded_ms, 0 AS number FROM metric
  UNION ALL
  SELECT run_id, name, step, value, recorded_ms, number FROM earlier_metric) AS point
JOIN run ON run.id = point.run_id;

PRAGMA user_version = 20;
