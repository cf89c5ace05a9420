-- A page of a kind and the version it is of, in one statement and so in one snapshot. Equality labels ($5) can use the GIN index,
-- the other requirements ($6) filter. Not a prepared statement: each list is planned with its own values.
with page as (
  select o.* from objects o
  where o.api_group = $1 and o.kind = $2
    and ($3::text is null or o.namespace = $3)
    and ($4::text is null or o.name = $4)
    and o.labels @> $5::jsonb
    and ($6::jsonb is null or slipway_matches(o.labels, $6::jsonb))
    and ($7::text is null or (o.namespace, o.name) > ($7, $8))
  order by o.namespace, o.name
  limit $9
)
select log.head, log.floor, page.*
from (select (select coalesce(max(version), 1) from events) as head, (select version from event_floor) as floor) log
left join page on true
order by page.namespace, page.name
