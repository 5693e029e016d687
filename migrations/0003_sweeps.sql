-- Hyperparameter sweeps: a search space, its trials, and every attempt at a trial.

CREATE TABLE sweep (
  id             INTEGER PRIMARY KEY,
  uuid           TEXT    NOT NULL UNIQUE CHECK (length(uuid) = 36),
  name           TEXT    NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
  state          TEXT    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'stopped', 'finished')),
  configuration  TEXT    NOT NULL CHECK (json_valid(configuration)),  -- what trials share
  search_space   TEXT    NOT NULL CHECK (json_valid(search_space)),
  sampler        TEXT    NOT NULL CHECK (json_valid(sampler)),
  objective      TEXT    NOT NULL CHECK (json_valid(objective)),
  budget         INTEGER NOT NULL CHECK (budget > 0),                 -- in finished trials
  seed           INTEGER NOT NULL,
  created_ms     INTEGER NOT NULL
) STRICT;

-- A trial's parameters are a function of the sweep's seed, the trial's number and the trials
-- finished before it; they are stored so that SQL can ask for them.
CREATE TABLE trial (
  id           INTEGER PRIMARY KEY,
  sweep_id     INTEGER NOT NULL REFERENCES sweep (id) ON DELETE CASCADE,
  number       INTEGER NOT NULL CHECK (number >= 0),
  state        TEXT    NOT NULL DEFAULT 'queued'
                 CHECK (state IN ('queued', 'running', 'finished', 'failed', 'pruned')),
  parameters   TEXT    NOT NULL CHECK (json_valid(parameters)),
  token        TEXT,     -- of the attempt that may write; NULL unless running
  error        TEXT,     -- one line; NULL unless failed
  created_ms   INTEGER NOT NULL,
  finished_ms  INTEGER,  -- NULL until finished, failed or pruned
  UNIQUE (sweep_id, number),
  CHECK ((state = 'running') = (token IS NOT NULL))
) STRICT;
CREATE INDEX trial_unfinished ON trial (sweep_id, state, number)
WHERE state IN ('queued', 'running');

-- The objectives' values of a finished trial. NULL means NaN.
CREATE TABLE trial_value (
  trial_id   INTEGER NOT NULL REFERENCES trial (id) ON DELETE CASCADE,
  objective  TEXT    NOT NULL,
  value      REAL,
  PRIMARY KEY (trial_id, objective)
) STRICT, WITHOUT ROWID;

-- The stage runs whose results a trial used; several trials may share one.
CREATE TABLE trial_run (
  trial_id  INTEGER NOT NULL REFERENCES trial (id) ON DELETE CASCADE,
  run_id    INTEGER NOT NULL REFERENCES run (id),
  PRIMARY KEY (trial_id, run_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX trial_run_run ON trial_run (run_id);

-- One worker's hold on a trial. A worker that is thought dead loses its token and with it the right
-- to write; the trial goes on as the next attempt.
CREATE TABLE trial_attempt (
  trial_id            INTEGER NOT NULL REFERENCES trial (id) ON DELETE CASCADE,
  number              INTEGER NOT NULL CHECK (number >= 1),
  token               TEXT    NOT NULL UNIQUE,
  host                TEXT    NOT NULL,
  boot_id             TEXT    NOT NULL,
  process_id          INTEGER NOT NULL,
  process_started_ms  INTEGER NOT NULL,
  started_ms          INTEGER NOT NULL,
  expires_ms          INTEGER NOT NULL,  -- when others may take over, unless a heartbeat moves it
  ended_ms            INTEGER,           -- NULL while it holds the trial
  outcome             TEXT    NOT NULL DEFAULT 'running'

    CHECK (outcome IN ('running', 'finished', 'failed', 'pruned', 'released', 'lost')),
  PRIMARY KEY (trial_id, number),
  CHECK ((outcome = 'running') = (ended_ms IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER trial_starts_queued BEFORE INSERT ON trial WHEN NEW.state <> 'queued'
BEGIN SELECT RAISE(ABORT, 'a trial starts queued'); END;

CREATE TRIGGER trial_state_changes BEFORE UPDATE OF state ON trial
WHEN OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
  VALUES ('queued', 'running'), ('running', 'queued'), ('running', 'finished'),
    ('running', 'failed'), ('running', 'pruned'), ('failed', 'queued'))
BEGIN SELECT RAISE(ABORT, 'a trial cannot change state that way'); END;

CREATE TRIGGER trial_is_final BEFORE UPDATE ON trial WHEN OLD.state IN ('finished', 'pruned')
BEGIN SELECT RAISE(ABORT, 'a finished trial never changes: trial'); END;

CREATE TRIGGER trial_parameters_are_final BEFORE UPDATE OF sweep_id, number, parameters ON trial
BEGIN SELECT RAISE(ABORT, 'a retried trial is the same trial: its parameters never change'); END;

CREATE TRIGGER trial_value_needs_running BEFORE INSERT ON trial_value
WHEN (SELECT state FROM trial WHERE id = NEW.trial_id) <> 'running'
BEGIN SELECT RAISE(ABORT, 'only a running trial records values'); END;

CREATE TRIGGER trial_value_is_final BEFORE UPDATE ON trial_value
BEGIN SELECT RAISE(ABORT, 'a result is written once: trial_value'); END;

PRAGMA user_version = 3;
