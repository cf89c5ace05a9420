-- The first process writes down which master key this database was made with.
insert into settings (key, value) values ('master-key', $1::json) on conflict (key) do nothing
