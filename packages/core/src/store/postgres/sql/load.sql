-- The stored objects that a batch of commits will change, and the database's time. One row with nulls if there are none.
select clock.now, o.*
from (select now() as now) clock
left join objects o on o.uid = any($1::text[])
