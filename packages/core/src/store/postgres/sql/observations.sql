-- What the collectors last saw of subjects, many in one statement.
select subject, source, data, seen_at from observations where subject = any($1::text[]) order by subject, source
