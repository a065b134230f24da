-- Neighbours who help: how a household's consent comes about and ends, and whom a helper has guided.

-- Asked for and held are told apart: a household may be asked anew while an older consent still holds, and the
-- older one ends when the new one is given.
drop index household_consents_one_live;
create unique index household_consents_one_held on household_consents (seller_id, helper_id)
    where given_at is not null and ended_at is null;
create unique index household_consents_one_asked on household_consents (seller_id, helper_id)
    where given_at is null and ended_at is null;
create index household_consents_seller on household_consents (seller_id, asked_at desc);

alter table household_consents
    -- Which text the household agreed to, so that it can be proven (Law 91/2025).
    add column text_version text not null default '',
    -- The photographed paper, where the household has no telephone, and the officer who has looked at it.
    add column paper_id uuid references papers,
    add column approved_by uuid references people,
    -- Why it ended, in words; empty where nobody has to say.
    add column end_reason text not null default '',
    add constraint household_consents_on_paper check (method <> 'paper' or paper_id is not null),
    add constraint household_consents_a_year check (valid_until <= asked_at + interval '8784 hours');
create index household_consents_waiting on household_consents (asked_at)
    where method = 'paper' and given_at is null and ended_at is null;
create index household_consents_holding on household_consents (given_at)
    where given_at is not null and ended_at is null;
create index household_consents_paper on household_consents (paper_id) where paper_id is not null;

-- Whom a helper has guided: a shop begun for a household, a consent given by it. What the province counts.
create table household_guidance (
    seller_id uuid not null references sellers,
    helper_id uuid not null references people,
    at        timestamptz not null,
    what      text not null constraint household_guidance_what_known check (what in ('begun', 'consented')),
    constraint household_guidance_pkey primary key (seller_id, helper_id, at, what)
);
create index household_guidance_at on household_guidance (at);
create index household_guidance_helper on household_guidance (helper_id, at);
create trigger household_guidance_append_only before update or delete or truncate on household_guidance
    for each statement execute function refuse_change();


-- Where a household is reached: its owner's telephone, else the shop's own, unless that is a helper's, who lent it
-- to a household that has none.
create function phone_of_household(seller uuid) returns text language sql stable as $$
    select coalesce(
        (select people.phone
         from seller_members
         join people on people.id = seller_members.person_id
         where seller_members.seller_id = seller and seller_members.duty = 'owner'
         order by seller_members.since, people.id
         limit 1),
        (select phone from sellers
         where id = seller
             and not exists (
                 select from people
                 join role_grants on role_grants.person_id = people.id and role_grants.role = 'helper'
                 where people.phone = sellers.phone)))
$$;

-- A text as people look for it: no marks, lower case, single blanks for all that is neither letter nor digit.
create function folded(name text) returns text language sql stable as $$
    select trim(regexp_replace(lower(unaccent(name)), '[^[:alnum:]]+', ' ', 'g'))
$$;
