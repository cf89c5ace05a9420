-- Frees the keys of dead incarnations; they are due at once, as nobody knows how far they were. Under the ordering lock: it takes
-- many rows, as commits do.
with lock as materialized (select slipway_order())
update wakeup set claimed_by = null, claim = null, run_at = now() from lock where claimed_by = any($1::text[])
returning name
