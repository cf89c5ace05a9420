-- What one collector last saw of all subjects.
select subject, source, data, seen_at from observations where source = $1 order by subject limit $2
