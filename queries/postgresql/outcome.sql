-- What became of an attempt, where the answer to its end was lost on its way.
--
-- $1 trial  $2 token
SELECT outcome FROM assay.attempt WHERE trial_id = $1::bigint AND token = $2::uuid;
