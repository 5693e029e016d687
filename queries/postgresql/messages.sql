-- The newest messages of a sweep, the oldest of them first.
--
-- $1 sweep  $2 how many
SELECT said_at, text
FROM (
  SELECT id, to_char(said_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS said_at, text
  FROM assay.message WHERE sweep_id = $1::bigint
  ORDER BY id DESC LIMIT $2::integer) AS newest
ORDER BY id;
