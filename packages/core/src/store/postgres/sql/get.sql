-- One object by name.
select * from objects where api_group = $1 and kind = $2 and namespace = $3 and name = $4
