-- The store: objects, their change log, wake-ups, operations, observations. See packages/core/src/store/store.ts.

-- spec and status are columns of their own, so that a status update does not rewrite a large spec; half-full pages keep such
-- updates inside their page (HOT). json, not jsonb: the text comes back as it was, and reading it costs less.
create table objects (
  uid text primary key,
  api_group text not null,
  kind text not null,
  namespace text collate "C" not null,
  name text collate "C" not null,
  api_version text not null,
  -- Number of the event that wrote this version. No index: it changes with every write.
  version bigint not null,
  generation bigint not null,
  labels jsonb not null,
  owners text[] not null,
  -- metadata without resourceVersion and generation
  meta json not null,
  spec json,
  status json,
  -- further top-level fields (data, type, reason …)
  rest json
) with (fillfactor = 50);
create unique index objects_key on objects (api_group, kind, namespace, name);
create index objects_labels on objects using gin (labels jsonb_path_ops);
create index objects_owners on objects using gin (owners);

-- Starts at 2: the version of an empty store is 1, as clients read 0 as "any version".
create sequence event_version start 2;

-- The change log, cut into partitions so that old changes are dropped without a trace in the table.
create table events (
  version bigint primary key,
  type text not null check (type in ('ADDED', 'MODIFIED', 'DELETED')),
  uid text not null,
  api_group text not null,
  kind text not null,
  namespace text not null,
  name text not null,
  api_version text not null,
  generation bigint not null,
  labels jsonb not null,
  -- Labels before the change: a watch by label must tell that an object no longer matches.
  labels_before jsonb,
  meta json not null,
  spec json,
  status json,
  rest json,
  at timestamptz not null default clock_timestamp()
) partition by range (version);

-- Changes up to this version are no longer kept.
create table event_floor (
  one boolean primary key default true check (one),
  version bigint not null
);
insert into event_floor (version) values (1);

-- The queue: one row per key. While claimed, run_at says when it must run once more ('infinity' = need not).
create table wakeup (
  reconciler text not null,
  namespace text not null,
  name text not null,
  run_at timestamptz not null,
  failures integer not null default 0,
  -- Incarnation of the process that works on it; alive while it holds its advisory lock.
  claimed_by text,
  -- Tells this claim from every other one of the key: an earlier claim of the same process gives nothing back.
  claim bigint,
  primary key (reconciler, namespace, name)
) with (fillfactor = 50);
create sequence claim_number;
create index wakeup_due on wakeup (run_at) where claimed_by is null;
create index wakeup_claimed on wakeup (claimed_by) where claimed_by is not null;

create table operations (
  id text primary key,
  subject_uid text not null,
  kind text not null,
  state text not null check (state in ('intended', 'running', 'succeeded', 'failed')),
  written_at timestamptz not null default clock_timestamp(),
  ordinal bigint generated always as identity,
  body json not null
) with (fillfactor = 70);
create index operations_subject on operations (subject_uid, ordinal desc);

create sequence observation_number;
create table observations (
  subject text not null,
  source text not null,
  data json,
  seen_at timestamptz not null,
  -- Order of writing, for the stream.
  number bigint not null,
  primary key (subject, source)
) with (fillfactor = 50);
create index observations_source on observations (source, subject);
create index observations_number on observations (number);

-- Facts about this database: which master key it was made with.
create table settings (
  key text primary key,
  value json not null
);

-- Whether labels satisfy requirements (selector.ts, matches).
create function slipway_matches(labels jsonb, requirements jsonb) returns boolean
language sql immutable parallel safe as $$
  select coalesce(bool_and(case r->>'op'
    when 'in' then coalesce((r->'values') ? (labels->>(r->>'key')), false)
    when 'notin' then not coalesce((r->'values') ? (labels->>(r->>'key')), false)
    when 'exists' then labels ? (r->>'key')
    when 'absent' then not labels ? (r->>'key')
  end), true)
  from jsonb_array_elements(requirements) r
$$;

-- The one lock that orders all writes: version order is the order in which they become visible.
create function slipway_order() returns void language sql as $$
  select pg_advisory_xact_lock(4711, 0)
$$;

-- Makes partitions ahead and drops old ones: those whose last change is older than `keep`, and the oldest beyond `most`.
-- The partition of the newest event always stays: its number is the version of a list. Never waits long for a lock and does not hold
-- the ordering lock: a backup that reads the log for an hour must not stop a single write.
create function slipway_partitions(keep interval, most integer) returns void language plpgsql as $$
declare
  width constant bigint := 50000;
  head bigint;
  low bigint;
  part record;
  newest timestamptz;
  left_over integer;
begin
  -- One process at a time is enough.
  if not pg_try_advisory_xact_lock(4711, 1) then return; end if;
  perform set_config('lock_timeout', '1000', true);
  select coalesce(max(version), 1) into head from events;
  for i in 0..2 loop
    low := (head / width + i) * width;
    if to_regclass('events_' || low) is null then
      -- Made aside and then attached: that lets readers and writers of the log go on.
      execute format('create table %I (like events including all)', 'events_' || low);
      execute format('alter table events attach partition %I for values from (%s) to (%s)', 'events_' || low, low, low + width);
    end if;
  end loop;
  select count(*) into left_over from pg_inherits where inhparent = 'events'::regclass;
  for part in
    select c.relname, substring(c.relname from 8)::bigint as low
      from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'events'::regclass order by 2
  loop
    exit when part.low + width > head;
    execute format('select max(at) from %I', part.relname) into newest;
    exit when left_over <= most and newest > now() - keep;
    begin
      execute format('drop table %I', part.relname);
    exception when lock_not_available then
      -- Somebody reads it for long; the next look comes soon.
      return;
    end;
    update event_floor set version = part.low + width - 1;
    left_over := left_over - 1;
  end loop;
end $$;

-- Wakes keys: an earlier time pulls a key forward, a later one does not push it back. Rows are taken in one order everywhere.
create function slipway_wake(keys json, selections json, owners json) returns void language plpgsql as $$
declare
  s record;
  found_at timestamptz;
  rows wakeup[] := '{}';
  more wakeup[];
begin
  if keys is not null then
    select array_agg(row(k.r, k.ns, k.n, coalesce(k.at, now()), 0, null, null)::wakeup) into rows
      from json_to_recordset(keys) as k(r text, ns text, n text, at timestamptz);
  end if;
  if selections is not null then
    -- One query per selection and form, so that each is planned with its values and its own index.
    for s in select * from json_to_recordset(selections)
      as x(r text, g text, k text, ns text, labels jsonb, owner text, at timestamptz)
    loop
      found_at := coalesce(s.at, now());
      if s.owner is not null then
        select array_agg(row(s.r, o.namespace, o.name, found_at, 0, null, null)::wakeup) into more from objects o
          where o.owners @> array[s.owner] and o.api_group = s.g and o.kind = s.k
            and (s.ns is null or o.namespace = s.ns) and o.labels @> coalesce(s.labels, '{}');
      elsif s.labels is not null then
        select array_agg(row(s.r, o.namespace, o.name, found_at, 0, null, null)::wakeup) into more from objects o
          where o.labels @> s.labels and o.api_group = s.g and o.kind = s.k and (s.ns is null or o.namespace = s.ns);
      else
        select array_agg(row(s.r, o.namespace, o.name, found_at, 0, null, null)::wakeup) into more from objects o
          where o.api_group = s.g and o.kind = s.k and (s.ns is null or o.namespace = s.ns);
      end if;
      rows := rows || more;
    end loop;
  end if;
  if owners is not null then
    -- A reference to an owner that is already gone: the collector must look at it.
    select array_agg(row('garbage-collector', '', u, now(), 0, null, null)::wakeup) into more
      from json_array_elements_text(owners) u where not exists (select from objects o where o.uid = u);
    rows := rows || more;
  end if;
  insert into wakeup as w (reconciler, namespace, name, run_at)
    select r.reconciler, r.namespace, r.name, min(r.run_at) from unnest(rows) r group by 1, 2, 3 order by 1, 2, 3
    on conflict (reconciler, namespace, name) do update set run_at = least(w.run_at, excluded.run_at);
end $$;

-- The first guard of a plan that does not hold, or null. Exact, as every writer holds the ordering lock. Each row is looked up by
-- a query of its own: a join with a list of unknown length might be planned as a scan of all objects.
create function slipway_refusal(plan json, incarnation text) returns json language plpgsql as $$
declare
  bad json;
begin
  if plan->'expects' is not null then
    select json_build_object('refused', 'version', 'index', x.i, 'stored', x.stored) into bad
      from (select e.*, coalesce((select o.version::text from objects o
          where o.api_group = e.g and o.kind = e.k and o.namespace = e.ns and o.name = e.n), '') as stored
        from json_to_recordset(plan->'expects') as e(i integer, g text, k text, ns text, n text, v text)) x
      where x.stored <> x.v order by x.i limit 1;
    if found then return bad; end if;
  end if;
  if plan->'writes' is not null then
    select json_build_object('refused', case when x.type = 'ADDED' then 'exists' else 'changed' end, 'index', x.i,
        'stored', x.stored) into bad
      from (select w.*, coalesce(case when w.type = 'ADDED'
          then (select o.version::text from objects o
            where o.api_group = w.g and o.kind = w.k and o.namespace = w.ns and o.name = w.n)
          else (select o.version::text from objects o where o.uid = w.uid) end, '') as stored
        from json_to_recordset(plan->'writes') as w(i integer, type text, uid text, g text, k text, ns text, n text, was text)) x
      where x.stored <> coalesce(x.was, '') order by x.i limit 1;
    if found then return bad; end if;
  end if;
  if plan->'operations' is not null then
    select json_build_object('refused', 'operation', 'index', x.i, 'stored', x.stored) into bad
      from (select p.*, coalesce((select o.state from operations o where o.id = p.id), 'absent') as stored
        from json_to_recordset(plan->'operations') as p(i integer, id text, "from" text)) x
      where x.stored <> x."from" order by x.i limit 1;
    if found then return bad; end if;
  end if;
  if plan->'done' is not null then
    perform from wakeup where reconciler = plan->'done'->>'r' and namespace = plan->'done'->>'ns'
      and name = plan->'done'->>'n' and claimed_by = incarnation and claim = (plan->'done'->>'claim')::bigint for update;
    if not found then return json_build_object('refused', 'claim', 'index', 0, 'stored', ''); end if;
  end if;
  return null;
end $$;

-- Writes one object and its event; returns the new version. Parts that did not change are kept, not sent again.
create function slipway_write(w json) returns bigint language plpgsql as $$
declare
  v bigint := nextval('event_version');
  o objects;
begin
  if w->>'type' = 'ADDED' then
    insert into objects values (w->>'uid', w->>'g', w->>'k', w->>'ns', w->>'n', w->>'av', v, (w->>'gen')::bigint,
      (w->'labels')::jsonb, array(select json_array_elements_text(w->'owners')), w->'meta', w->'spec', w->'status', w->'rest')
      returning * into o;
  elsif w->>'type' = 'MODIFIED' then
    update objects b set api_version = w->>'av', version = v, generation = (w->>'gen')::bigint, labels = (w->'labels')::jsonb,
      owners = array(select json_array_elements_text(w->'owners')), meta = w->'meta',
      spec = case when w->'keep'->'spec' is not null then b.spec else w->'spec' end,
      status = case when w->'keep'->'status' is not null then b.status else w->'status' end,
      rest = case when w->'keep'->'rest' is not null then b.rest else w->'rest' end
      where b.uid = w->>'uid' returning * into o;
  else
    -- The last state may differ from the stored one: an update that takes the last finalizer removes.
    delete from objects b where b.uid = w->>'uid' returning * into o;
    o.meta := w->'meta';
    if w->'keep'->'spec' is null then o.spec := w->'spec'; end if;
    if w->'keep'->'status' is null then o.status := w->'status'; end if;
    if w->'keep'->'rest' is null then o.rest := w->'rest'; end if;
  end if;
  insert into events (version, type, uid, api_group, kind, namespace, name, api_version, generation, labels, labels_before,
      meta, spec, status, rest)
    values (v, w->>'type', o.uid, o.api_group, o.kind, o.namespace, o.name, w->>'av', (w->>'gen')::bigint,
      (w->'labels')::jsonb, (w->'before')::jsonb, o.meta, o.spec, o.status, o.rest);
  return v;
end $$;

-- One plan: guards, then everything it writes.
create function slipway_commit_one(plan json, incarnation text) returns json language plpgsql as $$
declare
  refusal json := slipway_refusal(plan, incarnation);
  versions bigint[] := '{}';
  w json;
  again timestamptz;
begin
  if refusal is not null then return refusal; end if;
  if plan->'writes' is not null then
    for w in select value from json_array_elements(plan->'writes') loop
      versions := versions || slipway_write(w);
    end loop;
  end if;
  if plan->'operations' is not null then
    insert into operations (id, subject_uid, kind, state, body)
      select x.id, x.subject, x.kind, x.state, x.body
        from json_to_recordset(plan->'operations') as x(id text, subject text, kind text, state text, body json)
      on conflict (id) do update set state = excluded.state, body = excluded.body, written_at = clock_timestamp();
  end if;
  if plan->'observations' is not null then
    insert into observations (subject, source, data, seen_at, number)
      select x.subject, x.source, x.data, x.at, nextval('observation_number')
        from json_to_recordset(plan->'observations') as x(subject text, source text, data json, at timestamptz)
      on conflict (subject, source) do update set data = excluded.data, seen_at = excluded.seen_at, number = excluded.number;
  end if;
  if plan->'wakes' is not null or plan->'selects' is not null or plan->'owners' is not null then
    perform slipway_wake(plan->'wakes', plan->'selects', plan->'owners');
  end if;
  if plan->'done' is not null then
    again := (plan->'done'->>'again')::timestamptz;
    delete from wakeup where reconciler = plan->'done'->>'r' and namespace = plan->'done'->>'ns' and name = plan->'done'->>'n'
      and run_at = 'infinity' and again is null;
    if not found then
      update wakeup set claimed_by = null, claim = null, failures = coalesce((plan->'done'->>'failures')::integer, 0), run_at = least(run_at, coalesce(again, 'infinity'))
        where reconciler = plan->'done'->>'r' and namespace = plan->'done'->>'ns' and name = plan->'done'->>'n';
    end if;
  end if;
  return json_build_object('versions', versions);
end $$;

-- A batch of plans in one transaction; `head` is the version as of which they stand (exact, as nobody else writes now). A refused plan leaves no trace and does not hurt its neighbours.
create function slipway_commit(batch json, incarnation text) returns json language plpgsql as $$
declare
  plan json;
  results json[] := '{}';
begin
  perform slipway_order();
  for plan in select value from json_array_elements(batch) loop
    results := results || slipway_commit_one(plan, incarnation);
  end loop;
  return json_build_object('results', results,
    'head', (select case when is_called then last_value else last_value - 1 end from event_version)::text);
end $$;

select slipway_partitions('15 minutes', 20);
