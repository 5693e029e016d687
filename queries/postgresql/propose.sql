-- Adds trials to a sweep.
--
-- $1 sweep, which is held  $2 the first one's number  $3 how many were judged  $4 their parameters, an array
-- of texts as JSON
WITH added AS (
  INSERT INTO assay.trial (sweep_id, number, parameters, proposed_after)
  SELECT $1::bigint, $2::integer + place - 1, parameters, $3::integer
  FROM json_array_elements_text($4::json) WITH ORDINALITY AS proposed (parameters, place)
  RETURNING 1
)
UPDATE assay.sweep SET created_trials = created_trials + (SELECT count(*) FROM added)
WHERE id = $1::bigint;
