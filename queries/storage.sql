-- What takes the room in the file, by kind of run.
--
-- Contents are counted, not pages: indexes and the file's own structure come on top. An artifact
-- that several runs have is stored once, and counted with the kind that had it first.
--
-- group: runs
--
-- in:  :kind TEXT = every kind; such as 'train'
-- out: kind TEXT           what was run
--      runs INTEGER        so many
--      artifacts INTEGER   named outputs, such as weights and checkpoints
--      artifact_bytes INTEGER  of them
--      image_rows INTEGER  per-image rows: adversarial images, uncertainties
--      pixel_bytes INTEGER of adversarial images whose pixels are kept
WITH
counted AS (
  SELECT kind, count(*) AS runs FROM runs WHERE :kind IS NULL OR kind = :kind GROUP BY kind
),
named AS (
  SELECT
    artifacts.kind, size,
    row_number() OVER (PARTITION BY sha256 ORDER BY record_number, artifact) AS copy
  FROM artifacts
  JOIN runs ON runs.run = artifacts.run
),
artifact AS (
  SELECT
    kind, count(*) AS artifacts, sum(size) FILTER (WHERE copy = 1) AS artifact_bytes
  FROM named
  GROUP BY kind
),
image AS (
  SELECT
    'attack' AS kind, image_count,
    image_count * (
      SELECT length(pixels) FROM adversarial_image_pixels
      WHERE adversarial_image_pixels.adversarial_set = adversarial_sets.adversarial_set
      LIMIT 1) AS pixel_bytes
  FROM adversarial_sets
  UNION ALL
  SELECT 'measure', image_count, NULL FROM measurements
),
row_count AS (
  SELECT kind, sum(image_count) AS image_rows, sum(pixel_bytes) AS pixel_bytes
  FROM image
  GROUP BY kind
)
SELECT
  counted.kind, runs, coalesce(artifacts, 0) AS artifacts,
  coalesce(artifact_bytes, 0) AS artifact_bytes, coalesce(image_rows, 0) AS image_rows,
  coalesce(pixel_bytes, 0) AS pixel_bytes
FROM counted
LEFT JOIN artifact ON artifact.kind = counted.kind
LEFT JOIN row_count ON row_count.kind = counted.kind
ORDER BY artifact_bytes + pixel_bytes DESC, counted.kind;
