-- The other incarnations that hold claims and whose advisory lock is free: their process is gone.
-- The try-lock ends with this statement, so nobody is kept from anything.
select claimed_by from (select distinct claimed_by from wakeup where claimed_by is not null and claimed_by <> $1) c
where pg_try_advisory_xact_lock(hashtextextended(claimed_by, 0))
