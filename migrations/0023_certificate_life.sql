-- The life of a certificate: entered by its seller or imported from the province's decision, looked at by an
-- officer, renewed, revoked. Whether its stars may be shown on a day is said here and nowhere else.

-- Under which decision's rules a certificate was issued. Older regimes stay: a certificate keeps its own.
create table ocop_regimes (
    code       text primary key,
    -- No certificate of this regime was decided before.
    valid_from date not null,
    -- For how long a certificate is valid.
    months     smallint not null constraint ocop_regimes_months_positive check (months > 0),
    -- From how many points out of 100 on there are three, four and five stars.
    least      smallint[] not null constraint ocop_regimes_least_three check (cardinality(least) = 3)
);
insert into ocop_regimes (code, valid_from, months, least) values
    ('1048/QĐ-TTg', '2019-08-21', 36, '{50,70,90}'),
    ('919/QĐ-TTg', '2022-08-01', 36, '{50,70,90}'),
    ('148/QĐ-TTg', '2023-02-24', 36, '{50,70,90}'),
    ('26/2026/QĐ-TTg', '2026-05-22', 36, '{50,70,90}');
-- What was entered freely before stays as printed.
insert into ocop_regimes (code, valid_from, months, least)
select regime, min(decided_on), 36, '{50,70,90}' from certificates group by regime
on conflict (code) do nothing;

alter table certificates
    add column state text not null default 'verified',
    add column source text not null default 'sample',
    add column group_code text references ocop_groups,
    -- Only where the regime has sets.
    add column set_number smallint,
    -- Hundredths of a point; many certificates don't print it.
    add column score integer,
    -- The scan. None where the province's list brought it.
    add column paper_id uuid references papers,
    -- The certificate that this one renews or upgrades: its products go over once this one is verified.
    add column replaces_id uuid references certificates,
    -- Since when it has been in this state.
    add column state_since timestamptz;
update certificates set
    state_since = created_at,
    group_code = (select group_code from products where products.certificate_id = certificates.id order by products.id limit 1);
-- From here on everything is said by who enters it.
alter table certificates
    alter column state drop default,
    alter column source drop default,
    alter column state_since set not null,
    add constraint certificates_state_known check (state in ('entered', 'returned', 'verified', 'revoked')),
    add constraint certificates_source_known check (source in ('seller', 'import', 'sample')),
    add constraint certificates_regime_known foreign key (regime) references ocop_regimes,
    add constraint certificates_set_known foreign key (regime, set_number) references ocop_sets (regime, number),
    add constraint certificates_score_range check (score between 0 and 10000),
    add constraint certificates_scanned check (source <> 'seller' or paper_id is not null),
    add constraint certificates_replaces_another check (replaces_id <> id);
-- One decision grants one product of one holder once: the same list twice changes nothing.
create unique index certificates_once on certificates (seller_id, number, lower(product_name));
-- One certificate after another, never two.
create unique index certificates_one_successor on certificates (replaces_id) where state <> 'revoked';
-- What officers wait for or look through, and what ends soon.
create index certificates_by_state on certificates (state, state_since, id);
create index certificates_ending on certificates (valid_to) where state = 'verified';
create index certificates_paper on certificates (paper_id) where paper_id is not null;

-- The products that a certificate is to cover once it is verified; then they name it themselves.
create table certificate_claims (
    certificate_id uuid not null references certificates,
    product_id     uuid not null references products,
    constraint certificate_claims_pkey primary key (certificate_id, product_id)
);
create index certificate_claims_product on certificate_claims (product_id);

-- Each step in a certificate's life.
create table certificate_events (
    id             bigint generated always as identity primary key,
    certificate_id uuid not null references certificates,
    kind           text not null constraint certificate_events_kind_known check (kind in (
        'entered', 'changed', 'verified', 'returned', 'renewed', 'upgraded', 'expired', 'revoked',
        'warned_90', 'warned_30', 'warned_7')),
    at             timestamptz not null,
    actor_kind     text not null,
    person_id      uuid,
    reason         text not null default '',
    -- What was wrong where it was returned: a field of the form.
    field          text not null default ''
);
create index certificate_events_certificate on certificate_events (certificate_id, id);
-- The clock says a thing once, whichever process says it and however long none did.
create unique index certificate_events_once on certificate_events (certificate_id, kind)
    where kind in ('expired', 'warned_90', 'warned_30', 'warned_7');
create trigger certificate_events_append_only before update or delete or truncate on certificate_events
    for each statement execute function refuse_change();
insert into certificate_events (certificate_id, kind, at, actor_kind, reason)
select id, 'verified', created_at, 'system', '' from certificates order by created_at, id;

-- Certificates whose stars may be shown, each from its first to its last day. Whatever shows stars reads them
-- here: one that waits, was returned or revoked isn't among them.
create view granted_certificates as
select id, code, seller_id, product_name, stars, number, issuer, regime, decided_on, valid_to, is_sample
from certificates
where state = 'verified';

-- The stars that may be shown on a business day of Asia/Ho_Chi_Minh: up to the last day of the period.
create function stars_on(stars smallint, first_day date, last_day date, day date) returns smallint
    language sql immutable parallel safe as $$
    select case when day between first_day and last_day then stars end
$$;
