-- Operations of objects that are gone for a day: nobody can ask for them again.
delete from operations p where p.written_at < now() - interval '1 day'
  and not exists (select from objects o where o.uid = p.subject_uid)
