-- Says that a sweep's budget is spent.
--
-- $1 sweep
UPDATE assay.sweep SET state = 'finished' WHERE id = $1::bigint AND state = 'open';
