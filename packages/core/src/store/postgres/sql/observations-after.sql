-- Observations written after a number, in the order of writing. An observation overwritten meanwhile shows its newest value only.
select subject, source, data, seen_at, number from observations where number > $1 order by number limit 1000
