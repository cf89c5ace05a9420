-- Events after a version, in order, with the end of the log and its floor. A watcher far behind reads its own kind alone.
with page as (
  select e.* from events e
  where e.version > $1
    and ($2::text is null or e.api_group = $2)
    and ($3::text is null or e.kind = $3)
    and ($4::text is null or e.namespace = $4)
    and ($5::text is null or e.name = $5)
  order by e.version
  limit $6
)
select log.head, page.*
from (select coalesce(max(version), 1) as head from events) log
left join page on true
order by page.version
