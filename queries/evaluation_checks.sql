-- The checks that say when an attack of an evaluation is broken, or its numbers are not to be
-- believed.
--
-- A failing check doesn't say that the defence is good or bad: it says that a number beside it may
-- be too favourable. Success is on the network alone for attacks that don't know the detector, and
-- by the whole system for those that do. A change of success is of the same images: those won less
-- those lost. By a system that may draw at random, a change counts only if it is beyond chance as
-- well: beyond the 95% interval of the paired difference, 1.96 sqrt(won + lost - (won - lost)^2 /
-- images) images. On one fixed draw, an attack must succeed on 95% of the images. What an attack
-- climbs is its loss, or the detector's score that it lowers; it must not move by more than 5% of its
-- whole way in the last tenth of the steps, unless every image is brought through.
--
-- group: detectors
--
-- in:  :evaluation RUN evaluation = every one that is not deleted
--      :result 'passed'|'failed'|'not applicable' = every one
-- out: evaluation TEXT     run of the evaluation
--      check_name TEXT     'one_step', 'black_box' and so on
--      statement TEXT      what holds if it passes
--      subject TEXT        what was checked, such as an attack; NULL: nothing to check
--      reference TEXT      what it was compared with; NULL: a fixed number, or nothing to check
--      epsilon REAL        the budget at which it was, or at which it was worst; NULL: none
--      value REAL          the subject's number
--      reference_value REAL  what it was compared with
--      tolerance REAL      how far it may be on the wrong side
--      unit TEXT           'share' of the images, 0...1, or of the rise of a loss; 'images',
--        'attacks' or 'distance'
--      result TEXT         'passed', 'failed' or 'not applicable'
--      consequence TEXT    what a reader must think of the numbers if it failed
WITH
chosen AS MATERIALIZED (
  SELECT *
  FROM evaluations
  WHERE evaluation BETWEEN coalesce(:evaluation, '') AND coalesce(:evaluation, 'g')
    AND (:evaluation IS NOT NULL OR hidden IS NOT 'deleted')
),
piece AS MATERIALIZED (
  SELECT
    piece.evaluation, part_number, part_role, attack, is_adaptive, knowledge, is_iterative,
    piece.norm, chosen.norm AS main_norm, repeats, detector, dataset,
    -- What was written as text and read again is the same number.
    iif(abs(piece.epsilon - chosen.epsilon) < 1e-9, chosen.epsilon, CAST(piece.epsilon AS REAL))
      AS epsilon,
    chosen.epsilon AS main_epsilon, adversarial_set, verdict
  FROM chosen
  CROSS JOIN evaluation_parts AS piece ON piece.evaluation = chosen.evaluation
),
judged AS MATERIALIZED (
  SELECT piece.evaluation, piece.part_number, image_index, is_misclassified, is_evading
  FROM piece
  CROSS JOIN image_verdicts ON image_verdicts.verdict = piece.verdict
),
image AS MATERIALIZED (
  SELECT
    piece.evaluation, piece.part_number, attacked.image_index, success AS is_successful, l2,
    CASE main_norm WHEN 'linf' THEN linf ELSE l2 END AS distance
  FROM piece
  CROSS JOIN adversarial_images AS attacked ON attacked.adversarial_set = piece.adversarial_set
),
won AS MATERIALIZED (
  SELECT
    evaluation, part_number, image_index, is_successful, l2, distance, is_evading,
    is_misclassified
  FROM image
  LEFT JOIN judged USING (evaluation, part_number, image_index)
),
tally AS MATERIALIZED (
  SELECT
    piece.evaluation, part_number, part_role, attack, is_adaptive, knowledge, is_iterative, norm,
    main_norm, epsilon, main_epsilon, 1.0 * sum(is_successful) / count(*) AS on_network,
    1.0 * sum(is_evading) / count(*) AS on_system, avg(l2) FILTER (WHERE is_successful) AS mean_l2
  FROM piece
  JOIN won USING (evaluation, part_number)
  GROUP BY piece.evaluation, part_number
),
budget AS (
  SELECT DISTINCT evaluation, epsilon, main_epsilon
  FROM piece
  WHERE part_role = 'attack' AND epsilon IS NOT NULL
),
-- The attacks by what they ask of the model at each budget, with the success that is compared.
rival AS (
  SELECT evaluation, epsilon, main_epsilon, attack, class, rate
  FROM (
    SELECT
      tally.evaluation, epsilon, main_epsilon, attack, class.column1 AS class,
      iif(class.column1 IN ('unaware', 'adaptive'), on_system, on_network) AS rate
    FROM tally
    CROSS JOIN (
      VALUES
        ('one step'), ('many steps'), ('white box'), ('black box'), ('noise'), ('unaware'),
        ('adaptive')) AS class
    WHERE part_role = 'attack' AND epsilon IS NOT NULL AND norm = main_norm
      AND CASE class.column1
        WHEN 'one step' THEN NOT is_adaptive AND knowledge = 'white-box' AND NOT is_iterative
        WHEN 'many steps' THEN NOT is_adaptive AND knowledge = 'white-box' AND is_iterative
        WHEN 'white box' THEN NOT is_adaptive AND knowledge = 'white-box'
        WHEN 'black box' THEN NOT is_adaptive AND knowledge IN ('scores', 'decision')
        WHEN 'noise' THEN NOT is_adaptive AND knowledge = 'none'
        WHEN 'unaware' THEN NOT is_adaptive
        ELSE is_adaptive
      END)
  WHERE rate IS NOT NULL
  UNION ALL
  -- What asks for classes alone has no budget, but goes only as far as it must.
  SELECT
    budget.evaluation, budget.epsilon, budget.main_epsilon, attack, 'black box',
    avg(is_successful AND distance <= budget.epsilon + 1e-5)
  FROM budget
  JOIN piece ON piece.evaluation = budget.evaluation
  JOIN won ON won.evaluation = piece.evaluation AND won.part_number = piece.part_number
  WHERE part_role = 'attack' AND piece.epsilon IS NULL AND knowledge = 'decision'
    AND piece.norm = piece.main_norm AND NOT is_adaptive
  GROUP BY budget.evaluation, budget.epsilon, piece.part_number
  UNION ALL
  SELECT evaluation, epsilon, main_epsilon, attack, 'transfer', on_network
  FROM tally
  WHERE part_role = 'transfer'
),
best AS MATERIALIZED (
  SELECT evaluation, epsilon, main_epsilon, class, attack, rate
  FROM (
    SELECT
      *, row_number() OVER (
        PARTITION BY evaluation, epsilon, class ORDER BY rate DESC, attack) AS rank
    FROM rival)
  WHERE rank = 1
),
compared AS (
  SELECT
    own.evaluation, pair.column1 AS check_name, own.attack AS subject, other.attack AS reference,
    own.epsilon, own.rate AS value, other.rate AS reference_value, pair.column4 AS tolerance,
    iif(
      pair.column1 = 'noise', own.rate >= other.rate AND other.rate < 1,
      own.rate - other.rate > pair.column4 + 1e-9) AS is_failed,
    row_number() OVER (
      PARTITION BY own.evaluation, pair.column1
      ORDER BY own.rate - other.rate DESC, own.epsilon = own.main_epsilon DESC, own.epsilon)
      AS rank
  FROM (
    -- Only at the main budget: smaller ones may be too small for any attack.
    VALUES
      ('one_step', 'one step', 'many steps', 0.0, 0),
      ('black_box', 'black box', 'white box', 0.002, 0),
      ('transfer', 'transfer', 'white box', 0.002, 0),
      ('noise', 'noise', 'white box', 0.0, 1),
      ('adaptive', 'unaware', 'adaptive', 0.0, 1)) AS pair
  JOIN best AS own ON own.class = pair.column2
  JOIN best AS other
    ON other.evaluation = own.evaluation AND other.epsilon = own.epsilon
    AND other.class = pair.column3
  WHERE NOT pair.column5 OR own.epsilon = own.main_epsilon
),
-- Each attack with the next larger budget, and each repetition with what it repeats.
effort AS (
  SELECT
    less.evaluation, 'budget' AS check_name, less.attack AS subject, less.is_adaptive, more.epsilon,
    less.part_number AS less, more.part_number AS more, 0.02 AS tolerance
  FROM (
    SELECT
      *, lead(part_number) OVER (
        PARTITION BY evaluation, attack, is_adaptive ORDER BY epsilon, part_number) AS next
    FROM piece
    WHERE part_role = 'attack' AND epsilon IS NOT NULL) AS less
  JOIN piece AS more ON more.evaluation = less.evaluation AND more.part_number = less.next
  UNION ALL
  SELECT
    more.evaluation, more.part_role, more.attack, more.is_adaptive, more.epsilon, less.part_number,
    more.part_number, 0.01
  FROM piece AS more
  JOIN piece AS less ON less.evaluation = more.evaluation AND less.part_number = more.repeats
  WHERE more.part_role IN ('doubled', 'restarted')
),
changed AS MATERIALIZED (
  SELECT
    effort.evaluation, effort.check_name, subject, effort.is_adaptive, effort.epsilon, tolerance,
    more, count(*) AS images, sum(after > before) AS gained, sum(after < before) AS lost,
    avg(before) AS before, avg(after) AS after
  FROM (
    SELECT
      effort.*,
      -- A detector that nobody judged by leaves the network.
      iif(is_adaptive, coalesce(small.is_evading, small.is_successful), small.is_successful)
        AS before,
      iif(is_adaptive, coalesce(large.is_evading, large.is_successful), large.is_successful)
        AS after
    FROM effort
    JOIN won AS small
      ON small.evaluation = effort.evaluation AND small.part_number = effort.less
    JOIN won AS large
      ON large.evaluation = effort.evaluation AND large.part_number = effort.more
      AND large.image_index = small.image_index) AS effort
  GROUP BY effort.evaluation, effort.check_name, less, more
),
judged_change AS (
  SELECT
    *, row_number() OVER (
      PARTITION BY evaluation, check_name, subject, is_adaptive
      ORDER BY harm DESC, more) AS rank
  FROM (
    SELECT
      *,
      -- A larger budget must not lose images; more effort must not change anything.
      iif(check_name = 'budget', lost - gained, abs(gained - lost)) * 1.0 / images AS harm,
      1.96 * sqrt(gained + lost - 1.0 * (gained - lost) * (gained - lost) / images) / images
        AS chance
    FROM changed)
),
zero AS (
  SELECT
    piece.evaluation, attack AS subject, piece.epsilon,
    sum(value > 0 AND NOT iif(
      is_adaptive, coalesce(is_misclassified, is_successful), is_successful)) AS blind
  FROM piece
  CROSS JOIN adversarial_details AS noted ON noted.adversarial_set = piece.adversarial_set
  JOIN won
    ON won.evaluation = piece.evaluation AND won.part_number = piece.part_number
    AND won.image_index = noted.image_index
  WHERE detail = 'zero_gradients' AND part_role = 'attack'
    AND (piece.epsilon IS NULL OR piece.epsilon = main_epsilon)
  GROUP BY piece.evaluation, piece.part_number
),
-- How the losses, and the scores where each image has one, go in the last tenth of the steps.
traced AS (
  SELECT
    piece.evaluation, piece.part_number, attack, piece.is_adaptive, piece.epsilon, mean_loss,
    iif(scored_count = image_count, mean_score, NULL) AS mean_score, attack_step,
    max(attack_step) OVER (PARTITION BY piece.evaluation, piece.part_number) AS last,
    max(iif(scored_count = image_count, attack_step, 0))
      OVER (PARTITION BY piece.evaluation, piece.part_number) AS last_scored
  FROM piece
  CROSS JOIN attack_steps ON attack_steps.adversarial_set = piece.adversarial_set
  WHERE part_role = 'attack' AND piece.epsilon = main_epsilon
),
course AS (
  SELECT
    evaluation, part_number, attack, is_adaptive, epsilon,
    max(mean_loss) FILTER (WHERE attack_step = 0) AS first_loss,
    max(mean_loss) FILTER (WHERE attack_step = last - last / 10) AS late_loss,
    max(mean_loss) FILTER (WHERE attack_step = last) AS last_loss,
    max(mean_score) AS highest_score,
    max(mean_score) FILTER (WHERE attack_step = last_scored - last_scored / 10) AS late_score,
    -- The last image alone may be scored only where it is misled.
    max(mean_score) FILTER (WHERE attack_step = last_scored AND last_scored >= last - 1)
      AS last_score
  FROM traced
  -- Of fewer steps the last one is more than a tenth.
  WHERE last >= 10
  GROUP BY evaluation, part_number
),
rise AS (
  SELECT
    course.evaluation, course.attack AS subject, course.epsilon,
    -- What knows the detector climbs no loss alone.
    iif(
      course.is_adaptive, (late_score - last_score) / nullif(highest_score - last_score, 0),
      (last_loss - late_loss) / nullif(max(last_loss - first_loss, 0.0), 0)) AS share,
    iif(course.is_adaptive, coalesce(on_system, on_network), on_network) AS success
  FROM course
  JOIN tally ON tally.evaluation = course.evaluation AND tally.part_number = course.part_number
),
-- The images that the largest budget brings through, by any attack.
reached AS (
  SELECT
    evaluation, largest, detector, count(*) AS images, sum(is_lost) AS lost,
    sum(is_through) AS through
  FROM (
    SELECT
      chosen.evaluation, detector, limits.largest, clean.image_index,
      deterministic_prediction <> true_label
        OR coalesce(max(is_successful AND distance <= limits.largest + 1e-5), 0) AS is_lost,
      coalesce(max(is_evading AND (part_role = 'clean' OR distance <= limits.largest + 1e-5)), 0)
        AS is_through
    FROM chosen
    JOIN (
      SELECT evaluation, max(epsilon) AS largest FROM piece WHERE part_role = 'attack'
      GROUP BY evaluation) AS limits ON limits.evaluation = chosen.evaluation
    CROSS JOIN evaluation_images AS clean ON clean.evaluation = chosen.evaluation
    LEFT JOIN (
      SELECT piece.evaluation, part_role, image_index, is_successful, is_evading, distance
      FROM won
      JOIN piece USING (evaluation, part_number)
      WHERE part_role NOT IN ('baseline', 'noisy', 'fixed')
      UNION ALL
      SELECT piece.evaluation, part_role, image_index, 0, is_evading, 0.0
      FROM judged
      JOIN piece USING (evaluation, part_number)
      WHERE part_role = 'clean') AS tried
      ON tried.evaluation = chosen.evaluation AND tried.image_index = clean.image_index
    WHERE limits.largest IS NOT NULL
    GROUP BY chosen.evaluation, clean.image_index)
  GROUP BY evaluation
),
finding AS (
  SELECT
    evaluation, check_name, subject, reference, epsilon, value, reference_value, tolerance,
    'share' AS unit, is_failed
  FROM compared
  WHERE rank = 1
  UNION ALL
  SELECT
    evaluation, check_name, subject,
    CASE check_name
      WHEN 'budget' THEN 'the next smaller budget'
      WHEN 'doubled' THEN 'half the iterations'
      ELSE 'fewer restarts'
    END, epsilon, after, before, tolerance, 'share',
    harm > tolerance + 1e-9 AND (NOT is_adaptive OR harm > chance)
  FROM judged_change
  WHERE rank = 1
  UNION ALL
  SELECT
    evaluation, 'zero_gradients', subject, NULL, epsilon, CAST(blind AS REAL), 0.0, 0.0, 'images',
    blind > 0
  FROM zero
  UNION ALL
  -- Where every image is brought through, a higher loss would change nothing.
  SELECT
    evaluation, 'converged', subject, NULL, epsilon, share, 0.05, 0.0, 'share',
    share > 0.05 AND success < 1
  FROM rise
  WHERE share IS NOT NULL
  UNION ALL
  SELECT
    evaluation, 'fixed_draw', attack, NULL, epsilon, on_system, 1.0, 0.05, 'share',
    on_system < 0.95
  FROM (
    SELECT
      *, row_number() OVER (PARTITION BY evaluation ORDER BY on_system DESC, part_number) AS rank
    FROM tally
    WHERE part_role = 'fixed' AND on_system IS NOT NULL)
  WHERE rank = 1
  UNION ALL
  SELECT
    evaluation, 'reach', 'the network alone', NULL, largest, 1.0 * lost / images, 1.0, 0.0, 'share',
    lost < images
  FROM reached
  UNION ALL
  SELECT
    evaluation, 'reach', 'the whole system', NULL, largest, 1.0 * through / images, 1.0, 0.0,
    'share', through < images
  FROM reached
  WHERE detector IS NOT NULL
  UNION ALL
  SELECT
    evaluation, 'credible_epsilon', 'the main budget', NULL, epsilon, epsilon, 0.5, 0.0, 'distance',
    epsilon >= 0.5
  FROM chosen
  WHERE norm = 'linf'
  UNION ALL
  SELECT
    evaluation, 'credible_l2', attack, NULL, epsilon, mean_l2, 9.0, 0.0, 'distance', mean_l2 > 9
  FROM (
    SELECT
      tally.*, row_number() OVER (PARTITION BY evaluation ORDER BY mean_l2 DESC,
      part_number) AS rank
    FROM tally
    JOIN chosen USING (evaluation)
    WHERE dataset = 'mnist' AND part_role = 'attack' AND mean_l2 IS NOT NULL
      AND (tally.epsilon IS NULL OR tally.epsilon = main_epsilon))
  WHERE rank = 1
  UNION ALL
  SELECT
    evaluation, 'adaptive_there', detector, NULL, NULL, CAST(attacks AS REAL), 1.0, 0.0, 'attacks',
    attacks = 0
  FROM (
    SELECT
      chosen.evaluation, chosen.detector,
      (SELECT count(*) FROM piece
       WHERE piece.evaluation = chosen.evaluation AND part_role = 'attack' AND is_adaptive)
        AS attacks
    FROM chosen
    WHERE detector IS NOT NULL)
  UNION ALL
  SELECT
    evaluation, 'images', 'the images', NULL, NULL, CAST(image_count AS REAL), 100.0, 0.0, 'images',
    image_count < 100
  FROM chosen
),
known (place, check_name, statement, consequence) AS (
  VALUES
    (1, 'one_step', 'attacks of many steps succeed at least as often as those of one step',
      'the attacks of many steps are broken, or gradients are masked'),
    (2, 'black_box', 'attacks with gradients succeed at least as often as those without',
      'gradients are masked: the attacks that use them are too weak'),
    (3, 'transfer', 'attacks with gradients succeed at least as often as transferred images',
      'gradients are masked: the attacks that use them are too weak'),
    (4, 'noise', 'attacks with gradients succeed more often than random noise',
      'the attacks with gradients found nothing'),
    (5, 'budget', 'a larger budget succeeds at least as often',
      'the attack is broken at the larger budget'),
    (6, 'zero_gradients', 'no attack failed for want of a gradient',
      'the attack is blind on these images, and its failure says nothing of the defence'),
    (7, 'converged', 'what an attack climbs rises no more in the last tenth of its steps',
      'more steps may bring more images through'),
    (8, 'doubled', 'twice the iterations change nothing', 'the attack has not converged'),
    (9, 'restarted', 'more restarts change nothing', 'the attack depends on where it starts'),
    (10, 'adaptive_there', 'an attack that knows the detector was made',
      'only attacks that know no detector were made: a lower bar'),
    (11, 'adaptive', 'the best attack that knows the detector beats the best one that does not',
      'the attacks that know the detector are broken'),
    (12, 'fixed_draw', 'an attack succeeds on one fixed draw that it knows',
      'the attacks are too weak, or the budget too small: it is not the draws that stop them'),
    (13, 'reach', 'the largest budget brings every image through',
      'the attacks are too weak, or the budgets end too early'),
    (14, 'credible_epsilon', 'the main budget leaves images that can be told apart',
      'with 0.5 every image can be made grey: accuracy beyond guessing is not to be believed'),
    (15, 'credible_l2', 'the mean L2 distance on MNIST is at most 9',
      'images that far away are not the same digits any more'),
    (16, 'images', 'at least 100 images were attacked', 'the intervals are wide')
)
SELECT
  chosen.evaluation, known.check_name, statement, subject, reference, finding.epsilon, value,
  reference_value, tolerance, unit,
  CASE is_failed WHEN 1 THEN 'failed' WHEN 0 THEN 'passed' ELSE 'not applicable' END AS result,
  consequence
FROM chosen
CROSS JOIN known
LEFT JOIN finding
  ON finding.evaluation = chosen.evaluation AND finding.check_name = known.check_name
WHERE :result IS NULL OR :result
  = CASE is_failed WHEN 1 THEN 'failed' WHEN 0 THEN 'passed' ELSE 'not applicable' END
ORDER BY chosen.evaluation, place, subject, finding.epsilon;
