-- The studies that differ from a study in nothing but the seed, itself among them.
--
-- Configurations, which name the data by SHA-256, are the same but for the seed. Of studies with the
-- same seed, the newest counts.
--
-- in:  :study TEXT         run of kind 'reproduce'; unbound = every one
--      :studies TEXT       the studies that may count, a JSON array of runs; unbound = all
-- out: study TEXT          the study asked for
--      member TEXT         a study that it is compared with
--      seed INTEGER        the member's
SELECT study, member, seed
FROM seed_studies
WHERE (:study IS NULL OR study = :study)
  AND (:studies IS NULL OR member IN (SELECT value FROM json_each(:studies)))
ORDER BY study, seed;
