-- Rows as versions from 10 on have them: digests of what finished runs and trials left.
INSERT INTO row_digest VALUES (1, 'record', 8, printf('%064d', 4));
INSERT INTO trial_digest VALUES (1, 3, printf('%064d', 5));
