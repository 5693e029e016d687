-- Creates a sweep unless there is one of its name, or gives that one a budget and opens it again.
--
-- $1 uuid  $2 name  $3 definition  $4 its SHA-256  $5 sampler  $6 seed  $7 objectives  $8 budget  $9 limit
-- of trials  $10 limit of attempts  $11 kept pixels  $12 kept models
INSERT INTO assay.sweep (
  uuid, name, definition, definition_sha256, sampler, seed, objectives, budget, trial_limit,
  attempt_limit, kept_pixels, kept_models)
VALUES (
  $1::uuid, $2::text, $3::text, $4::text, $5::text, $6::bigint, $7::text, $8::bigint, $9::bigint,
  $10::bigint, $11::text, $12::text)
ON CONFLICT (name) DO UPDATE SET
  state = 'open', budget = excluded.budget, trial_limit = excluded.trial_limit,
  attempt_limit = excluded.attempt_limit, kept_pixels = excluded.kept_pixels,
  kept_models = excluded.kept_models
WHERE sweep.definition_sha256 = excluded.definition_sha256 AND sweep.seed = excluded.seed
  AND sweep.objectives = excluded.objectives
RETURNING id;
