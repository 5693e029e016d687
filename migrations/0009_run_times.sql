-- How long runs took, found without reading what else is known of their executions.
--
-- A list of runs sums the times of each one's executions, whose rows are long.

CREATE INDEX execution_times ON execution (run_id, started_ms, ended_ms, heartbeat_ms);

PRAGMA user_version = 9;
