-- Runs, the newest first.
SELECT 1;
