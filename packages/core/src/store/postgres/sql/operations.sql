-- The newest operations of an object.
select body from operations where subject_uid = $1 order by ordinal desc limit 100
