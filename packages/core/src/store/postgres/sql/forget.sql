-- Drops what was seen of a subject.
delete from observations where subject = $1
