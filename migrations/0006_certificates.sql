-- OCOP certificates. Stars show only while one is valid: 36 months from the decision.

create table certificates (
    id            uuid primary key,
    code          text not null constraint certificates_code_once unique,
    seller_id     uuid not null references sellers,
    product_name  text not null,
    stars         smallint not null constraint certificates_stars_range check (stars between 3 and 5),
    -- Number and issuer as printed: issuers that no longer exist stay.
    number        text not null,
    issuer        text not null,
    regime        text not null,
    decided_on    date not null,
    -- The last day on which it is valid.
    valid_to      date not null,
    is_sample     boolean not null default false,
    created_at    timestamptz not null,
    constraint certificates_period check (valid_to > decided_on)
);
create index certificates_seller on certificates (seller_id);
