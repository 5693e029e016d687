-- Rows as versions from 15 on have them: what an attack noted of its images.
INSERT INTO adversarial_detail VALUES (14, 0, 'queries', 12), (14, 1, 'queries', 20);
