-- Rows as versions from 22 on have them: a run that a trial computed, and that a command asked for.
INSERT INTO asked_run VALUES (11);
