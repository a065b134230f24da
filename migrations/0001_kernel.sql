-- What every slice stands on.

create extension if not exists pg_trgm;
create extension if not exists unaccent;

-- Histories are appended to, never edited: a mistake is corrected by a new row.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end
$$;

-- News for slices above and the outside world, written in the transaction that makes them true.
create table outbox (
    id           bigint generated always as identity primary key,
    topic        text not null constraint outbox_topic_known check (topic in ('product_changed', 'seller_changed', 'order_changed')),
    subject      uuid not null,
    available_at timestamptz not null,
    attempts     integer not null default 0,
    last_error   text,
    -- Put aside for a person after too many failures.
    dead_at      timestamptz
);
create index outbox_due on outbox (id) where dead_at is null;

create table audit_log (
    id           bigint generated always as identity primary key,
    at           timestamptz not null,
    actor_kind   text not null,
    person_id    uuid,
    action       text not null,
    subject_kind text not null,
    subject      uuid not null,
    before       jsonb,
    after        jsonb
);
create index audit_log_subject on audit_log (subject, id);
create index audit_log_person on audit_log (person_id, id) where person_id is not null;
create trigger audit_log_append_only before update or delete or truncate on audit_log
    for each statement execute function refuse_change();

-- What belongs to this installation and must be the same on every server of it.
create table settings (
    name       text primary key,
    value      text not null,
    changed_at timestamptz not null default now()
);

-- What a caller's own key made: the same key again finds it instead of making another.
create table idempotency_keys (
    scope      text not null,
    key        text not null,
    subject    uuid not null,
    created_at timestamptz not null,
    constraint idempotency_keys_pkey primary key (scope, key)
);
