-- Frees them; they are due at once. Under the ordering lock, as commits take these rows, too.
with lock as materialized (select slipway_order())
update wakeup set claimed_by = null, claim = null, run_at = now() from lock where claimed_by = $1 and claim = any($2::bigint[])
returning name
