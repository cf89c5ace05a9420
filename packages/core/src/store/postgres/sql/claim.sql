-- Takes due keys, oldest first. Skips rows that others are taking, so it never waits. 'infinity' = need not run again so far.
update wakeup w set claimed_by = $3, claim = nextval('claim_number'), run_at = 'infinity'
from (
  select reconciler, namespace, name, run_at from wakeup
  where claimed_by is null and run_at <= now() and ($2::text[] is null or reconciler = any($2))
  order by run_at
  limit $1
  for update skip locked
) due
where w.reconciler = due.reconciler and w.namespace = due.namespace and w.name = due.name
returning w.reconciler, w.namespace, w.name, w.claim as gen, w.failures
