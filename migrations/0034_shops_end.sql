-- Shops are closed for good, and get the owner they lack.

-- The shop's number is a helper's, lent to a household that has none: who holds it has no claim to the shop.
alter table sellers add column phone_lent boolean not null default false;
-- Nobody but a helper begins a shop that has no owner; what the province brings in was not begun.
update sellers set phone_lent = true
where not exists (select from seller_members where seller_id = sellers.id)
    and exists (select from seller_events where seller_id = sellers.id and event = 'begun');
-- Shops without an owner, by the number whose holder may claim them.
create index sellers_phone on sellers (phone);

create or replace function phone_of_household(seller uuid) returns text language sql stable as $$
    select coalesce(
        (select people.phone
         from seller_members
         join people on people.id = seller_members.person_id
         where seller_members.seller_id = seller and seller_members.duty = 'owner'
         order by seller_members.since, people.id
         limit 1),
        (select phone from sellers
         where id = seller and not phone_lent
             and not exists (
                 select from people
                 join role_grants on role_grants.person_id = people.id and role_grants.role = 'helper'
                 where people.phone = sellers.phone)))
$$;

alter table seller_events drop constraint seller_events_known;
alter table seller_events add constraint seller_events_known check (event in (
    'begun', 'submitted', 'withdrawn', 'returned', 'approved', 'bank_changed', 'paused', 'resumed',
    'suspension_announced', 'suspension_called_off', 'suspended', 'lifted', 'owner_named', 'handed_over', 'closed'));

-- Somebody is asked to sell with a household; they belong to the shop once they say yes.
create table member_invitations (
    id         uuid primary key,
    seller_id  uuid not null references sellers,
    phone      text not null constraint member_invitations_phone_e164 check (phone ~ '^\+84[0-9]{9,10}$'),
    -- As the owner calls them.
    name       text not null,
    invited_by uuid not null references people,
    invited_at timestamptz not null,
    constraint member_invitations_once unique (seller_id, phone)
);
create index member_invitations_phone on member_invitations (phone);

-- Many goods of one shop are written down in one go: neither the listing that was begun nor a free address is looked for
-- among all of them.
create index products_begun on products (seller_id) where status = 'draft' and name = '';
create index products_slug_prefix on products (slug collate "C");
create index product_former_slugs_prefix on product_former_slugs (slug collate "C");

-- Days off between Monday and Friday, loaded from data/calendar: deadlines count working days.
create table holidays (
    day  date primary key constraint holidays_on_weekdays check (extract(isodow from day) < 6),
    name text not null
);
