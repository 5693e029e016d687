-- Rows as versions from 18 on have them: what was taken from two files, one of them a copy of the
-- other under another path.
INSERT INTO merged_file VALUES
  (1, 'f0000000-0000-4000-8000-000000000001', '/home/me/worker.db', 16, 1700000104000),
  (2, 'f0000000-0000-4000-8000-000000000001', '/tmp/copy.db', 18, 1700000105000);
-- The second run was recorded under another UUID there.
INSERT INTO merged_run VALUES
  (1, 1, '00000001-0000-4000-8000-000000000000'), (1, 2, '00000001-0000-4000-8000-000000000000'),
  (11, 2, '0000006a-0000-4000-8000-000000000000');
INSERT INTO merged_trial VALUES (1, 1), (1, 2), (2, 2);
