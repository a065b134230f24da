-- People, how they prove who they are, and what they may do.

create table people (
    id            uuid primary key,
    name          text not null constraint people_name_given check (name <> ''),
    phone         text not null constraint people_phone_once unique
                  constraint people_phone_e164 check (phone ~ '^\+84[0-9]{9,10}$'),
    password_hash text,
    is_sample     boolean not null default false,
    created_at    timestamptz not null
);

create table role_grants (
    person_id  uuid not null references people,
    role       text not null constraint role_grants_known check (role in ('buyer', 'seller', 'helper', 'officer', 'admin')),
    granted_at timestamptz not null,
    constraint role_grants_pkey primary key (person_id, role)
);

create table helper_communes (
    person_id  uuid not null references people,
    commune_id integer not null references communes,
    constraint helper_communes_pkey primary key (person_id, commune_id)
);

create table sessions (
    -- SHA-256 of the cookie: a copy of the table signs nobody in.
    token_hash   bytea primary key,
    person_id    uuid not null references people,
    created_at   timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at   timestamptz not null
);
create index sessions_person on sessions (person_id);

create table api_tokens (
    id         uuid primary key,
    person_id  uuid not null references people,
    name       text not null,
    role       text not null constraint api_tokens_role_known check (role in ('buyer', 'seller', 'helper', 'officer', 'admin')),
    token_hash bytea not null constraint api_tokens_hash_once unique,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz
);
create index api_tokens_person on api_tokens (person_id);

-- Failed sign-ins of the last hours, for the limit by telephone number.
create table sign_in_failures (
    id    bigint generated always as identity primary key,
    phone text not null,
    at    timestamptz not null
);
create index sign_in_failures_phone on sign_in_failures (phone, at);
