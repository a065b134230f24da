-- Short messages that must reach a telephone, and the one-time codes that some of them carry.

create table messages (
    id            uuid primary key,
    phone         text not null constraint messages_phone_e164 check (phone ~ '^\+84[0-9]{9,10}$'),
    -- Which text; its words stand in the translations under `message.`.
    kind          text not null,
    -- What the text mentions. Emptied once it is sent: codes and names are nobody's business afterwards.
    args          jsonb not null,
    lang          text not null constraint messages_lang_known check (lang in ('vi', 'en')),
    created_at    timestamptz not null,
    available_at  timestamptz not null,
    -- Not sent after that: nobody wants it any more.
    expires_at    timestamptz not null,
    attempts      integer not null default 0,
    -- A worker is sending it until then; another may try again afterwards.
    claimed_until timestamptz,
    sent_at       timestamptz,
    -- Given up after too many failures: a person has to look.
    failed_at     timestamptz,
    last_error    text
);
create index messages_due on messages (available_at) where sent_at is null and failed_at is null;
create index messages_expiring on messages (expires_at) where args <> '{}';
create index messages_created on messages (created_at);

create table one_time_codes (
    id         uuid primary key,
    purpose    text not null,
    phone      text not null constraint one_time_codes_phone_e164 check (phone ~ '^\+84[0-9]{9,10}$'),
    -- What the code is about where that is more than the telephone: a person, a consent.
    subject    uuid,
    -- Keyed, so that a copy of the table gives no code away.
    code_hash  bytea not null,
    message_id uuid not null references messages on delete cascade,
    tries      smallint not null default 0 constraint one_time_codes_five_tries check (tries between 0 and 5),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz
);
create index one_time_codes_phone on one_time_codes (phone, created_at);
create index one_time_codes_message on one_time_codes (message_id);
