-- Sizes of the queue, for metrics.
select count(*) filter (where claimed_by is null)::int as waiting,
  count(*) filter (where claimed_by is null and run_at <= now())::int as due,
  count(*) filter (where claimed_by is not null)::int as claimed
from wakeup
