-- Models that other programs serve.
--
-- A served model is a classifier whose process answers Assay's questions (docs/model-protocol.md).
-- Its run of kind 'train' and its row in training_run (architecture 'served') are as those of
-- other models that were made elsewhere; what only a served model has is here.

CREATE TABLE served_model (
  run_id            INTEGER PRIMARY KEY REFERENCES training_run (run_id) ON DELETE CASCADE,
  name              TEXT    NOT NULL CHECK (length(name) > 0),  -- what its process calls it
  -- SHA-256 of weights and architecture, as its process says.
  digest            TEXT    NOT NULL CHECK (length(digest) = 64),
  -- How it is started: a JSON array of words.
  command           TEXT    NOT NULL CHECK (json_valid(command) AND json_type(command) = 'array'),
  directory         TEXT    NOT NULL CHECK (length(directory) > 0),  -- in which the command is run
  protocol_version  INTEGER NOT NULL CHECK (protocol_version > 0),
  image_height      INTEGER NOT NULL CHECK (image_height > 0),
  image_width       INTEGER NOT NULL CHECK (image_width > 0),
  image_channels    INTEGER NOT NULL CHECK (image_channels > 0),
  -- In which order the process takes the values of an image.
  layout            TEXT    NOT NULL CHECK (layout IN ('channels_first', 'channels_last')),
  capabilities      TEXT    NOT NULL,  -- names joined by commas: 'gradient,draws,features'
  -- The widths of the layers whose outputs can be read, by name, as a JSON object.
  layers            TEXT    NOT NULL CHECK (json_valid(layers) AND json_type(layers) = 'object'),
  default_layer     TEXT    NOT NULL,  -- '' where no layer can be read
  batch_size        INTEGER CHECK (batch_size > 0),  -- images that suit it best; NULL: any
  framework         TEXT    NOT NULL,  -- 'torch 2.9'; '' where its process does not say
  device            TEXT    NOT NULL,  -- 'cpu', 'cuda:0'; '' likewise
  -- 1: the same images had the same logits, asked twice; 0: they had not.
  is_deterministic  INTEGER NOT NULL CHECK (is_deterministic IN (0, 1))
) STRICT;

-- How a model is started may change: it is found at another place, and is the same one.
CREATE TRIGGER served_model_is_final BEFORE UPDATE OF
  run_id, name, digest, protocol_version, image_height, image_width, image_channels, layout,
  capabilities, layers, default_layer, batch_size, framework, device, is_deterministic
ON served_model
BEGIN SELECT RAISE(ABORT, 'a result is written once: served_model'); END;

-- Views keep their columns, in order, and have new ones at the end.

DROP VIEW training_runs;

-- A classifier: trained here, trained elsewhere and imported or served by its own program, or known
-- by its scores alone.
--
-- key: model
CREATE VIEW training_runs AS
SELECT
  run.uuid AS run,  -- the training or the import, the same as model
  run.state,  -- 'queued', 'running', 'finished', 'failed' or 'interrupted'
  run.seed,  -- of its first weights, shuffling and dropout; NULL: was imported
  dataset,  -- what it classifies, such as 'mnist'
  dataset_sha256,  -- SHA-256 of the data themselves
  architecture,  -- such as 'lenet'; 'served'; 'external': its scores alone are known
  weight_count,  -- weights and biases; NULL: not known
  dropout_rate,  -- chance that dropout removes a value, 0...1; NULL: not known
  dropout_sites,  -- where dropout is, names joined by commas; '' for no dropout
  optimizer,  -- such as 'adam'; NULL: trained elsewhere
  learning_rate,  -- of the optimizer; NULL: trained elsewhere
  batch_size,  -- in images; NULL: trained elsewhere
  epochs,  -- passes over the training images; NULL: trained elsewhere
  training_images,  -- how many it learnt from; NULL: trained elsewhere
  test_images,  -- all test images of the data set; NULL: not known
  test_correct,  -- how many of them it classifies correctly, dropout off; NULL: not tested yet
  test_accuracy,  -- test_correct / test_images, 0...1; NULL: not tested yet
  run.uuid AS model,  -- the training or the import, by its UUID
  -- 'trained' here, 'imported', or 'served' by a program of its own (see served_models)
  iif(
    epochs IS NOT NULL, 'trained',
    iif(
      EXISTS (SELECT 1 FROM served_model WHERE served_model.run_id = training_run.run_id),
      'served', 'imported')) AS origin,
  -- lower end of test_accuracy's 95% confidence interval, by Wilson's score; NULL: not tested yet
  max(0.0, (test_correct + 1.920729410347062
    - 1.959963984540054
      * sqrt(1.0 * test_correct * (test_images - test_correct) / test_images + 0.960364705173531))
    / (test_images + 3.841458820694124)) AS test_accuracy_low,
  -- its upper end
  min(1.0, (test_correct + 1.920729410347062
    + 1.959963984540054
      * sqrt(1.0 * test_correct * (test_images - test_correct) / test_images + 0.960364705173531))
    / (test_images + 3.841458820694124)) AS test_accuracy_high,
  -- what it learnt: 'labels'; 'soft_labels' of a teacher; 'outlier_class': one class more
  targets,
  temperature,  -- of the softmax in training; 1 for plain training
  outputs,  -- how many classes it tells apart; NULL: those of the data set
  transform  -- of the images that it was trained on; NULL: none
FROM training_run
JOIN run ON run.id = training_run.run_id;

-- A model that a program of its own serves: how it is started, and what it said of itself.
--
-- key: model
CREATE VIEW served_models AS
SELECT
  run.uuid AS model,  -- the model, by the UUID of its run
  served_model.name AS served_name,  -- what its process calls it
  served_model.digest AS served_sha256,  -- SHA-256 of weights and architecture, as it says
  command AS served_command,  -- how it is started, as a JSON array of words
  directory AS served_directory,  -- in which the command is run
  protocol_version,  -- of the protocol that it speaks
  image_height,  -- of the images that it takes, in pixels
  image_width,  -- likewise
  image_channels,  -- 1: grey, 3: colour
  layout,  -- 'channels_first' or 'channels_last': how it takes the values of an image
  capabilities,  -- what else than logits it gives, such as 'gradient,draws,features'
  layers,  -- the widths of the layers whose outputs it gives, by name, as a JSON object
  default_layer,  -- of these, the one that is read unless told; '' where it gives none
  served_model.batch_size AS served_batch_size,  -- images that suit it best; NULL: any number
  framework,  -- such as 'torch 2.9'; '' where it does not say
  device,  -- such as 'cpu' or 'cuda:0'; '' where it does not say
  -- 1: the same images had the same logits when it was asked twice; 0: they had not
  is_deterministic
FROM served_model
JOIN run ON run.id = served_model.run_id;

-- Values that an attack changed, of which a pixel in colour has several. NULL: as many as l0.
ALTER TABLE adversarial_image ADD COLUMN l0_elements INTEGER CHECK (l0_elements > l0);

DROP VIEW adversarial_images;

-- An adversarial image: what the undefended network makes of it, and how far it was moved.
--
-- Its pixels are in adversarial_image_pixels.
--
-- key: adversarial_set, image_index
CREATE VIEW adversarial_images AS
SELECT
  run.uuid AS run,  -- the attack or the import, the same as adversarial_set
  attack,  -- 'fgsm', 'bim-a', 'bim-b', 'jsma', or what an imported set is called
  image_index,  -- of the clean image, in the data set's test images, from 0
  true_label,  -- the image's class
  target_label,  -- the class that the attack aimed at; NULL: it aimed at none
  prediction,  -- older name of deterministic_prediction
  success,  -- 1: the target was reached, or without one the true label lost; 0: not
  adversarial_image.iterations,  -- older name of steps
  l0,  -- pixels changed
  l2,  -- Euclidean length of the change, pixels in 0...1
  linf,  -- largest change of a pixel, in 0...1
  run.uuid AS adversarial_set,  -- the attack or the import, by its UUID
  -- the undefended network's class, dropout off
  adversarial_image.prediction AS deterministic_prediction,
  adversarial_image.iterations AS steps,  -- steps that this image was given
  -- 'selection': results are of it; 'heldout': thresholds may be chosen on it
  (SELECT part FROM selected_image
   WHERE selected_image.selection_id = adversarial_set.selection_id
     AND selected_image.image_index = adversarial_image.image_index) AS part,
  -- values changed: more than l0 in colour, where each channel of a pixel counts
  coalesce(l0_elements, l0) AS l0_elements
FROM adversarial_image
JOIN adversarial_set ON adversarial_set.run_id = adversarial_image.adversarial_set_id
JOIN run ON run.id = adversarial_image.adversarial_set_id;

PRAGMA user_version = 14;
