-- Households, cooperatives and enterprises that sell.

create table sellers (
    id                uuid primary key,
    slug              text not null constraint sellers_slug_once unique,
    name              text not null constraint sellers_name_given check (name <> ''),
    kind              text not null constraint sellers_kind_known check (kind in ('household', 'cooperative', 'enterprise')),
    status            text not null constraint sellers_status_known check (status in ('approved', 'suspended')),
    -- Where it is on today's map, and where that was before July 2025.
    commune_id        integer not null references communes,
    former_commune_id integer references communes,
    hamlet            text not null default '',
    street            text not null default '',
    phone             text not null constraint sellers_phone_e164 check (phone ~ '^\+84[0-9]{9,10}$'),
    owner_name        text not null default '',
    story             text not null default '',
    -- The shop is invented, or its name stands in a source and the rest is invented: shown wherever it shows.
    is_sample         boolean not null default false,
    created_at        timestamptz not null
);
create index sellers_commune on sellers (commune_id);

create table seller_members (
    seller_id uuid not null references sellers,
    person_id uuid not null references people,
    duty      text not null constraint seller_members_duty_known check (duty in ('owner', 'staff')),
    since     timestamptz not null,
    constraint seller_members_pkey primary key (seller_id, person_id)
);
create index seller_members_person on seller_members (person_id);
