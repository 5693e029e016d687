-- Runs by when they began, whatever their kind: a client that asks for the newest of many stops at its page.
CREATE INDEX run_created ON run (created_ms DESC, uuid);

PRAGMA user_version = 21;
