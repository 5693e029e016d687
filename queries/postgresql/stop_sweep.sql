-- Asks the workers of a sweep to give back their trials and end.
--
-- $1 sweep
UPDATE assay.sweep SET state = 'stopped' WHERE id = $1::bigint AND state = 'open';
