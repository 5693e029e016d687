-- The pixels of adversarial images.
--
-- group: images
--
-- in:  :adversarial_set RUN attack = every one
--      :image_index INTEGER = every image; in the test set, from 0
-- out: adversarial_set TEXT   run of the attack
--      attack TEXT            the attack
--      image_index INTEGER    in the test set
--      pixels BLOB            little-endian 32-bit floats in 0...1, row by row
SELECT adversarial_set, attack, image_index, pixels
FROM adversarial_image_pixels
-- Ranges, unlike alternatives, are looked up in indexes.
WHERE adversarial_set BETWEEN coalesce(:adversarial_set, '') AND coalesce(:adversarial_set, 'g')
  AND image_index BETWEEN coalesce(:image_index, 0) AND coalesce(:image_index, 9223372036854775807)
ORDER BY attack, adversarial_set, image_index;
