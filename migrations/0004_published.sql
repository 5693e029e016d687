-- The published numbers, to print beside ours.
--
-- original: Alshemali, Graham, Kalita: Toward Robust Image Classification, 2019.
-- reproduction: Wang, Zhang: Reproducing "Toward Robust Image Classification".
-- Both name their iterative attack BIM alone; it stands here as bim-a, the only form that can give
-- their numbers. In their Table 2 positive means clean, so their false negatives are clean images
-- declared adversarial; the names here say it in full. Table 3's fractions are of all images
-- declared clean.

CREATE TABLE published_result (
  source        TEXT    NOT NULL CHECK (source IN ('reproduction', 'original')),
  table_number  INTEGER NOT NULL CHECK (table_number BETWEEN 1 AND 3),
  attack        TEXT    NOT NULL,
  quantity      TEXT    NOT NULL,
  unit          TEXT    NOT NULL CHECK (unit IN ('fraction', 'images')),
  value         REAL    NOT NULL CHECK (value >= 0),
  PRIMARY KEY (source, table_number, attack, quantity)
) STRICT, WITHOUT ROWID;

INSERT INTO published_result (table_number, attack, quantity, unit, source, value) VALUES
  (1, 'fgsm',  'undefended_accuracy',                  'fraction', 'reproduction', 0.585),
  (1, 'fgsm',  'undefended_accuracy',                  'fraction', 'original',     0.59),
  (1, 'bim-a', 'undefended_accuracy',                  'fraction', 'reproduction', 0.496),
  (1, 'bim-a', 'undefended_accuracy',                  'fraction', 'original',     0.5),
  (1, 'jsma',  'undefended_accuracy',                  'fraction', 'reproduction', 0.511),
  (1, 'jsma',  'undefended_accuracy',                  'fraction', 'original',     0.52),
  (2, 'fgsm',  'clean_declared_adversarial',           'images',   'reproduction', 515),
  (2, 'fgsm',  'clean_declared_adversarial',           'images',   'original',     252),
  (2, 'bim-a', 'clean_declared_adversarial',           'images',   'reproduction', 323),
  (2, 'bim-a', 'clean_declared_adversarial',           'images',   'original',     249),
  (2, 'jsma',  'clean_declared_adversarial',           'images',   'reproduction', 116),
  (2, 'jsma',  'clean_declared_adversarial',           'images',   'original',     85),
  (2, 'fgsm',  'adversarial_declared_clean',           'images',   'reproduction', 194),
  (2, 'fgsm',  'adversarial_declared_clean',           'images',   'original',     134),
  (2, 'bim-a', 'adversarial_declared_clean',           'images',   'reproduction', 28),
  (2, 'bim-a', 'adversarial_declared_clean',           'images',   'original',     104),
  (2, 'jsma',  'adversarial_declared_clean',           'images',   'reproduction', 66),
  (2, 'jsma',  'adversarial_declared_clean',           'images',   'original',     74),
  (2, 'fgsm',  'adversarial_declared_adversarial',     'images',   'reproduction', 4766),
  (2, 'fgsm',  'adversarial_declared_adversarial',     'images',   'original',     4796),
  (2, 'bim-a', 'adversarial_declared_adversarial',     'images',   'reproduction', 4928),
  (2, 'bim-a', 'adversarial_declared_adversarial',     'images',   'original',     4826),
  (2, 'jsma',  'adversarial_declared_adversarial',     'images',   'reproduction', 4893),
  (2, 'jsma',  'adversarial_declared_adversarial',     'images',   'original',     4856),
  (2, 'fgsm',  'clean_declared_clean',                 'images',   'reproduction', 4445),
  (2, 'fgsm',  'clean_declared_clean',                 'images',   'original',     4725),
  (2, 'bim-a', 'clean_declared_clean',                 'images',   'reproduction', 4633),
  (2, 'bim-a', 'clean_declared_clean',                 'images',   'original',     4728),
  (2, 'jsma',  'clean_declared_clean',                 'images',   'reproduction', 4843),
  (2, 'jsma',  'clean_declared_clean',                 'images',   'original',     4892),
  (2, 'fgsm',  'detection_accuracy',                   'fraction', 'reproduction', 0.929),
  (2, 'fgsm',  'detection_accuracy',                   'fraction', 'original',     0.961),
  (2, 'bim-a', 'detection_accuracy',                   'fraction', 'reproduction', 0.965),
  (2, 'bim-a', 'detection_accuracy',                   'fraction', 'original',     0.964),
  (2, 'jsma',  'detection_accuracy',                   'fraction', 'reproduction', 0.982),
  (2, 'jsma',  'detection_accuracy',                   'fraction', 'original',     0.983),
  (3, 'fgsm',  'clean_declared_clean_correct',         'fraction', 'reproduction', 0.958),
  (3, 'fgsm',  'clean_declared_clean_correct',         'fraction', 'original',     0.973),
  (3, 'bim-a', 'clean_declared_clean_correct',         'fraction', 'reproduction', 0.993),
  (3, 'bim-a', 'clean_declared_clean_correct',         'fraction', 'original',     0.978),
  (3, 'jsma',  'clean_declared_clean_correct',         'fraction', 'reproduction', 0.986),
  (3, 'jsma',  'clean_declared_clean_correct',         'fraction', 'original',     0.985),
  (3, 'fgsm',  'clean_declared_clean_incorrect',       'fraction', 'reproduction', 0.0),
  (3, 'fgsm',  'clean_declared_clean_incorrect',       'fraction', 'original',     0.0),
  (3, 'bim-a', 'clean_declared_clean_incorrect',       'fraction', 'reproduction', 0.0),
  (3, 'bim-a', 'clean_declared_clean_incorrect',       'fraction', 'original',     0.0),
  (3, 'jsma',  'clean_declared_clean_incorrect',       'fraction', 'reproduction', 0.0),
  (3, 'jsma',  'clean_declared_clean_incorrect',       'fraction', 'original',     0.0),
  (3, 'fgsm',  'adversarial_declared_clean_correct',   'fraction', 'reproduction', 0.002),
  (3, 'fgsm',  'adversarial_declared_clean_correct',   'fraction', 'original',     0.017),
  (3, 'bim-a', 'adversarial_declared_clean_correct',   'fraction', 'reproduction', 0.0),
  (3, 'bim-a', 'adversarial_declared_clean_correct',   'fraction', 'original',     0.012),
  (3, 'jsma',  'adversarial_declared_clean_correct',   'fraction', 'reproduction', 0.011),
  (3, 'jsma',  'adversarial_declared_clean_correct',   'fraction', 'original',     0.014),
  (3, 'fgsm',  'adversarial_declared_clean_incorrect', 'fraction', 'reproduction', 0.039),
  (3, 'fgsm',  'adversarial_declared_clean_incorrect', 'fraction', 'original',     0.01),
  (3, 'bim-a', 'adversarial_declared_clean_incorrect', 'fraction', 'reproduction', 0.006),
  (3, 'bim-a', 'adversarial_declared_clean_incorrect', 'fraction', 'original',     0.001),
  (3, 'jsma',  'adversarial_declared_clean_incorrect', 'fraction', 'reproduction', 0.002),
  (3, 'jsma',  'adversarial_declared_clean_incorrect', 'fraction', 'original',     0.001),
  (3, 'fgsm',  'classification_accuracy',              'fraction', 'reproduction', 0.961),
  (3, 'fgsm',  'classification_accuracy',              'fraction', 'original',     0.99),
  (3, 'bim-a', 'classification_accuracy',              'fraction', 'reproduction', 0.994),
  (3, 'bim-a', 'classification_accuracy',              'fraction', 'original',     0.99),
  (3, 'jsma',  'classification_accuracy',              'fraction', 'reproduction', 0.998),
  (3, 'jsma',  'classification_accuracy',              'fraction', 'original',     0.999);

CREATE TRIGGER published_result_is_final BEFORE UPDATE ON published_result
BEGIN SELECT RAISE(ABORT, 'published numbers never change'); END;

PRAGMA user_version = 4;
