-- One object by uid.
select * from objects where uid = $1
