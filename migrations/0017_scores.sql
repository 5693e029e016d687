-- Deleted scores are shown by no view.
--
-- Which run's scores of a measurement count, scored_measure and recorded_voter name. Views show what
-- these name, so a run that is deleted is named no longer. One that is restored is named again, where no
-- other run has taken its place.

CREATE TRIGGER deleted_scores_are_left_out AFTER INSERT ON hidden_run
WHEN NEW.how = 'deleted'
BEGIN
  DELETE FROM scored_measure WHERE run_id = NEW.run_id;
  DELETE FROM recorded_voter WHERE run_id = NEW.run_id;
END;

-- The same of an archived run.
CREATE TRIGGER archived_scores_are_left_out AFTER UPDATE OF how ON hidden_run
WHEN NEW.how = 'deleted'
BEGIN
  DELETE FROM scored_measure WHERE run_id = NEW.run_id;
  DELETE FROM recorded_voter WHERE run_id = NEW.run_id;
END;

-- A run that is removed for good is no run any more when this is asked.
CREATE TRIGGER restored_scores_are_shown AFTER DELETE ON hidden_run
WHEN OLD.how = 'deleted' AND (SELECT state FROM run WHERE id = OLD.run_id) = 'finished'
BEGIN
  INSERT INTO scored_measure (measurement_id, measure_id, run_id)
  SELECT measurement_id, measure.id, run_id
  FROM score_run
  CROSS JOIN measure
  WHERE run_id = OLD.run_id
    AND EXISTS (
      SELECT 1 FROM image_score
      WHERE image_score.run_id = score_run.run_id AND image_score.measure_id = measure.id)
    AND NOT EXISTS (
      SELECT 1 FROM scored_measure AS other
      WHERE other.measurement_id = score_run.measurement_id AND other.measure_id = measure.id);
  INSERT INTO recorded_voter (measurement_id, voter_id, run_id)
  SELECT measurement_id, voter.id, run_id
  FROM score_run
  CROSS JOIN voter
  WHERE run_id = OLD.run_id
    AND EXISTS (
      SELECT 1 FROM image_vote
      WHERE image_vote.run_id = score_run.run_id AND image_vote.voter_id = voter.id)
    AND NOT EXISTS (
      SELECT 1 FROM recorded_voter AS other
      WHERE other.measurement_id = score_run.measurement_id AND other.voter_id = voter.id);
END;

DELETE FROM scored_measure
WHERE run_id IN (SELECT run_id FROM hidden_run WHERE how = 'deleted');
DELETE FROM recorded_voter
WHERE run_id IN (SELECT run_id FROM hidden_run WHERE how = 'deleted');

-- Which run counts may change after it has finished, so its digest is of the scores alone.
DELETE FROM row_digest WHERE part = 'scores';

PRAGMA user_version = 17;
