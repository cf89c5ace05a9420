-- How many objects of a kind follow a key. Asked only where a page was full and no selector makes the count unknown.
select count(*)::int as remaining from objects
where api_group = $1 and kind = $2 and ($3::text is null or namespace = $3) and (namespace, name) > ($4, $5)
