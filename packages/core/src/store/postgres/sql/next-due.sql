-- When the next free key is due.
select min(run_at) as due from wakeup where claimed_by is null
