-- Leaves a message with a sweep.
--
-- $1 sweep  $2 trial  $3 text
INSERT INTO assay.message (sweep_id, trial_id, text) VALUES ($1::bigint, $2::bigint, $3::text);
