-- How far attacks moved the images: mean, quartiles and extremes of each norm.
--
-- group: images
--
-- in:  :adversarial_set RUN attack = every one
--      :attack TEXT = every attack; such as 'fgsm'
--      :success INTEGER = all images; 1: only images on which the attack succeeded, 0: only the
--        others
-- out: adversarial_set TEXT  run of the attack
--      attack TEXT         the attack
--      norm TEXT           'l0': pixels changed; 'l2': Euclidean length; 'linf': largest change,
--                          pixels in 0...1
--      images INTEGER      so many
--      mean REAL           over the images
--      minimum REAL        the smallest
--      lower_quartile REAL a quarter of the images, at least, have no more
--      median REAL         half of the images, at least, have no more
--      upper_quartile REAL three quarters of the images, at least, have no more
--      maximum REAL        the largest
WITH
moved AS MATERIALIZED (
  SELECT adversarial_set, attack, l0, l2, linf
  FROM adversarial_images
  WHERE adversarial_set IN (
      SELECT adversarial_set FROM adversarial_sets
      WHERE :adversarial_set IS NOT NULL OR (hidden IS NOT 'deleted' AND NOT is_noisy))
    AND adversarial_set BETWEEN coalesce(:adversarial_set, '') AND coalesce(:adversarial_set, 'g')
    AND (:attack IS NULL OR attack = :attack)
    AND (:success IS NULL OR success = :success)
),
value AS (
  SELECT adversarial_set, attack, 'l0' AS norm, l0 AS value FROM moved
  UNION ALL
  SELECT adversarial_set, attack, 'l2', l2 FROM moved
  UNION ALL
  SELECT adversarial_set, attack, 'linf', linf FROM moved
),
ranked AS (
  SELECT
    *, row_number() OVER norm AS place, count(*) OVER (PARTITION BY adversarial_set, norm) AS images
  FROM value
  WINDOW norm AS (PARTITION BY adversarial_set, norm ORDER BY value)
)
SELECT
  adversarial_set, attack, norm, images, avg(value) AS mean,
  CAST(min(value) AS REAL) AS minimum,
  CAST(min(value) FILTER (WHERE 4 * place >= images) AS REAL) AS lower_quartile,
  CAST(min(value) FILTER (WHERE 2 * place >= images) AS REAL) AS median,
  CAST(min(value) FILTER (WHERE 4 * place >= 3 * images) AS REAL) AS upper_quartile,
  CAST(max(value) AS REAL) AS maximum
FROM ranked
GROUP BY adversarial_set, norm
ORDER BY attack, adversarial_set, norm;
