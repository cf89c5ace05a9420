-- Claims of a living process that it does not know of.
select claim from wakeup where claimed_by = $1 and claim <> all($2::bigint[])
