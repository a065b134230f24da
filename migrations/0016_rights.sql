-- Who may do what for whom: officers with permissions and a scope, helpers with areas, households that consent
-- to a helper; sessions that stand at a seller's desk; an audit log that says for whom and from where.

create table officer_permissions (
    person_id  uuid not null references people,
    permission text not null constraint officer_permissions_known
               check (permission in ('sellers', 'certificates', 'feedback', 'reports', 'imports', 'audit')),
    granted_at timestamptz not null,
    constraint officer_permissions_pkey primary key (person_id, permission)
);
-- Officers of before could see reports and nothing else.
insert into officer_permissions (person_id, permission, granted_at)
select person_id, 'reports', granted_at from role_grants where role = 'officer';

-- The communes that an officer looks after; an officer without any row looks after the whole province.
create table officer_communes (
    person_id  uuid not null references people,
    commune_id integer not null references communes,
    constraint officer_communes_pkey primary key (person_id, commune_id)
);

-- A helper helps in one hamlet, or with an empty hamlet in the whole commune.
alter table helper_communes add column hamlet text not null default '';
alter table helper_communes drop constraint helper_communes_pkey;
alter table helper_communes add constraint helper_communes_pkey primary key (person_id, commune_id, hamlet);

-- A household lets a helper act for it: for what, until when, and how that is known.
create table household_consents (
    id          uuid primary key,
    seller_id   uuid not null references sellers,
    helper_id   uuid not null references people,
    tasks       text[] not null constraint household_consents_tasks_known
                check (cardinality(tasks) > 0 and tasks <@ array['list', 'orders', 'money']),
    -- A code sent to the household's telephone and told in person, or a signed paper that an officer has seen.
    method      text not null constraint household_consents_method_known check (method in ('code', 'paper')),
    asked_at    timestamptz not null,
    -- It holds from then on.
    given_at    timestamptz,
    valid_until timestamptz not null,
    ended_at    timestamptz,
    ended_by    uuid references people,
    constraint household_consents_period check (valid_until > asked_at)
);
create unique index household_consents_one_live on household_consents (seller_id, helper_id) where ended_at is null;
create index household_consents_helper on household_consents (helper_id) where ended_at is null;

alter table sessions
    -- By which its owner names it; the cookie's hash never leaves the table.
    add column id uuid not null default gen_random_uuid() constraint sessions_id_once unique,
    add column device text not null default '',
    add column address text not null default '',
    -- The shop at whose desk the session stands: one of the person's own, or one that consents to its help.
    add column desk_seller_id uuid references sellers;

alter table audit_log
    -- The seller for whom a helper did it.
    add column on_behalf_of uuid,
    -- The network address it came from.
    add column address text not null default '';
create index audit_log_behalf on audit_log (on_behalf_of, id) where on_behalf_of is not null;
create index audit_log_at on audit_log (at);
