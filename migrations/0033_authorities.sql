-- What authorities ask for (Law on E-commerce 122/2025: answered or carried out within 24 hours), what was done
-- about it, and what left the house with it.

alter table officer_permissions drop constraint officer_permissions_known;
alter table officer_permissions add constraint officer_permissions_known
    check (permission in ('sellers', 'certificates', 'feedback', 'reports', 'imports', 'audit', 'authorities'));

-- The scan of a request is nobody's shop's: its shop must not learn of it.
alter table papers alter column seller_id drop not null;
alter table papers drop constraint papers_kind_known;
alter table papers add constraint papers_kind_known
    check (kind in ('identity', 'registration', 'certificate', 'consent', 'request'));
alter table papers add constraint papers_of_a_shop check ((seller_id is null) = (kind = 'request'));
alter table papers drop constraint papers_once_a_seller;
alter table papers add constraint papers_once_a_seller unique nulls not distinct (seller_id, kind, digest);

-- Running numbers by year. The row is locked until the request is written, so that none is missing or given twice.
create table authority_request_numbers (
    year smallint primary key,
    last integer not null constraint authority_request_numbers_from_one check (last > 0)
);

create table authority_requests (
    id              uuid primary key,
    -- As people name it: YC-2026-0001.
    number          text not null constraint authority_requests_number_once unique,
    authority       text not null constraint authority_requests_authority_given check (authority <> ''),
    document_no     text not null constraint authority_requests_document_given check (document_no <> ''),
    document_date   date not null,
    received_at     timestamptz not null,
    due_at          timestamptz not null,
    kind            text not null constraint authority_requests_kind_known
                    check (kind in ('give_data', 'shop_off', 'goods_off', 'other')),
    seller_id       uuid references sellers,
    order_id        uuid references orders,
    asked           text not null constraint authority_requests_asked_given check (asked <> ''),
    paper_id        uuid references papers,
    entered_by      uuid references people,
    entered_at      timestamptz not null,
    state           text not null constraint authority_requests_state_known
                    check (state in ('open', 'answered', 'carried_out', 'declined')),
    state_since     timestamptz not null,
    -- Officers were told that little time is left, and that it is over: each once.
    warned_at       timestamptz,
    told_overdue_at timestamptz,
    constraint authority_requests_clock check (due_at > received_at and received_at <= entered_at)
);
create index authority_requests_open on authority_requests (due_at, id) where state = 'open';
create index authority_requests_listed on authority_requests (state, received_at desc, id);
create index authority_requests_seller on authority_requests (seller_id) where seller_id is not null;
create index authority_requests_order on authority_requests (order_id) where order_id is not null;
create index authority_requests_paper on authority_requests (paper_id) where paper_id is not null;
-- What was received stays as it was written; a mistake is told in a note.
create trigger authority_requests_as_received
    before update of number, authority, document_no, document_date, received_at, due_at, kind, seller_id, order_id,
        asked, paper_id, entered_by, entered_at
    on authority_requests for each statement execute function refuse_change();
create trigger authority_requests_kept before delete or truncate on authority_requests
    for each statement execute function refuse_change();

create table authority_request_events (
    id         bigint generated always as identity primary key,
    request_id uuid not null references authority_requests,
    at         timestamptz not null,
    event      text not null constraint authority_request_events_known
               check (event in ('received', 'note', 'answered', 'carried_out', 'declined', 'reopened')),
    actor_kind text not null,
    person_id  uuid references people,
    -- What was answered, why it was declined, what is to be known.
    text       text not null default '',
    -- Number of our own letter.
    letter_no  text not null default '',
    constraint authority_request_events_told check (event = 'received' or text <> '')
);
create index authority_request_events_request on authority_request_events (request_id, id);
create trigger authority_request_events_append_only before update or delete or truncate on authority_request_events
    for each statement execute function refuse_change();

-- What left the house: to whom it was handed, for which days, and by which sum it is known again.
create table authority_exports (
    id         uuid primary key,
    request_id uuid not null references authority_requests,
    at         timestamptz not null,
    person_id  uuid references people,
    seller_id  uuid references sellers,
    order_id   uuid references orders,
    -- Of orders and deeds; none: all.
    from_day   date,
    to_day     date,
    -- SHA-256 of the bundle, and its bytes.
    sha256     text not null constraint authority_exports_sha256 check (sha256 ~ '^[0-9a-f]{64}$'),
    bytes      bigint not null constraint authority_exports_bytes check (bytes > 0),
    constraint authority_exports_period check (from_day <= to_day)
);
create index authority_exports_request on authority_exports (request_id, at);
create trigger authority_exports_append_only before update or delete or truncate on authority_exports
    for each statement execute function refuse_change();

-- Whether a request is about one of these shops: who belongs to one must not know.
create function is_request_about(seller_id uuid, order_id uuid, shops uuid[]) returns boolean language sql stable as $$
    select coalesce(seller_id = any(shops), false) or exists (
        select from seller_orders as part where part.order_id = $2 and part.seller_id = any(shops))
$$;

-- A deed about a request is no shop's, in whoever's name its officer stood at a desk: no household reads of it.
create or replace function seller_of_deed(on_behalf_of uuid, subject_kind text, subject uuid) returns uuid language sql stable as $$
    select case
        when subject_kind = 'authority_request' then null
        when subject_kind = 'paper' and exists (select from papers where id = subject and kind = 'request') then null
        else coalesce(case subject_kind
            when 'seller' then subject
            when 'product' then (select seller_id from products where id = subject)
            when 'seller_order' then (select seller_id from seller_orders where id = subject)
            when 'certificate' then (select seller_id from certificates where id = subject)
            when 'paper' then (select seller_id from papers where id = subject)
            when 'household_consent' then (select seller_id from household_consents where id = subject)
            when 'import' then (select seller_id from imports where id = subject)
        end, on_behalf_of)
    end
$$;
