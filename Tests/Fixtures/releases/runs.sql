-- Rows as versions from 1 on have them: runs in every state, with all that belongs to them.
INSERT INTO database_identity VALUES (1, 'f0000000-0000-4000-8000-000000000000', 1700000000000);

INSERT INTO run (id, uuid, kind, name, state, key, configuration, seed, created_ms, token) VALUES
  (1, '00000001-0000-4000-8000-000000000000', 'note', 'done, "quoted"', 'running',
   'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1',
   '{"rate":0.5,"steps":10}', 7, 1700000001000, 't1'),
  (2, '00000002-0000-4000-8000-000000000000', 'note', NULL, 'running', NULL, '{}', NULL,
   1700000002000, 't2'),
  (3, '00000003-0000-4000-8000-000000000000', 'note', NULL, 'running', NULL, '{}', NULL,
   1700000003000, 't3'),
  (4, '00000004-0000-4000-8000-000000000000', 'note', NULL, 'running', NULL, '{}', NULL,
   1700000004000, 't4'),
  (5, '00000005-0000-4000-8000-000000000000', 'note', NULL, 'queued', NULL, '{}', NULL,
   1700000005000, NULL);

INSERT INTO execution (
  run_id, number, token, host, boot_id, process_id, process_started, started_ms, heartbeat_ms,
  ended_ms, outcome, git_commit, git_dirty, command_line, operating_system, processor,
  program_version, swift_version, sqlite_version, blas, threads, peak_memory_bytes
) VALUES
  (1, 1, 't0', 'host', 'boot', 100, '5', 1700000001000, 1700000001500, 1700000001500, 'lost', NULL,
   NULL, '["assay"]', 'system', 'processor', '0.1.0', '6.2', '3.40.1', '', 2, NULL),
  (1, 2, 't1', 'host', 'boot', 101, '6', 1700000002000, 1700000004000, 1700000004000, 'finished',
   'c0ffee', 1, '["assay","train"]', 'system', 'processor', '0.1.0', '6.2', '3.40.1', 'blas', 2,
   1048576),
  -- The clock was set back while it ran.
  (2, 1, 't2', 'host', 'boot', 102, '7', 1700000009000, 1700000003000, 1700000003000, 'failed', NULL,
   NULL, '[]', 'system', 'processor', '0.1.0', '6.2', '3.40.1', '', 1, 1),
  (3, 1, 't3', 'host', 'boot', 103, '8', 1700000003000, 1700000003000, 1700000003500, 'interrupted',
   NULL, NULL, '[]', 'system', 'processor', '0.1.0', '6.2', '3.40.1', '', 1, 1),
  (4, 1, 't4', 'elsewhere', 'boot', 104, '9', 1700000004000, 1700000004500, NULL, 'running', NULL,
   NULL, '[]', 'system', 'processor', '0.1.0', '6.2', '3.40.1', '', 1, NULL);

INSERT INTO parameter VALUES
  (1, 'rate', 0.5), (1, 'steps', 10), (1, 'name', 'adam'), (1, 'nothing', NULL);
INSERT INTO metric VALUES
  (1, 'loss', 1, 0.125, 1700000002100), (1, 'loss', 2, NULL, 1700000002200),
  (1, 'loss', 3, 9e999, 1700000002300), (4, 'loss', 1, 1.0, 1700000004100);
INSERT INTO blob VALUES
  (1, '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881', 1, x'78'),
  (2, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 0, x'');
INSERT INTO artifact VALUES
  (1, 'notes', 1, 'text/plain', 1700000002400), (3, 'empty', 2, 'text/plain', 1700000003400);
INSERT INTO lineage VALUES (3, 'before', 1);

UPDATE run SET progress_done = 10, progress_total = 10 WHERE id = 1;
UPDATE run SET state = 'finished', token = NULL, finished_ms = 1700000004000 WHERE id = 1;
UPDATE run SET state = 'failed', token = NULL, error = 'out of luck' WHERE id = 2;
UPDATE run SET state = 'interrupted', token = NULL WHERE id = 3;
