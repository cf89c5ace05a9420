-- Objects with this uid among their owners, by the GIN index on owners.
select * from objects where owners @> array[$1] order by namespace, name
