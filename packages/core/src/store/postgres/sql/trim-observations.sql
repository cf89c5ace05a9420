-- What was seen of objects that have been gone for a day: by key (group/kind/namespace/name), or of a MAC address by its host's uid.
delete from observations s where s.seen_at < now() - interval '1 day' and case
  when s.subject like 'mac/%' then not exists (select from objects o where o.uid = s.data->>'uid')
  else s.subject like '%/%/%/%' and not exists (
    select from objects o where o.api_group = split_part(s.subject, '/', 1) and o.kind = split_part(s.subject, '/', 2)
      and o.namespace = split_part(s.subject, '/', 3) and o.name = split_part(s.subject, '/', 4))
end
