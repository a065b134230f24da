-- What people agreed to, in which version of the text, so that it can be proven (Law 91/2025).

create table consents (
    person_id    uuid not null references people,
    kind         text not null constraint consents_kind_known check (kind in ('personal_data')),
    text_version text not null,
    given_at     timestamptz not null,
    address      text not null,
    constraint consents_pkey primary key (person_id, kind, text_version)
);
