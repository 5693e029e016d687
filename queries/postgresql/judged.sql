-- The trials that a sampler has not learned of, in their order, with their values.
--
-- $1 sweep  $2 how many it knows
SELECT
  parameters,
  (SELECT string_agg(value::text, ' ' ORDER BY objective) FROM assay.trial_value
   WHERE trial_id = trial.id)
FROM assay.trial
WHERE sweep_id = $1::bigint AND judged_number >= $2::integer
ORDER BY judged_number;
