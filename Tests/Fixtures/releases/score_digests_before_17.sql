-- Rows as versions 13 to 16 have them: digests of scores that say which run counts, too. Version 17
-- deletes them.
INSERT INTO row_digest VALUES
  (61, 'scores', 602, printf('%064d', 7)), (66, 'scores', 602, printf('%064d', 8));
