-- The newest operations of objects, many in one statement.
select k.position, p.body
from unnest($1::text[]) with ordinality k(uid, position)
cross join lateral (select body, ordinal from operations where subject_uid = k.uid order by ordinal desc limit 100) p
order by k.position, p.ordinal desc
