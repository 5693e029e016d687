-- Rows as version 12 has them: a command that ran, what it left, and what people say of runs.
INSERT INTO program_execution (
  run_id, number, directory, working_directory, git_branch, git_remote, environment, gpus,
  child_process_id, child_process_started, exit_code, signal, user_seconds, system_seconds,
  child_peak_memory_bytes, output_bytes, error_bytes, is_recorded
) VALUES
  (2, 1, '/tmp/there', '/home/me', 'main', 'https://example.org/it', '{"SEED":"1"}', '["one"]', 77,
   '9', NULL, 11, 0.5, 0.25, 4096, 12, 0, 1);
INSERT INTO read_cursor VALUES (2, 'events/1', 120), (3, 'log', 0);
INSERT INTO checkpoint VALUES
  (3, 1, 'checkpoint/last', 5, NULL, printf('%064d', 6), 8, 1700000003200);
INSERT INTO run_label VALUES (1, 'a better name', 'first'), (2, NULL, 'first'), (5, 'later', NULL);
INSERT INTO run_tag VALUES (1, 'baseline'), (1, 'grün'), (2, 'baseline');
INSERT INTO run_note VALUES
  (1, 1, 'went well', 1700000005000), (1, 2, 'or not', 1700000006000);
INSERT INTO hidden_run VALUES (3, 'archived', 1700000007000), (5, 'deleted', 1700000007000);
INSERT INTO imported_run VALUES (2, 'mlflow', 'ab12', 1700000008000);
