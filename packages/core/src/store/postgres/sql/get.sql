-- Objects by name, many in one statement: a worker reads for many keys at a time. The position tells whose answer it is.
select k.position, o.*
from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality k(api_group, kind, namespace, name, position)
join objects o on o.api_group = k.api_group and o.kind = k.kind and o.namespace = k.namespace and o.name = k.name
