-- The studies that differ from a study in nothing but the seed, itself among them.
--
-- Their configurations, which name the data by SHA-256, are the same but for the seed. Of studies
-- with the same seed, the newest counts. Studies of the user's own are compared with each other
-- alone, not with those of sweeps' trials.
--
-- group: study
--
-- in:  :study RUN reproduce = every study of the user's own
--      :studies TEXT = all; the studies that may count, a JSON array of runs
-- out: study TEXT          the study asked for
--      member TEXT         a study that it is compared with
--      seed INTEGER        the member's
SELECT study, member, seed
FROM seed_studies
WHERE (study = :study OR (:study IS NULL AND is_default))
  AND (:studies IS NULL OR member IN (SELECT value FROM json_each(:studies)))
ORDER BY study, seed;
