-- The whole checklist of an evaluation: how attacks fare step by step, one fixed draw, many random
-- draws, noisy images, and images that are transferred from a network of the attacker's own.

-- How the images of a piece of a set fared after a number of steps, summed. An image that the attack
-- has left counts with its last step.
CREATE TABLE attack_step (
  adversarial_set_id  INTEGER NOT NULL REFERENCES adversarial_set (run_id) ON DELETE CASCADE,
  first_image         INTEGER NOT NULL CHECK (first_image >= 0),  -- names the piece
  step                INTEGER NOT NULL CHECK (step >= 0),  -- 0: none taken yet
  image_count         INTEGER NOT NULL CHECK (image_count > 0),
  loss_sum            REAL    NOT NULL,
  loss_square_sum     REAL    NOT NULL,
  misled_count        INTEGER NOT NULL CHECK (misled_count BETWEEN 0 AND image_count),
  -- The images whose score by the detector the attack was given, and the sum of those.
  scored_count        INTEGER NOT NULL CHECK (scored_count BETWEEN 0 AND image_count),
  score_sum           REAL    NOT NULL,
  PRIMARY KEY (adversarial_set_id, step, first_image)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER attack_step_is_final BEFORE UPDATE ON attack_step
BEGIN SELECT RAISE(ABORT, 'a result is written once: attack_step'); END;

-- A CHECK changes only with its table.

CREATE TEMP TABLE kept_part AS SELECT * FROM evaluation_part;
DROP TABLE evaluation_part;

-- A part of an evaluation: images, and what the detector said of them.
CREATE TABLE evaluation_part (
  evaluation_id       INTEGER NOT NULL REFERENCES evaluation (run_id) ON DELETE CASCADE,
  part_number         INTEGER NOT NULL CHECK (part_number > 0),  -- from 1
  part_role           TEXT    NOT NULL CHECK (part_role IN (
    'clean', 'attack', 'doubled', 'restarted', 'baseline', 'fixed', 'transfer', 'draws', 'noisy')),
  is_adaptive         INTEGER NOT NULL CHECK (is_adaptive IN (0, 1)),
  adversarial_set_id  INTEGER REFERENCES adversarial_set (run_id),  -- NULL: the clean images
  verdict_id          INTEGER REFERENCES verdict (run_id),  -- NULL: no detector judged
  -- The part whose effort it raises, or whose draws it fixes; NULL: none.
  repeats             INTEGER CHECK (repeats > 0),
  PRIMARY KEY (evaluation_id, part_number),
  FOREIGN KEY (evaluation_id, repeats) REFERENCES evaluation_part (evaluation_id, part_number),
  CHECK ((part_role = 'clean') = (adversarial_set_id IS NULL)),
  CHECK ((part_role IN ('doubled', 'restarted', 'fixed')) = (repeats IS NOT NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO evaluation_part (
  evaluation_id, part_number, part_role, is_adaptive, adversarial_set_id, verdict_id, repeats
)
SELECT
  evaluation_id, part_number, part_role, is_adaptive, adversarial_set_id, verdict_id, repeats
FROM kept_part ORDER BY evaluation_id, part_number;
DROP TABLE kept_part;

CREATE INDEX evaluation_part_set ON evaluation_part (adversarial_set_id);
CREATE INDEX evaluation_part_verdict ON evaluation_part (verdict_id);
CREATE INDEX evaluation_part_repeats ON evaluation_part (evaluation_id, repeats);

CREATE TRIGGER evaluation_part_is_final BEFORE UPDATE ON evaluation_part
BEGIN SELECT RAISE(ABORT, 'a result is written once: evaluation_part'); END;

-- How the images of an attack fared after a number of steps.
--
-- Attacks that climb by gradients within a budget have such rows. An image that the attack has left,
-- since it is misled, counts with its last step.
--
-- key: adversarial_set, attack_step
CREATE VIEW attack_steps AS
SELECT
  run.uuid AS adversarial_set,  -- the attack, by the UUID of its run
  step AS attack_step,  -- steps taken, all starts together; 0: none yet
  sum(attack_step.image_count) AS image_count,  -- images
  -- the mean cross-entropy at the true class, of the logits that the attack was given
  sum(loss_sum) / sum(attack_step.image_count) AS mean_loss,
  -- its deviation over the images
  sqrt(max(0.0, sum(loss_square_sum) / sum(attack_step.image_count)
    - (sum(loss_sum) / sum(attack_step.image_count))
      * (sum(loss_sum) / sum(attack_step.image_count)))) AS loss_deviation,
  -- images of a wrong class by those logits, 0...1 of them
  1.0 * sum(misled_count) / sum(attack_step.image_count) AS misled_share,
  sum(scored_count) AS scored_count,  -- images whose score by the detector the attack was given
  -- the mean of those scores, in the attack's own units; NULL: it was given none
  sum(score_sum) / nullif(sum(scored_count), 0) AS mean_score
FROM attack_step
JOIN run ON run.id = attack_step.adversarial_set_id
GROUP BY attack_step.adversarial_set_id, step;

-- Views keep their columns, in order, and have new ones at the end.

DROP VIEW evaluation_parts;

-- A part of an evaluation: the images of one attack, or the clean ones, and who judged them.
--
-- key: evaluation, part_number
CREATE VIEW evaluation_parts AS
SELECT
  run.uuid AS evaluation,  -- its run, by its UUID
  part_number,  -- from 1
  -- 'clean': the images themselves; 'attack'; 'doubled': an attack with twice the iterations;
  -- 'restarted': with more restarts; 'fixed': against one fixed draw, which it knows and which
  -- judges; 'transfer': images that were attacked on another network; 'draws': many random draws,
  -- on some of the images; 'noisy': noise, which a detector must let pass; 'baseline': an attack on
  -- the baseline
  part_role,
  attack.name AS attack,  -- such as 'pgd'; NULL: the clean images, or noisy ones
  is_adaptive,  -- 1: the attack knows the detector, or how it draws; 0: it knows the network alone
  -- that the attack keeps small: 'linf', 'l2', 'l0' or 'none'; NULL: the clean images, or noisy ones
  coalesce(adversarial_set.parameters ->> '$.norm', attack.norm) AS norm,
  -- the most of it that was allowed; NULL: as little as the attack finds, or no attack
  iif(attack.budget = 'epsilon', adversarial_set.parameters ->> '$.epsilon', NULL) AS epsilon,
  adversarial_set.parameters,  -- the attack's, as JSON; NULL: the clean images
  -- what the attack asks of the network: 'white-box' (gradients), 'scores' (logits), 'decision'
  -- (classes) or 'none'; NULL: the clean images, or noisy ones
  attack.knowledge,
  -- 1: many steps, each by what the last one gave; 0: one; NULL likewise
  attack.is_iterative,
  model.uuid AS model,  -- the network that is attacked: the evaluation's, or its baseline
  attacked.uuid AS adversarial_set,  -- the attacked images; NULL: the clean ones
  verdict.uuid AS verdict,  -- what the detector said; NULL: there is none, or it is the baseline's
  -- the number of the part whose effort this one raises, or whose draws it fixes; NULL: none
  repeats
FROM evaluation_part
JOIN evaluation ON evaluation.run_id = evaluation_id
JOIN run ON run.id = evaluation_id
LEFT JOIN adversarial_set ON adversarial_set.run_id = adversarial_set_id
LEFT JOIN attack ON attack.name = adversarial_set.attack
LEFT JOIN run AS attacked ON attacked.id = adversarial_set_id
JOIN run AS model ON model.id = coalesce(adversarial_set.model_id, evaluation.model_id)
LEFT JOIN run AS verdict ON verdict.id = verdict_id;

PRAGMA user_version = 19;
