-- The queue of sweeps in PostgreSQL: which trials there are, who holds which, what they report and what
-- came of them.
--
-- Runs, metrics and rows of images stay in the SQLite files of the workers; assay sweep pull brings this
-- record into such a file. Times are the server's.

CREATE SCHEMA assay;

CREATE TABLE assay.schema_step (
  version     integer      PRIMARY KEY,
  applied_at  timestamptz  NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE assay.sweep (
  id                 bigint       GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uuid               uuid         NOT NULL UNIQUE,
  name               text         NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
  state              text         NOT NULL DEFAULT 'open'
    CHECK (state IN ('open', 'stopped', 'finished')),
  definition         text         NOT NULL,  -- what its trials depend on, as canonical JSON
  definition_sha256  text         NOT NULL CHECK (length(definition_sha256) = 64),
  sampler            text         NOT NULL,  -- its name
  seed               bigint       NOT NULL,
  objectives         text         NOT NULL,  -- [{"goal", "name"}], the most important first
  budget             bigint       NOT NULL CHECK (budget > 0),         -- in finished trials
  trial_limit        bigint       NOT NULL CHECK (trial_limit > 0),    -- in trials of any state
  attempt_limit      bigint       NOT NULL CHECK (attempt_limit > 0),  -- in attempts at one trial
  kept_pixels        text         NOT NULL CHECK (kept_pixels IN ('all', 'best', 'none')),
  kept_models        text         NOT NULL CHECK (kept_models IN ('all', 'best', 'none')),
  created_at         timestamptz  NOT NULL DEFAULT clock_timestamp(),
  -- How many trials there are. Those that have ended count from when they have a judged_number: to end a
  -- trial no worker has to wait for others.
  created_trials     integer      NOT NULL DEFAULT 0,
  finished_trials    integer      NOT NULL DEFAULT 0,
  pruned_trials      integer      NOT NULL DEFAULT 0
);

CREATE TABLE assay.trial (
  id                 bigint       GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sweep_id           bigint       NOT NULL REFERENCES assay.sweep ON DELETE CASCADE,
  number             integer      NOT NULL CHECK (number >= 0),
  state              text         NOT NULL DEFAULT 'queued'
    CHECK (state IN ('queued', 'running', 'finished', 'failed', 'pruned')),
  parameters         text         NOT NULL,  -- canonical JSON
  proposed_after     integer      NOT NULL CHECK (proposed_after >= 0),  -- so many trials were judged
  token              uuid,         -- of the attempt that may write; NULL unless running
  error              text,         -- one line; NULL unless failed
  created_at         timestamptz  NOT NULL DEFAULT clock_timestamp(),
  ended_at           timestamptz,  -- NULL until finished, failed or pruned
  -- Counts finished and pruned trials in the order in which samplers learn of them.
  judged_number      integer,
  attempts_forgiven  integer      NOT NULL DEFAULT 0,  -- how many of them no limit counts any more
  UNIQUE (sweep_id, number),
  UNIQUE (sweep_id, judged_number),
  CHECK ((state = 'running') = (token IS NOT NULL)),
  CHECK ((state = 'failed') = (error IS NOT NULL)),
  CHECK (judged_number IS NULL OR state IN ('finished', 'pruned')),
  CHECK ((state IN ('finished', 'pruned', 'failed')) = (ended_at IS NOT NULL))
);
-- What workers look for stays small, however many trials have ended.
CREATE INDEX trial_open ON assay.trial (sweep_id, state, number)
WHERE state IN ('queued', 'running', 'failed');
CREATE INDEX trial_unjudged ON assay.trial (sweep_id, ended_at, number)
WHERE state IN ('finished', 'pruned') AND judged_number IS NULL;

-- One worker's hold on a trial. A worker that is thought dead loses its token and with it the right to
-- write; the trial goes on as the next attempt.
CREATE TABLE assay.attempt (
  trial_id         bigint       NOT NULL REFERENCES assay.trial ON DELETE CASCADE,
  number           integer      NOT NULL CHECK (number >= 1),
  token            uuid         NOT NULL UNIQUE,
  host             text         NOT NULL,
  boot_id          text         NOT NULL,  -- tells one boot of the host from the next
  pid_namespace    text,                   -- what the process's number is counted in; NULL: unknown
  process_id       bigint       NOT NULL,
  process_started  text         NOT NULL,  -- tells processes with the same number apart
  started_at       timestamptz  NOT NULL,
  expires_at       timestamptz  NOT NULL,  -- when others may take over, unless a heartbeat moves it
  ended_at         timestamptz,            -- NULL while it holds the trial
  outcome          text         NOT NULL DEFAULT 'running'
    CHECK (outcome IN ('running', 'finished', 'failed', 'pruned', 'released', 'lost')),
  PRIMARY KEY (trial_id, number),
  CHECK ((outcome = 'running') = (ended_at IS NULL))
);

-- The objectives' values of a finished trial, by their numbers in assay.sweep.objectives.
CREATE TABLE assay.trial_value (
  trial_id   bigint            NOT NULL REFERENCES assay.trial ON DELETE CASCADE,
  objective  integer           NOT NULL,
  value      double precision  NOT NULL,
  PRIMARY KEY (trial_id, objective)
);

-- What trials report on their way, which pruning goes by.
CREATE TABLE assay.trial_report (
  sweep_id  bigint            NOT NULL REFERENCES assay.sweep ON DELETE CASCADE,
  step      bigint            NOT NULL,
  trial_id  bigint            NOT NULL REFERENCES assay.trial ON DELETE CASCADE,
  value     double precision  NOT NULL,
  PRIMARY KEY (sweep_id, step, trial_id)
);
CREATE INDEX trial_report_trial ON assay.trial_report (trial_id);

-- The runs whose results a trial used, by their UUIDs; each is in the file of the worker that used it.
CREATE TABLE assay.trial_run (
  trial_id     bigint       NOT NULL REFERENCES assay.trial ON DELETE CASCADE,
  run          uuid         NOT NULL,
  computed     boolean      NOT NULL,  -- by this trial; false: found finished
  recorded_at  timestamptz  NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (trial_id, run)
);

-- What workers say that those who look after the sweep should know, such as that a trial was lost.
CREATE TABLE assay.message (
  id        bigint       GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sweep_id  bigint       NOT NULL REFERENCES assay.sweep ON DELETE CASCADE,
  trial_id  bigint       REFERENCES assay.trial ON DELETE CASCADE,
  text      text         NOT NULL,
  said_at   timestamptz  NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX message_sweep ON assay.message (sweep_id, id);

-- The state machine, as in the SQLite file.
CREATE FUNCTION assay.check_trial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.sweep_id, OLD.number, OLD.parameters, OLD.proposed_after)
    IS DISTINCT FROM (NEW.sweep_id, NEW.number, NEW.parameters, NEW.proposed_after)
  THEN RAISE EXCEPTION 'a retried trial is the same trial: its parameters never change';
  END IF;
  IF OLD.state IN ('finished', 'pruned')
    AND (OLD.judged_number IS NOT NULL
      OR (OLD.state, OLD.ended_at, OLD.error) IS DISTINCT FROM (NEW.state, NEW.ended_at, NEW.error))
  THEN RAISE EXCEPTION 'a finished trial never changes';
  END IF;
  IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
    ('queued', 'running'), ('running', 'queued'), ('running', 'finished'), ('running', 'failed'),
    ('running', 'pruned'), ('failed', 'queued'))
  THEN RAISE EXCEPTION 'a trial cannot change state that way';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER trial_is_checked BEFORE UPDATE ON assay.trial
FOR EACH ROW EXECUTE FUNCTION assay.check_trial();

CREATE FUNCTION assay.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a result is written once: %', TG_TABLE_NAME; END $$;
CREATE TRIGGER trial_value_is_final BEFORE UPDATE ON assay.trial_value
FOR EACH ROW EXECUTE FUNCTION assay.refuse_change();

INSERT INTO assay.schema_step (version) VALUES (1);
