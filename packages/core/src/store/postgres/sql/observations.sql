-- What the collectors last saw of a subject.
select subject, source, data, seen_at from observations where subject = $1 order by source
