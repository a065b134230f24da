-- How it is known who a seller is (Law on E-commerce 122/2025): by papers that an officer has seen, by an
-- electronic provider, or because the province brought the seller in from a register of its own.
create table identity_checks (
    id            uuid primary key,
    seller_id     uuid not null references sellers,
    method        text not null constraint identity_checks_method_known
                  check (method in ('papers_by_officer', 'electronic', 'register')),
    -- The last digits of the number that was checked; empty where a register vouches for it.
    masked_number text not null,
    verified_at   timestamptz not null,
    -- The officer, where it was one.
    verified_by   uuid references people,
    -- What the provider calls it.
    reference     text not null default '',
    constraint identity_checks_who check (method <> 'papers_by_officer' or verified_by is not null),
    constraint identity_checks_reference check (method <> 'electronic' or reference <> '')
);
create index identity_checks_seller on identity_checks (seller_id, verified_at);
create trigger identity_checks_append_only before update or delete or truncate on identity_checks
    for each statement execute function refuse_change();

-- The check that holds; none once the number is another.
alter table sellers add column identity_check_id uuid references identity_checks;
create index sellers_identity_check on sellers (identity_check_id) where identity_check_id is not null;

-- Who sells already was brought in by the province or with the samples.
with checked as (
    insert into identity_checks (id, seller_id, method, masked_number, verified_at)
    select gen_random_uuid(), id, 'register', '', created_at from sellers where status = 'approved'
    returning id, seller_id
)
update sellers set identity_check_id = checked.id from checked where checked.seller_id = sellers.id;

-- From this business day on nobody unverified puts goods on sale.
insert into settings (name, value) values ('identity_required_from', '2027-01-01');
