-- The pixels of adversarial images.
--
-- in:  :adversarial_set TEXT  run of an attack; unbound = every one
--      :image_index INTEGER   in the test set; unbound = every image
-- out: adversarial_set TEXT   run of the attack
--      attack TEXT            the attack
--      image_index INTEGER    in the test set
--      pixels BLOB            little-endian 32-bit floats in 0...1, row by row
SELECT run AS adversarial_set, attack, image_index, pixels
FROM adversarial_image_pixels
-- Ranges and lists, unlike alternatives, are looked up in indexes.
WHERE run IN (
    SELECT run FROM adversarial_sets WHERE :adversarial_set IS NULL OR run = :adversarial_set)
  AND image_index BETWEEN coalesce(:image_index, 0) AND coalesce(:image_index, 9223372036854775807)
ORDER BY attack, adversarial_set, image_index;
