-- An account through its life: another telephone, one that is lost, an e-mail address for who has one, its end.

alter table people
    add column email text constraint people_email_form check (email ~ '^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:]]+$'),
    -- The account is closed: the row stays for orders and deeds, and says nothing of the person any more.
    add column closed_at timestamptz,
    alter column phone drop not null;
alter table people add constraint people_closed_nameless check (
    case when closed_at is null then phone is not null
    else phone is null and email is null and password_hash is null and name = '—' end);

-- Somebody vouches for a person whose telephone is lost, having met them. An officer's word holds at once, a
-- neighbour's after a day, in which the old telephone can object.
create table recoveries (
    id         uuid primary key,
    person_id  uuid not null references people,
    new_phone  text not null constraint recoveries_phone_e164 check (new_phone ~ '^\+84[0-9]{9,10}$'),
    vouched_by uuid not null references people,
    reason     text not null constraint recoveries_reason_given check (reason <> ''),
    asked_at   timestamptz not null,
    holds_from timestamptz not null,
    done_at    timestamptz,
    ended_at   timestamptz,
    constraint recoveries_one_end check (done_at is null or ended_at is null),
    constraint recoveries_another check (vouched_by <> person_id)
);
create unique index recoveries_one_open on recoveries (person_id) where done_at is null and ended_at is null;
create index recoveries_due on recoveries (holds_from) where done_at is null and ended_at is null;


-- Whom an order goes to is forgotten once nothing in the law asks for it any more; what was bought stays.
alter table orders alter column contact_phone drop not null;
alter table orders add column forgotten_at timestamptz;
alter table orders add constraint orders_forgotten_nameless check (
    (contact_phone is null) = (forgotten_at is not null)
    and (forgotten_at is null or contact_name = '' and street = '' and note = ''));
create index orders_remembered on orders (placed_at) where forgotten_at is null;
