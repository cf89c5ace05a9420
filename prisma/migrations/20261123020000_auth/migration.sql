-- People who may log in, their sessions (only the hash of the cookie), and failed tries for the throttle.
create table auth_users (
  id text primary key,
  name text not null unique,
  role text not null check (role in ('admin', 'viewer')),
  password_hash text not null,
  disabled boolean not null default false,
  created_at timestamptz not null default now()
);

create table auth_sessions (
  token_hash text primary key,
  user_id text not null references auth_users (id) on delete cascade,
  created_at timestamptz not null,
  last_seen_at timestamptz not null
);

create index auth_sessions_user on auth_sessions (user_id);

create table auth_failures (
  key text primary key,
  failures integer not null,
  last_at timestamptz not null
);
