-- Rows as versions from 20 on have them: what MLflow's clients say of groups and of runs, and
-- values of a metric beside those that count.
INSERT INTO experiment VALUES
  (1, '120', 'first', 1700000120000, 1700000121000, 0),
  (2, '121', 'given up', 1700000120500, 1700000122000, 1);
INSERT INTO experiment_tag VALUES
  (1, 'mlflow.note.content', 'the "first" one'), (2, 'owner', '');
INSERT INTO run_attribute VALUES
  (2, 'tag', 'mlflow.user', 'me'), (2, 'tag', 'grün', ''),
  (4, 'dataset', 'mnist 0a1b',
   '{"dataset":{"digest":"0a1b","name":"mnist","source":"{}","source_type":"local"},"tags":[]}'),
  (4, 'model', 'm-0000000000004000800000000000000a',
   '{"experiment_id":"120","model_id":"m-0000000000004000800000000000000a","name":"theirs"}');
INSERT INTO earlier_metric VALUES
  (4, 'loss', 1, 1700000004050, 1, 2.0), (4, 'loss', 1, 1700000004050, 2, NULL),
  (4, 'loss', 1, 1700000004075, 1, 9e999);
