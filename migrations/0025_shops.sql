-- What a shop tells before it sells, step by step, and what became of it: handed in, looked at, returned or approved.

alter table sellers
    -- Personal number (12 digits) or tax code (10 or 13): sealed with the installation's key, its last digits
    -- beside it, and a keyed digest by which the same number in another shop is found.
    add column number_kind text constraint sellers_number_kind_known check (number_kind in ('personal', 'tax')),
    add column number_sealed bytea,
    add column number_masked text not null default '',
    add column number_digest bytea,
    add constraint sellers_number_whole
        check ((number_kind is null) = (number_sealed is null) and (number_kind is null) = (number_digest is null)),
    -- The account that buyers' money goes to. The name is as the bank has it: capitals without marks.
    add column bank_bin text constraint sellers_bank_bin_digits check (bank_bin ~ '^[0-9]{6}$'),
    add column bank_account_sealed bytea,
    add column bank_account_masked text not null default '',
    add column bank_account_name text not null default '',
    add constraint sellers_bank_whole check ((bank_bin is null) = (bank_account_sealed is null)),
    add column delivers text constraint sellers_delivers_known check (delivers in ('carrier', 'carrier_and_own')),
    -- For tax (DOMAIN: decree 252/2026): where the seller lives, and what the seller does.
    add column residence text constraint sellers_residence_known check (residence in ('resident', 'non_resident')),
    add column tax_kind text constraint sellers_tax_kind_known
        check (tax_kind in ('grower', 'maker', 'trader', 'service', 'declares')),
    add column photo_id uuid references photos,
    -- Handed in then, and to be answered by the end of that business day.
    add column submitted_at timestamptz,
    add column decide_by date,
    add constraint sellers_submitted_when check (status <> 'submitted' or (submitted_at is not null and decide_by is not null)),
    -- On holiday since then, until the end of the day before that one; without a day until it is lifted.
    add column paused_since timestamptz,
    add column paused_until date,
    add constraint sellers_pause_whole check (paused_until is null or paused_since is not null),
    -- A suspension that is announced takes effect on that business day.
    add column suspends_on date,
    add constraint sellers_suspends_approved check (suspends_on is null or status = 'approved');

create index sellers_photo on sellers (photo_id) where photo_id is not null;
create index sellers_number on sellers (number_digest) where number_digest is not null;
-- The officers' queue: what waits longest first.
create index sellers_submitted on sellers (submitted_at, id) where status = 'submitted';
create index sellers_status on sellers (status, created_at desc, id);
-- What the worker looks for.
create index sellers_suspends on sellers (suspends_on) where suspends_on is not null;
create index sellers_pause_ends on sellers (paused_until) where paused_until is not null;

create table seller_events (
    id         bigint generated always as identity primary key,
    seller_id  uuid not null references sellers,
    at         timestamptz not null,
    event      text not null constraint seller_events_known check (event in (
                   'begun', 'submitted', 'withdrawn', 'returned', 'approved', 'bank_changed', 'paused', 'resumed',
                   'suspension_announced', 'suspension_called_off', 'suspended', 'lifted')),
    actor_kind text not null,
    person_id  uuid,
    reason     text not null default '',
    -- Of a shop that is returned: what to mend, [{"field": …, "reason": …}].
    notes      jsonb not null default '[]',
    -- Until when (a pause), or from when (a suspension).
    day        date,
    -- The authority's order behind a suspension at once.
    order_no   text not null default '',
    constraint seller_events_reasons check (event not in ('suspension_announced', 'suspended') or reason <> '')
);
create index seller_events_seller on seller_events (seller_id, id);
create trigger seller_events_append_only before update or delete or truncate on seller_events
    for each statement execute function refuse_change();
